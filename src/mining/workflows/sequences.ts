// Frequent sequences of tools with small gaps, closed ones marked; looks at no outcome.
import { byCodeUnit, groupBy } from '../../base/collections.ts';
import { Ends } from './ends.ts';
import type { Run } from './runs.ts';

const MAX_LENGTH = 6;
/** Steps of other work between two of a sequence, at most. */
export const MAX_GAP = 2;
const MAX_PER_LENGTH = 500; // those that most sessions show; the search would grow with the power of the tools otherwise
const WORD = 32;

export interface Sequence {
  /** Tools as numbers. */
  tokens: number[];
  ends: Ends;
  /** False where a longer sequence is shown by exactly the same runs. */
  closed: boolean;
}

/**
 * Sequences of one to six steps, at most two other steps between neighbours, that at least `support` runs show (BIDE's closed
 * sequences, Wang & Han 2004, found by plain growth of prefixes since runs are short). Shortest first.
 */
export function sequencesIn(runs: readonly Pick<Run, 'tokens'>[], support: number): Sequence[] {
  const sheet = sheetOf(runs);
  const found: Omit<Sequence, 'closed'>[] = [];
  let level = [nothing(sheet)];
  for (let length = 1; length <= MAX_LENGTH && level.length > 0; length++) {
    // First who would show what, since the places of everything that grows would take hundreds of megabytes.
    const longer = level.flatMap((parent) => longerBy(parent, sheet).filter(({ shown }) => shown >= support));
    level = [...groupBy(widest(longer), ({ parent }) => parent)].flatMap(([parent, ways]) => grow(parent, ways, sheet));
    found.push(...widest(level).map((grown) => ({ tokens: grown.tokens, ends: firstEnds(grown, sheet) })));
  }
  return closedOf(found);
}

