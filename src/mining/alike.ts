// Groups items whose sets of words are alike, exactly and whatever their order; for short texts, where MinHash misses too much.
import { inGroup } from '../base/collections.ts';

/** A set of words, or a map whose keys they are. */
type Words = ReadonlySet<string> | ReadonlyMap<string, unknown>;

interface WordSet<T> {
  words: string[];
  items: T[];
}

/**
 * Connected groups of items, two being joined where the Jaccard similarity of their words is at least `threshold` (above 0). Compares only
 * pairs that share one of their rarer words: a set may leave out its ⌈threshold × size⌉ − 1 most frequent words, since no
 * set alike enough shares only those (prefix filtering, Chaudhuri et al. 2006). Sets of one word join only their equals.
 */
export function groupAlike<T>(items: readonly T[], wordsOf: (item: T) => Words, threshold: number): T[][] {
  const sets = new Map<string, WordSet<T>>();
  // Many items share the very same words.
  const known = new Map<Words, WordSet<T>>();
  for (const item of items) {
    const own = wordsOf(item);
    const set = known.get(own) ?? setOf(own, sets);
    known.set(own, set);
    set.items.push(item);
  }
  const distinct = [...sets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set);
  const root = joined(
    distinct.map((set) => set.words),
    threshold,
  );
  const groups = new Map<number, T[]>();
  distinct.forEach((set, i) => {
    const group = groups.get(root[i] ?? i) ?? [];
    group.push(...set.items);
    groups.set(root[i] ?? i, group);
  });
  return [...groups.values()];
}

function setOf<T>(own: Words, sets: Map<string, WordSet<T>>): WordSet<T> {
  const words = [...own.keys()].sort();
  return inGroup(sets, JSON.stringify(words), () => ({ words, items: [] }));
}

// For each set the smallest index in its group.
function joined(sets: readonly string[][], threshold: number): number[] {
  const parent = sets.map((_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while ((parent[at] ?? at) !== at) at = parent[at] ?? at;
    parent[i] = at;
    return at;
  };
  const holders = new Map<string, number[]>();
  for (const [i, words] of rarestFirst(sets).entries()) {
    if (words.length < 2) continue;
    const prefix = words.slice(0, words.length - Math.ceil(threshold * words.length) + 1);
    for (const j of new Set(prefix.flatMap((word) => holders.get(word) ?? []))) {
      const [a, b] = [find(i), find(j)];
      if (a !== b && jaccard(words, sets[j] ?? []) >= threshold) parent[Math.max(a, b)] = Math.min(a, b);
    }
    for (const word of prefix) {
      const list = holders.get(word);
      if (list === undefined) holders.set(word, [i]);
      else list.push(i);
    }
  }
  return sets.map((_, i) => find(i));
}

function rarestFirst(sets: readonly string[][]): string[][] {
  const frequency = new Map<string, number>();
  for (const words of sets) for (const word of words) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const order = (a: string, b: string) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0) || (a < b ? -1 : 1);
  return sets.map((words) => [...words].sort(order));
}

function jaccard(a: readonly string[], b: readonly string[]): number {
  const right = new Set(b);
  const shared = a.filter((word) => right.has(word)).length;
  return shared / (a.length + b.length - shared);
}
