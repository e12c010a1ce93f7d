// labels.jsonl: what people said of sessions, one JSON object a line; a line that cannot be read is reported, never passed over.
import { z } from 'zod';
import { parseLine } from '../base/jsonl.ts';

/** One person's word on a session as a whole, or on one criterion. */
export interface Label {
  session: string;
  criterion?: string;
  met: boolean;
  line: number;
}

export interface LabelsRead {
  labels: Label[];
  bad: { line: number; reason: string }[];
}

const said = z.union([z.boolean(), z.enum(['met', 'not_met', 'pass', 'fail', 'satisfied'])]);
const lineSchema = z
  .object({
    session: z.string().min(1),
    criterion: z.string().min(1).optional(),
    verdict: said.optional(),
    label: said.optional(),
  })
  .refine((line) => (line.verdict === undefined) !== (line.label === undefined), 'needs one of verdict and label');

/**
 * `{"session", "criterion"?, "verdict"}` a line; `label` is another name for `verdict`, which is `met`, `not_met`, `pass`, `fail`, true
 * or false. Other fields are left alone. Two lines that contradict each other are both bad: nobody knows which one is right.
 */
export function parseLabels(text: string): LabelsRead {
  const read: LabelsRead = { labels: [], bad: [] };
  const first = new Map<string, Label>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    const parsed = parseLine(Buffer.from(raw));
    if (parsed.kind === 'blank') continue;
    if (parsed.kind === 'bad') {
      read.bad.push({ line, reason: parsed.reason });
      continue;
    }
    const label = asLabel(parsed.value, line);
    if (typeof label === 'string') {
      read.bad.push({ line, reason: label });
      continue;
    }
    const key = JSON.stringify([label.session, label.criterion]);
    const before = first.get(key);
    if (before === undefined) first.set(key, label);
    else if (before.met !== label.met) read.bad.push({ line, reason: `contradicts line ${before.line}` });
  }
  const contradicted = new Set(read.bad.map(({ reason }) => Number(/^contradicts line (\d+)$/.exec(reason)?.[1])));
  read.labels = [...first.values()].filter(({ line }) => !contradicted.has(line));
  return read;
}

function asLabel(value: Record<string, unknown>, line: number): Label | string {
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join('.');
    return `${place ? `${place}: ` : ''}${issue?.message}`;
  }
  const { session, criterion, verdict, label } = parsed.data;
  const word = verdict ?? label;
  const met = word === true || word === 'met' || word === 'pass' || word === 'satisfied';
  return { session, ...(criterion !== undefined && { criterion }), met, line };
}
