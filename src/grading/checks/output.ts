// A check on the agent's final message; an agent that said nothing meets none of it.
import type { Check } from '../../domain/rubric.ts';
import type { CheckResult, Evidence, Work } from '../graded.ts';
import { findPattern } from '../pattern.ts';

type OutputCheck = Extract<Check, { output: unknown }>;

const MOST_QUOTE = 300;

/** `matches` must be found in the message, `not_matches` must not; with neither there must be a message. */
export function outputCheck({ output }: OutputCheck, work: Work): CheckResult {
  const { text, event } = work.output;
  if (event === undefined || text.trim() === '')
    return { verdict: 'not_met', reason: 'the agent ended without a message' };
  const evidence: Evidence[] = [];
  const quote = (found: string) => {
    // A match may run over several blocks of the message, of which the first line lies in one.
    const first = found.split('\n').find((line) => line.trim() !== '') ?? '';
    if (first !== '') evidence.push({ event, quote: first.slice(0, MOST_QUOTE) });
  };
  if (output.not_matches !== undefined) {
    const match = findPattern(output.not_matches, text);
    if (match.kind === 'unknown') return { verdict: 'cannot_tell', reason: match.why };
    if (match.kind === 'match') {
      quote(match.text);
      return { verdict: 'not_met', reason: `the final message matches ${output.not_matches}`, evidence };
    }
  }
  if (output.matches !== undefined) {
    const match = findPattern(output.matches, text);
    if (match.kind === 'unknown') return { verdict: 'cannot_tell', reason: match.why };
    if (match.kind === 'none')
      return { verdict: 'not_met', reason: `the final message has nothing that matches ${output.matches}` };
    quote(match.text);
    return { verdict: 'met', reason: `the final message matches ${output.matches}`, evidence };
  }
  const without = output.not_matches === undefined ? 'there is' : `nothing matches ${output.not_matches} in`;
  quote(text);
  return { verdict: 'met', reason: `${without} a final message`, evidence };
}
