// Bets that may be settled after every task, for proofs that may stop early: their wealth, and what it proves; pure, never a p-value.

import type { Proof, ProofArm } from '../domain/proof.ts';
import { ACCEPT_AT, eProcess } from '../statistics/eprocess.ts';
import { type Measure, pairsOf, passed } from './compare.ts';
import type { Trial } from './trial.ts';

/** The highest wealth that each bet reached so far. */
export interface Bets extends NonNullable<Proof['evidence']> {
  /** What the bets of a fall are about: the whole, or the required criterion whose bet stands highest. */
  falls: string;
}

/**
 * Settles the bets task by task, in the order in which tasks were scheduled. The bets of a fall share their stake: one for the
 * whole and one for each required criterion, of which the highest counts divided by their number, so that they err
 * together no more often than one alone.
 */
export function betsOn(trials: readonly Trial[], order: readonly string[], required: ReadonlySet<string>): Bets {
  const criteria = [...required].sort();
  const falls: { name: string; wealth: number }[] = [
    { name: 'the whole', wealth: wealthOf(trials, order, 'B', 'A', passed) },
    ...criteria.map((id) => ({ name: id, wealth: wealthOf(trials, order, 'B', 'A', met(id)) })),
  ].map(({ name, wealth }) => ({ name, wealth: wealth / (criteria.length + 1) }));
  const [highest] = falls.sort((a, b) => b.wealth - a.wealth);
  return {
    better: wealthOf(trials, order, 'A', 'B', passed),
    than_placebo: wealthOf(trials, order, 'P', 'B', passed),
    worse: highest?.wealth ?? 1,
    falls: highest?.name ?? 'the whole',
  };
}

/** True once a verdict stands: better than both others, or worse. */
export function isSettled({ better, than_placebo, worse }: Bets): boolean {
  return worse >= ACCEPT_AT || (better >= ACCEPT_AT && than_placebo >= ACCEPT_AT);
}

function met(id: string): Measure {
  return (trial) => {
    const verdict = trial.criteria.get(id);
    return verdict === undefined || verdict === null ? null : Number(verdict);
  };
}

function wealthOf(
  trials: readonly Trial[],
  order: readonly string[],
  first: ProofArm,
  second: ProofArm,
  measure: Measure,
): number {
  const pairs = new Map(pairsOf(trials, first, second, measure).map((p) => [p.task, p.after - p.before]));
  const { wealth } = eProcess(order.flatMap((task) => pairs.get(task) ?? []));
  return wealth.reduce((most, w) => Math.max(most, w), 1);
}
