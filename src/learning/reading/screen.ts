// What of a digest no model is shown: lines that the deny-list keeps out of every playbook; counts them and keeps none.
import type { Digest, Passage } from '../../domain/reading.ts';
import { denyRules, normalised } from '../deny-rules.ts';

/** Lines of one session that were left out by one rule. */
export interface Screened {
  session: string;
  rule: string;
  lines: number;
}

/** The digest without such lines, which cannot be quoted any more either. */
export function screened(digest: Digest): { digest: Digest; left: Screened[] } {
  const tally = new Map<string, number>();
  const text = digest.text.split('\n').map((line) => {
    const rule = ruleAgainst(line);
    if (rule === undefined) return line;
    tally.set(rule, (tally.get(rule) ?? 0) + 1);
    return '  (left out)';
  });
  const passages = [...digest.passages].map(([name, passage]): [string, Passage] => [
    name,
    {
      ...passage,
      shown: passage.shown
        .split('\n')
        .filter((line) => ruleAgainst(line) === undefined)
        .join('\n'),
    },
  ]);
  const left = [...tally]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([rule, lines]) => ({ session: digest.session, rule, lines }));
  return { digest: { ...digest, text: text.join('\n'), passages: new Map(passages) }, left };
}

// What a person may say a tool may not; whoever said it, these are rules about everybody.
function ruleAgainst(line: string): string | undefined {
  const folded = normalised(line);
  return denyRules.find((rule) => rule.tools !== true && rule.applies(line, folded))?.name;
}
