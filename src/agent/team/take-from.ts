// The tool `take_from`: files that a member changed in its copy, brought into the lead's folder; what changed here meanwhile is shown, never overwritten.
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { clip } from '../../base/text.ts';
import { argumentsOf, define } from '../tools/arguments.ts';
import { failed, said, type Tool, type ToolOutcome } from '../tools/tool.ts';
import type { Crew, Lead } from './crew.ts';

const schema = z.strictObject({
  thread: z.string().describe('Thread of a member that works in a copy.'),
  paths: z
    .array(z.string().min(1).max(4096))
    .min(1)
    .max(500)
    .describe('Files as the answer of its thread listed them.'),
});

const DESCRIPTION =
  'Brings files that a member changed in its copy into your workspace: new, changed and deleted ones. A file that has changed ' +
  'here since the copy was made is left alone and both sides are shown; settle it with edit.';

/** The tool `take_from` of a lead. */
export function takeFromTool(crew: Crew, lead: Lead): Tool {
  return {
    definition: define('take_from', DESCRIPTION, schema),
    readOnly: false,
    subject: (input) => {
      const paths = Array.isArray(input.paths) ? input.paths.map(String) : [];
      return { kind: 'text', value: `${String(input.thread)}: ${paths.join(', ')}` };
    },
    run: async ({ input }) => {
      const checked = argumentsOf(schema, input);
      return 'fault' in checked ? checked.fault : await takeFrom(crew, lead, checked.value);
    },
  };
}

async function takeFrom(crew: Crew, lead: Lead, { thread, paths }: z.infer<typeof schema>): Promise<ToolOutcome> {
  const record = crew.session.book.find(thread);
  if (record === undefined || record.parent !== lead.thread || record.workspace !== 'copy')
    return failed(`${JSON.stringify(clip(thread, 80))} is no thread of yours that works in a copy.`);
  if (crew.busy.has(thread)) return failed(`${thread} is still at work; take its files once it is done.`);
  const take = crew.live.get(thread)?.ground.take;
  if (take === undefined)
    return failed(`${thread} has not worked since this session was resumed; tell it something with delegate first.`);
  try {
    const taken = await take(paths, lead.folder);
    const text = taken.map((file) => `${file.path}: ${file.taken ? '' : 'NOT taken: '}${file.text}`).join('\n');
    const changed = taken.flatMap((file) => (file.taken ? [file.path] : []));
    return { ...(changed.length < taken.length ? failed(text) : said(text)), changed };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return failed(`Nothing more could be taken: ${error.problem.what}`);
  }
}
