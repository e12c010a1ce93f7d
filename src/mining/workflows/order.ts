// Whether runs take steps in one order more often than any other order of the same steps would give; looks at no outcome.
import type { Run } from './runs.ts';
import { MAX_GAP, type Sequence } from './sequences.ts';

const LEAST_NATS = 8; // a chance of 1 in 3,000, since hundreds of sequences are asked; outcomes are asked more strictly
const MOST = 100; // the search for outcomes takes the longer, and tells the less, the more are asked

/**
 * The sequences whose order is no accident, the most striking first, at most 100: shown by far more runs than would show them if every run took the very steps it took,
 * each as often, in random order. A run shows a sequence by chance with at most the expected number of its occurrences: the ways
 * to choose its steps among the run's, times the share of places that stand in order with small gaps. Of the sum of these
 * bounds, the bound of Chernoff (1952) on the tail: k ln(k/μ) − k + μ nats; so the test errs towards accidents.
 */
export function orderedOnes(runs: readonly Run[], sequences: readonly Sequence[]): Sequence[] {
  const counts = runs.map(({ tokens }) => countsOf(tokens));
  const lengths = runs.map(({ tokens }) => tokens.length);
  const places = new Map<string, number>();
  const shareOf = (steps: number, length: number) => {
    const key = `${steps} ${length}`;
    const known = places.get(key) ?? shareInOrder(steps, length);
    places.set(key, known);
    return known;
  };
  const beyondOf = ({ tokens, ends }: Sequence): number => {
    const needed = [...countsOf(tokens)];
    let mean = 0;
    for (const [i, has] of counts.entries()) {
      let ways = 1;
      for (const [token, times] of needed)
        for (let k = 0; k < times; k++) ways *= Math.max(0, (has.get(token) ?? 0) - k);
      if (ways === 0) continue;
      mean += Math.min(1, ways * shareOf(tokens.length, lengths[i] ?? 0));
    }
    const shown = ends.size;
    return shown <= mean ? 0 : shown * Math.log(shown / mean) - shown + mean;
  };
  return sequences
    .map((sequence) => ({ sequence, beyond: beyondOf(sequence) }))
    .filter(({ beyond }) => beyond >= LEAST_NATS)
    .sort((a, b) => b.beyond - a.beyond || (a.sequence.tokens.join() < b.sequence.tokens.join() ? -1 : 1))
    .slice(0, MOST)
    .map(({ sequence }) => sequence);
}

function countsOf(tokens: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

/** Of all ways to place so many distinct steps among `length`, the share in which they stand in order and near enough. */
function shareInOrder(steps: number, length: number): number {
  let ending = new Array<number>(length).fill(1);
  for (let step = 1; step < steps; step++)
    ending = ending.map((_, end) => ending.slice(Math.max(0, end - 1 - MAX_GAP), end).reduce((sum, n) => sum + n, 0));
  let all = 1;
  for (let step = 0; step < steps; step++) all *= length - step;
  return all <= 0 ? 0 : ending.reduce((sum, n) => sum + n, 0) / all;
}
