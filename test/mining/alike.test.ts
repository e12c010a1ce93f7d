// Groups of alike sets of words, against comparing every pair.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupAlike } from '../../src/mining/alike.ts';

const group = (...texts: string[]) => groupAlike(texts, (t) => new Set(t.split(' ')), 0.5).map((g) => [...g].sort());

it('joins sets that share half of their words, and what they are joined with', () => {
  expect(group('a b', 'a b c', 'b c', 'x y')).toEqual([['a b', 'a b c', 'b c'], ['x y']]);
});

it('joins single words only with their equals', () => {
  expect(group('a', 'a b', 'a', 'b')).toEqual([['a b'], ['a', 'a'], ['b']]);
});

it('finds what comparing every pair finds, in any order', () => {
  const word = fc.constantFrom(...'abcdefgh');
  const sets = fc.array(fc.uniqueArray(word, { minLength: 2, maxLength: 6 }), { maxLength: 14 });
  fc.assert(
    fc.property(sets, fc.constantFrom(0.4, 0.5, 0.6, 0.75), (words, threshold) => {
      const items = words.map((w) => [...w].sort().join(''));
      const found = groupAlike(items, (t) => new Set(t), threshold);
      const backwards = groupAlike([...items].reverse(), (t) => new Set(t), threshold);
      expect(canonical(found)).toEqual(canonical(slowly(items, threshold)));
      expect(canonical(backwards)).toEqual(canonical(found));
    }),
  );
});

function slowly(items: readonly string[], threshold: number): string[][] {
  const groups: string[][] = [];
  for (const item of items) {
    const near = groups.filter((g) => g.some((other) => jaccard(item, other) >= threshold));
    const rest = groups.filter((g) => !near.includes(g));
    groups.splice(0, groups.length, ...rest, [...near.flat(), item]);
  }
  return groups;
}

function jaccard(a: string, b: string): number {
  const shared = [...a].filter((c) => b.includes(c)).length;
  return shared / (a.length + b.length - shared);
}

function canonical(groups: readonly string[][]): string[][] {
  return groups.map((g) => [...g].sort()).sort((a, b) => (a.join() < b.join() ? -1 : 1));
}
