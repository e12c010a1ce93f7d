// decisions.jsonl as text: verdicts in, verdicts out; a line that cannot be read is reported, never dropped silently.
import { parseLine } from '../base/jsonl.ts';
import { type Decision, decisionSchema } from '../domain/decision.ts';

export interface DecisionsRead {
  /** In the order of the file: later ones overrule earlier ones of the same fingerprint. */
  decisions: Decision[];
  bad: { line: number; reason: string }[];
}

/** Reads the text of a decisions file. Never throws. */
export function parseDecisions(text: string): DecisionsRead {
  const read: DecisionsRead = { decisions: [], bad: [] };
  for (const [index, raw] of text.split('\n').entries()) {
    const line = parseLine(Buffer.from(raw));
    if (line.kind === 'blank') continue;
    if (line.kind === 'bad') {
      read.bad.push({ line: index + 1, reason: line.reason });
      continue;
    }
    const parsed = decisionSchema.safeParse(line.value);
    if (parsed.success) read.decisions.push(parsed.data);
    else read.bad.push({ line: index + 1, reason: issueText(parsed.error.issues) });
  }
  return read;
}

/** One line of the file, without its newline. Keys come in the order of the schema, so that equal decisions are equal bytes. */
export function printDecision(decision: Decision): string {
  return JSON.stringify(decisionSchema.parse(decision));
}

function issueText(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  return issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`).join('; ');
}
