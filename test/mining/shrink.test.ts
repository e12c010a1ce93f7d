// Arguments made small: equality stays exact and what is left still reads as in the event.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/hash.ts';
import { headOf, shrink, uncut } from '../../src/mining/shrink.ts';

it('leaves small values as they are, keys in their order', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(JSON.stringify(shrink(value))).toBe(JSON.stringify(value));
    }),
  );
});

it('keeps different values different, however long, many or deep', () => {
  const deep = (end: string) => Array.from({ length: 60 }).reduce<unknown>((inner) => ({ in: inner }), end);
  const pairs: [unknown, unknown][] = [
    ['x'.repeat(3000), `${'x'.repeat(2999)}y`],
    [Array(300).fill(1), [...Array(299).fill(1), 2]],
    [
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, 1])),
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i === 299 ? 2 : 1])),
    ],
    [deep('a'), deep('b')],
  ];
  for (const [a, b] of pairs) {
    expect(canonicalJson(shrink(a))).not.toBe(canonicalJson(shrink(b)));
    expect(canonicalJson(shrink(a))).toBe(canonicalJson(shrink(structuredClone(a))));
    expect(JSON.stringify(shrink(a)).length).toBeLessThan(4000);
  }
});

it('gives back the head of a cut text as it stood', () => {
  const text = 'abc '.repeat(1000);
  expect(text.startsWith(uncut(String(shrink(text))))).toBe(true);
});

it('never leaves half of a surrogate pair', () => {
  expect(headOf('ab😀', 3)).toBe('ab');
  expect(headOf('ab😀', 4)).toBe('ab😀');
});
