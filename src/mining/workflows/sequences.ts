// Frequent sequences of tools with small gaps, closed ones marked; looks at no outcome.
import { groupBy } from '../../base/collections.ts';
import { shortHash } from '../../base/hash.ts';
import type { Run } from './runs.ts';

const MAX_LENGTH = 6;
/** Steps of other work between two of a sequence, at most. */
export const MAX_GAP = 2;
const MAX_PER_LENGTH = 500; // those that most sessions show; the search would grow with the power of the tools otherwise

export interface Sequence {
  /** Tools as numbers. */
  tokens: number[];
  /** By place of the run, ascending: the place in its `steps` where the sequence is first complete. */
  ends: Map<number, number>;
  /** False where a longer sequence is shown by exactly the same runs. */
  closed: boolean;
}

/**
 * Sequences of one to six steps, at most two other steps between neighbours, that at least `support` runs show (BIDE's closed
 * sequences, Wang & Han 2004, found by plain growth of prefixes since runs are short). Shortest first.
 */
export function sequencesIn(runs: readonly Run[], support: number): Sequence[] {
  const isFrequent = ({ places }: Grown) => places.size >= support;
  let level = singles(runs).filter(isFrequent);
  const found: Found[] = [];
  for (let length = 1; length <= MAX_LENGTH && level.length > 0; length++) {
    level = widest(level);
    // Only the level that grows needs all places; those of every level together would take hundreds of megabytes.
    found.push(...level.map(firstEnds));
    if (length < MAX_LENGTH) level = level.flatMap((g) => grow(g, runs).filter(isFrequent));
  }
  return closedOf(found);
}

/** One given sequence, with the runs that show it. */
export function sequenceOf(tokens: readonly number[], runs: readonly Run[]): Sequence {
  const ends = new Map<number, number>();
  runs.forEach((run, at) => {
    const end = firstEnd(tokens, run.tokens);
    if (end !== undefined) ends.set(at, end);
  });
  return { tokens: [...tokens], ends, closed: true };
}

function firstEnd(tokens: readonly number[], steps: Int32Array): number | undefined {
  let ends: number[] = [...steps.keys()].filter((place) => steps[place] === tokens[0]);
  for (const token of tokens.slice(1)) {
    const next = new Set<number>();
    for (const end of ends)
      for (let place = end + 1; place <= end + 1 + MAX_GAP; place++) if (steps[place] === token) next.add(place);
    ends = [...next];
  }
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** A sequence with every place where it ends, by run. */
interface Grown {
  tokens: number[];
  places: Map<number, number[]>;
}

function singles(runs: readonly Run[]): Grown[] {
  const found = new Map<number, Grown>();
  runs.forEach(({ tokens }, run) => {
    for (const [place, token] of tokens.entries()) add(found, token, [token], run, place);
  });
  return [...found.values()];
}

function grow({ tokens, places }: Grown, runs: readonly Run[]): Grown[] {
  const found = new Map<number, Grown>();
  for (const [run, ends] of places) {
    const steps = runs[run]?.tokens ?? new Int32Array(0);
    for (const end of ends) {
      for (let place = end + 1; place <= end + 1 + MAX_GAP && place < steps.length; place++) {
        const token = steps[place] ?? 0;
        add(found, token, [...tokens, token], run, place);
      }
    }
  }
  return [...found.values()];
}

function add(found: Map<number, Grown>, token: number, tokens: number[], run: number, place: number): void {
  const grown = found.get(token) ?? { tokens, places: new Map<number, number[]>() };
  found.set(token, grown);
  const ends = grown.places.get(run);
  if (ends === undefined) grown.places.set(run, [place]);
  else if (!ends.includes(place)) ends.push(place);
}

function widest(level: readonly Grown[]): Grown[] {
  return [...level]
    .sort((a, b) => b.places.size - a.places.size || (a.tokens.join() < b.tokens.join() ? -1 : 1))
    .slice(0, MAX_PER_LENGTH);
}

/** A sequence with the first place where it ends, by run, and a hash of which runs those are. */
interface Found extends Pick<Sequence, 'tokens' | 'ends'> {
  shownBy: string;
}

function firstEnds({ tokens, places }: Grown): Found {
  const ends = new Map<number, number>();
  for (const [run, all] of places) ends.set(run, Math.min(...all));
  return { tokens, ends, shownBy: shortHash([...ends.keys()].join(), 32) };
}

function closedOf(found: readonly Found[]): Sequence[] {
  const alike = groupBy(found, ({ shownBy }) => shownBy);
  return found.map(({ tokens, ends, shownBy }) => ({
    tokens,
    ends,
    closed: !(alike.get(shownBy) ?? []).some(
      (other) => other.tokens.length > tokens.length && holds(other.tokens, tokens),
    ),
  }));
}

/** True where `part` is what is left of `whole` when some steps are taken out. */
export function holds(whole: readonly number[], part: readonly number[]): boolean {
  let next = 0;
  for (const token of whole) if (token === part[next]) next++;
  return next === part.length;
}
