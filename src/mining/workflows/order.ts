// Whether runs take steps in one order more often than any other order of the same steps would give; looks at no outcome.
import { inGroup } from '../../base/collections.ts';
import { natsBeyond } from '../../statistics/trials-tail.ts';
import type { Run } from './runs.ts';
import { holds, MAX_GAP, type Sequence } from './sequences.ts';

const ACCIDENTS = 0.2;
const FAR = 3; // a chance of 1 in 20 beside it

/** A sequence whose order is no accident. */
export interface Ordered {
  sequence: Sequence;
  /** −ln of a bound on the probability that so many runs show it by chance. */
  nats: number;
  /** Runs that show it beyond those that would by chance. */
  surplus: number;
}

/**
 * The sequences whose order is no accident, the most striking first: shown by far more runs than would show them if every run took the very steps it took,
 * each as often, in random order. A run shows a sequence by chance with at most the expected number of its occurrences: the ways
 * to choose its steps among the run's, times the share of places that stand in order with small gaps. Runs are independent
 * trials with these chances at most, and the tail of their sum is bounded (`natsBeyond`); so the test errs towards accidents.
 * Every step of a sequence could have been any tool: of all that many sequences of a length, 0.2 at most are expected by chance.
 * @param tools how many tools enough runs used
 */
export function orderedOnes(runs: readonly Run[], sequences: readonly Sequence[], tools: number): Ordered[] {
  const counts = countedIn(runs);
  const shares = new Map<number, Float64Array>();
  // Chances are the same for the same steps in any order, of which many are asked about.
  const known = new Map<string, { chances: Map<number, number>; mean: number }>();
  const chancesFor = (sequence: Sequence) => {
    const steps = sequence.tokens.length;
    const share = inGroup(shares, steps, () => counts.lengths.map((length) => shareInOrder(steps, length)));
    const chances = chancesOf(sequence, counts, share);
    return { chances, mean: [...chances].reduce((sum, [chance, times]) => sum + chance * times, 0) };
  };
  const judged = (sequence: Sequence): Ordered => {
    const key = sequence.tokens.toSorted((a, b) => a - b).join();
    const { chances, mean } = inGroup(known, key, () => chancesFor(sequence));
    return { sequence, nats: natsBeyond(chances, sequence.ends.size), surplus: sequence.ends.size - mean };
  };
  return sequences
    .map(judged)
    .filter(({ sequence: { tokens }, nats }) => nats >= tokens.length * Math.log(tools) - Math.log(ACCIDENTS))
    .sort((a, b) => b.nats - a.nats || (a.sequence.tokens.join() < b.sequence.tokens.join() ? -1 : 1));
}

/** What runs consist of, whatever its order. */
interface Counts {
  /** By token, then by place of the run: how often it took that step. */
  times: Map<number, Uint16Array>;
  /** The lengths that occur, and by place of the run which of them it has. */
  lengths: Float64Array;
  length: Uint32Array;
}

function countedIn(runs: readonly Run[]): Counts {
  const times = new Map<number, Uint16Array>();
  const numbers = new Map<number, number>();
  const length = new Uint32Array(runs.length);
  for (const [i, { tokens }] of runs.entries()) {
    const number = numbers.get(tokens.length) ?? numbers.size;
    numbers.set(tokens.length, number);
    length[i] = number;
    for (const token of tokens) {
      const own = times.get(token) ?? new Uint16Array(runs.length);
      times.set(token, own);
      own[i] = (own[i] ?? 0) + 1;
    }
  }
  return { times, lengths: Float64Array.from(numbers.keys()), length };
}

/** How many runs show the sequence by chance with which probability, at most; those that cannot show it are left out. */
function chancesOf({ tokens }: Sequence, { times, length }: Counts, share: Float64Array): Map<number, number> {
  const needed = [...countsOf(tokens)].map(([token, often]) => ({ has: times.get(token) ?? NONE, often }));
  // By whole numbers first: fractions as keys would be most of the time.
  const alike = new Map<number, { runs: number }>();
  for (let i = 0; i < length.length; i++) {
    let ways = 1;
    for (let n = 0; n < needed.length && ways > 0; n++) {
      const { has, often } = needed[n] ?? NOTHING;
      for (let k = 0; k < often; k++) ways *= Math.max(0, (has[i] ?? 0) - k);
    }
    if (ways === 0) continue;
    const key = ways * share.length + (length[i] ?? 0);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { runs: 1 });
    else known.runs++;
  }
  const chances = new Map<number, number>();
  for (const [key, { runs }] of alike) {
    const chance = Math.min(1, Math.floor(key / share.length) * (share[key % share.length] ?? 0));
    chances.set(chance, (chances.get(chance) ?? 0) + runs);
  }
  return chances;
}

const NONE = new Uint16Array(0);
const NOTHING = { has: NONE, often: 1 };

/**
 * Of ordered sequences, the most striking first, those that are ways of working of their own. What follows a way of working now and
 * then is as striking as that way itself, so one that fewer than half of those who chose a part of it went on to is none; and
 * neither is a part of a more striking one, what holds one, or what is mostly shown by the runs of one that is far more striking.
 */
export function peaksOf(ordered: readonly Ordered[]): Sequence[] {
  const usual = ordered.filter(
    ({ sequence, surplus }) =>
      !ordered.some((o) => o.sequence !== sequence && isIn(o, sequence) && o.surplus > 2 * surplus),
  );
  const peaks: Ordered[] = [];
  for (const one of usual) if (!peaks.some((peak) => covers(peak, one))) peaks.push(one);
  return peaks.map(({ sequence }) => sequence);
}

function isIn({ sequence }: Ordered, whole: Sequence): boolean {
  return holds(whole.tokens, sequence.tokens);
}

function covers(peak: Ordered, one: Ordered): boolean {
  if (isIn(one, peak.sequence) || isIn(peak, one.sequence)) return true;
  const { ends } = one.sequence;
  return ends.shared(peak.sequence.ends) * 2 >= ends.size && peak.nats - one.nats >= FAR;
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
