// What a number of opinions come to: more than half of all that were wanted, or nothing; pure, and no missing vote counts as met.
import type { CriterionVerdict } from '../domain/rubric.ts';
import type { Opinion } from './opinion.ts';

export interface Tally {
  verdict: CriterionVerdict;
  reason: string;
  /** Votes by verdict, those that were no use under `unusable`, those that were never cast under `missing`. */
  votes: Record<string, number>;
  /** True where opinions that count contradict each other. */
  disagree: boolean;
}

/** @param wanted how many opinions were asked for, whether they came or not */
export function tally(opinions: readonly Pick<Opinion, 'verdict' | 'reason'>[], wanted: number): Tally {
  const all = Math.max(wanted, opinions.length);
  const votes: Record<string, number> = {};
  for (const { verdict } of opinions) votes[verdict] = (votes[verdict] ?? 0) + 1;
  if (all > opinions.length) votes.missing = all - opinions.length;
  const told = (['met', 'not_met', 'cannot_tell'] as const).filter((verdict) => (votes[verdict] ?? 0) > 0);
  const disagree = told.length > 1;
  const winner = told.find((verdict) => 2 * (votes[verdict] ?? 0) > all);
  const reasonOf = (verdict: string) => opinions.find((o) => o.verdict === verdict)?.reason ?? '';
  if (winner !== undefined) return { verdict: winner, reason: reasonOf(winner), votes, disagree };
  return { verdict: 'cannot_tell', reason: undecided(opinions, votes, all), votes, disagree };
}

function undecided(opinions: readonly Pick<Opinion, 'reason'>[], votes: Record<string, number>, all: number): string {
  if (all === 1) return opinions[0]?.reason ?? 'no opinion was given';
  const counts = Object.entries(votes).map(([verdict, n]) => `${n} ${verdict.replace('_', ' ')}`);
  const reasons = [...new Set(opinions.map(({ reason }) => reason))].slice(0, 3);
  return `no verdict has more than half of ${all} votes (${counts.join(', ')}): ${reasons.join(' / ')}`;
}
