// Tells wishes that a later one about the same thing took the place of; knows no subject, and leaves alone what was said in turns.
import { inGroup } from '../../base/collections.ts';
import type { Said } from './said.ts';

const SHARED = 0.25; // of the words of the shorter wish: what both are about
const CHANCE = 0.05;
const MAX_WISHES = 2000; // every two of them are compared

/** What was said in like words, in order of time; and what of it was said earlier or later in words that it does not agree with. */
export interface Wish {
  said: Said[];
  earlier: Said[];
  later: Said[];
}

/**
 * A wish is taken back where the same people later asked for something else about the same thing: they share a quarter of the shorter
 * one's words, at least, and every session of the one came before every session of the other, which of so many sessions in
 * random order happens in at most one of twenty cases. Nothing is taken back by sessions without a date.
 * @param groups sayings in like words, each in order of time
 */
export function supersede(groups: readonly Said[][]): Wish[] {
  const wishes = groups.flatMap(turned).map((said): Wish & { words: Set<string>; people: Set<string> } => ({
    said,
    earlier: [],
    later: [],
    words: usualWords(said),
    people: new Set(said.map((s) => s.session.by ?? '')),
  }));
  const few = wishes.slice(0, MAX_WISHES);
  const after = laterOnes(few.map(({ words }) => words));
  for (const [i, a] of few.entries()) {
    for (const j of after(i)) {
      const b = few[j];
      if (b === undefined || !sameSubject(a.words, b.words) || ![...a.people].some((p) => b.people.has(p))) continue;
      const [first, last] = (a.said[0]?.at ?? '') <= (b.said[0]?.at ?? '') ? [a, b] : [b, a];
      if (!isSuccession(first.said, last.said)) continue;
      first.later.push(...last.said);
      last.earlier.push(...first.said);
    }
  }
  return wishes.map(({ said, earlier, later }) => ({ said, earlier, later }));
}

// Wishes that differ in one word are alike (commas for tabs), so the moment is sought at which one word took the place of another: the first
// cut before which all said the one and nobody afterwards, and after which all said the other and nobody before.
function turned(said: Said[]): Said[][] {
  const { ends, starts } = turnsOf(said);
  const cuts = [...ends].filter((cut) => starts.has(cut) && cut > 0 && cut < said.length).sort((a, b) => a - b);
  for (const cut of cuts) {
    const [before, after] = [said.slice(0, cut), said.slice(cut)];
    if (isSuccession(before, after)) return [before, after];
  }
  return [said];
}

// Where words end that all had said until then, and where words start that all say from then on.
function turnsOf(said: readonly Said[]): { ends: Set<number>; starts: Set<number> } {
  const words = new Map<string, { sayings: number; first: number; last: number }>();
  for (const [i, { words: own }] of said.entries()) {
    for (const word of own.keys()) {
      const known = words.get(word);
      if (known === undefined) words.set(word, { sayings: 1, first: i, last: i });
      else {
        known.sayings++;
        known.last = i;
      }
    }
  }
  const all = [...words.values()];
  return {
    ends: new Set(all.flatMap(({ sayings, last }) => (last === sayings - 1 ? [sayings] : []))),
    starts: new Set(all.flatMap(({ sayings, first }) => (first === said.length - sayings ? [first] : []))),
  };
}

/** Words of more than half of the sayings. */
function usualWords(said: readonly Said[]): Set<string> {
  const tally = new Map<string, number>();
  for (const { words } of said) for (const word of words.keys()) tally.set(word, (tally.get(word) ?? 0) + 1);
  return new Set([...tally].flatMap(([word, n]) => (n * 2 > said.length ? [word] : [])));
}

// For each set the later ones that share a word with it, in their order.
function laterOnes(sets: readonly ReadonlySet<string>[]): (i: number) => number[] {
  const holders = new Map<string, number[]>();
  for (const [i, words] of sets.entries()) for (const word of words) inGroup(holders, word, () => []).push(i);
  return (i) => {
    const sharing = [...(sets[i] ?? [])].flatMap((word) => holders.get(word) ?? []);
    return [...new Set(sharing)].filter((j) => j > i).sort((a, b) => a - b);
  };
}

function sameSubject(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared > 0 && shared >= SHARED * Math.min(a.size, b.size);
}

function isSuccession(before: readonly Said[], after: readonly Said[]): boolean {
  const [end, start] = [before.at(-1)?.at ?? '', after[0]?.at ?? ''];
  if (before[0]?.at === '' || start === '' || end >= start) return false;
  const sessions = (said: readonly Said[]) => new Set(said.map((s) => s.session)).size;
  return 1 / waysToChoose(sessions(before), sessions(before) + sessions(after)) <= CHANCE;
}

// Binomial coefficient; large ones may lose digits, which no level notices.
function waysToChoose(some: number, all: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(some, all - some); i++) ways = (ways * (all + 1 - i)) / i;
  return ways;
}
