// What a night's dream came to, out of the JSON that `agent dream` prints; says what a person should hear of and does nothing.
import { z } from 'zod';
import { count, oneLine, safeForTerminal } from '../base/text.ts';

const reportSchema = z.object({
  status: z.string(),
  reason: z.string().optional(),
  branch: z.string().nullable(),
  changes: z.array(z.object({ entry: z.string(), change: z.string(), playbook: z.string(), title: z.string() })),
  published: z
    .array(
      z.object({
        branch: z.string(),
        remote: z.string(),
        result: z.string(),
        pull_request: z.object({ result: z.string(), url: z.string().optional() }).optional(),
      }),
    )
    .default([]),
});
type Report = z.infer<typeof reportSchema>;

/** A dream in words. `news` is false where nothing new waits for anybody: that belongs in a log, not in a mail. */
export interface DreamNews {
  news: boolean;
  text: string;
}

/** Reads the report; undefined where the dream failed before it came to one. */
export function dreamNews(json: string): DreamNews | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const report = parsed.data;
  const pushed = report.published.flatMap(pushedLines);
  if (report.branch !== null)
    return { news: true, text: [...lessonLines(report.branch, report), ...pushed].join('\n') };
  const nothing = report.status === 'skipped' ? `not due: ${report.reason ?? ''}` : 'nothing worth changing was found';
  return { news: pushed.length > 0, text: [nothing, ...pushed].join('\n') };
}

function lessonLines(branch: string, { changes }: Report): string[] {
  const lines = changes.map((c) => `  ${oneLine(`${c.entry} ${c.change} ${c.playbook}: ${c.title}`)}`);
  return [`${branch} waits for review with ${count(changes.length, 'lesson')}:`, ...lines].map(safeForTerminal);
}

// What could not be pushed is told on stderr by the dream itself; what was there before is no news.
function pushedLines({ branch, remote, result, pull_request: pr }: Report['published'][number]): string[] {
  if (result === 'failed' || result === 'current') return [];
  const url = pr?.url === undefined ? '' : `, pull request ${pr.result}: ${pr.url}`;
  return [safeForTerminal(oneLine(`${branch} was pushed to ${remote}${url}`))];
}