/** One given sequence, with the runs that show it. */
export function sequenceOf(tokens: readonly number[], runs: readonly Pick<Run, 'tokens'>[]): Sequence {
  const ends = new Ends(runs.length);
  runs.forEach((run, at) => {
    const end = firstEnd(tokens, run.tokens);
    if (end !== undefined) ends.put(at, end);
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

/** All runs one under the other, each as wide as `words` words of 32 places. */
interface Sheet {
  words: number;
  runs: number;
  /** By run and place. */
  tokens: Int32Array;
  /** By run and word: the bits of the places that the run has. */
  places: Int32Array;
  /** By token, for one question after the other: who showed it, and who was the last. */
  shown: Uint32Array;
  last: Int32Array;
}

function sheetOf(runs: readonly Pick<Run, 'tokens'>[]): Sheet {
  const longest = runs.reduce((most, { tokens }) => Math.max(most, tokens.length), 0);
  const tools = runs.reduce((most, { tokens }) => tokens.reduce((m, t) => Math.max(m, t + 1), most), 0);
  const words = Math.max(1, Math.ceil(longest / WORD));
  const tokens = new Int32Array(runs.length * words * WORD);
  const places = new Int32Array(runs.length * words);
  for (const [run, { tokens: own }] of runs.entries()) {
    tokens.set(own, run * words * WORD);
    for (let place = 0; place < own.length; place++) mark(places, run * words, place);
  }
  return { words, runs: runs.length, tokens, places, shown: new Uint32Array(tools), last: new Int32Array(tools) };
}

function mark(bits: Int32Array, from: number, place: number): void {
  const at = from + (place >>> 5);
  bits[at] = (bits[at] ?? 0) | (1 << (place & 31));
}

/** A sequence, the runs that show it, ascending, and for each of them the bits of every place where it ends. */
interface Grown {
  tokens: number[];
  shown: number;
  runs: Uint32Array;
  places: Int32Array;
}

/** A sequence that is a step longer, and how many runs show it. */
interface Way {
  parent: Grown;
  tokens: number[];
  shown: number;
}

// The sequence of no step at all, after which any step can come.
function nothing({ runs }: Sheet): Grown {
  return {
    tokens: [],
    shown: runs,
    runs: Uint32Array.from({ length: runs }, (_, run) => run),
    places: new Int32Array(0),
  };
}

function longerBy(parent: Grown, sheet: Sheet): Way[] {
  const { shown, last, tokens } = sheet;
  const met: number[] = [];
  last.fill(-1);
  forEachNext(parent, sheet, (run, place) => {
    const token = tokens[run * sheet.words * WORD + place] ?? 0;
    if (last[token] === run) return;
    if (last[token] === -1) {
      met.push(token);
      shown[token] = 0;
    }
    last[token] = run;
    shown[token] = (shown[token] ?? 0) + 1;
  });
  return met.map((token) => ({ parent, tokens: [...parent.tokens, token], shown: shown[token] ?? 0 }));
}

function grow(parent: Grown, ways: readonly Way[], sheet: Sheet): Grown[] {
  const { words, tokens } = sheet;
  const grown = new Array<(Grown & { next: number }) | undefined>(sheet.shown.length);
  for (const way of ways) {
    const runs = new Uint32Array(way.shown);
    const places = new Int32Array(way.shown * words);
    grown[way.tokens.at(-1) ?? 0] = { tokens: way.tokens, shown: way.shown, runs, places, next: 0 };
  }
  forEachNext(parent, sheet, (run, place) => {
    const own = grown[tokens[run * words * WORD + place] ?? 0];
    if (own === undefined) return;
    if (own.next === 0 || own.runs[own.next - 1] !== run) own.runs[own.next++] = run;
    mark(own.places, (own.next - 1) * words, place);
  });
  return ways.flatMap((way) => grown[way.tokens.at(-1) ?? 0] ?? []);
}

/** Every place at which a sequence can go on, run by run and ascending. */
function forEachNext({ runs, places }: Grown, sheet: Sheet, visit: (run: number, place: number) => void): void {
  const { words } = sheet;
  for (let k = 0; k < runs.length; k++) {
    const run = runs[k] ?? 0;
    for (let word = 0; word < words; word++) {
      let next = sheet.places[run * words + word] ?? 0;
      if (places.length > 0) {
        const here = places[k * words + word] ?? 0;
        next &= reach(here, word === 0 ? 0 : (places[k * words + word - 1] ?? 0));
      }
      for (; next !== 0; next &= next - 1) visit(run, word * WORD + 31 - Math.clz32(next & -next));
    }
  }
}

// The bits of the places up to MAX_GAP + 1 after those of a word, and of the word before it.
function reach(here: number, before: number): number {
  let bits = 0;
  for (let by = 1; by <= MAX_GAP + 1; by++) bits |= (here << by) | (before >>> (WORD - by));
  return bits;
}

function widest<T extends { tokens: number[]; shown: number }>(level: readonly T[]): T[] {
  return level
    .map((one) => ({ one, key: one.tokens.join() }))
    .sort((a, b) => b.one.shown - a.one.shown || byCodeUnit(a.key, b.key))
    .slice(0, MAX_PER_LENGTH)
    .map(({ one }) => one);
}

function firstEnds({ runs, places }: Grown, { words, runs: total }: Sheet): Ends {
  const ends = new Ends(total);
  for (let k = 0; k < runs.length; k++) {
    let word = 0;
    while (places[k * words + word] === 0) word++;
    const bits = places[k * words + word] ?? 0;
    ends.put(runs[k] ?? 0, word * WORD + 31 - Math.clz32(bits & -bits));
  }
  return ends;
}

function closedOf(found: readonly Omit<Sequence, 'closed'>[]): Sequence[] {
  const hashed = found.map((one) => ({ ...one, hash: one.ends.hash() }));
  const alike = groupBy(hashed, ({ hash }) => hash);
  return hashed.map(({ tokens, ends, hash }) => {
    const longer = (alike.get(hash) ?? []).filter((other) => other.tokens.length > tokens.length);
    const closed = !longer.some((other) => holds(other.tokens, tokens) && other.ends.areOfTheSameRuns(ends));
    return { tokens, ends, closed };
  });
}

/** True where `part` is what is left of `whole` when some steps are taken out. */
export function holds(whole: readonly number[], part: readonly number[]): boolean {
  let next = 0;
  for (const token of whole) if (token === part[next]) next++;
  return next === part.length;
}
