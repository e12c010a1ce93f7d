// Seeded numbers: the same everywhere, without bias; shuffles that lose nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded, shuffle, uniform, uniformInt } from '../../src/statistics/random.ts';

describe('seeded', () => {
  it('is xoshiro128** from the first words of SHA-256 of the seed', () => {
    // By a separate implementation in Python (hashlib, whole numbers masked to 32 bits).
    const random = seeded('agentmem');
    const words = [191832893, 2565881220, 2722159065, 3564896960, 2533123605, 1565281217];
    expect(words.map(() => random.word())).toEqual(words);
    const other = seeded(1);
    expect([674876142, 2762888920, 3346312760].map(() => other.word())).toEqual([674876142, 2762888920, 3346312760]);
  });

  it('starts equal streams from equal seeds and others from others', () => {
    const first = (seed: string | number) =>
      Array.from(
        { length: 8 },
        (
          (r) => () =>
            r.word()
        )(seeded(seed)),
      );
    expect(first(7)).toEqual(first('7'));
    expect(first(7)).not.toEqual(first(8));
  });
});

describe('uniformInt', () => {
  it('stays below its bound, for bounds up to all 32-bit words', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.string(), (below, seed) => {
        const drawn = uniformInt(seeded(seed), below);
        expect(Number.isInteger(drawn)).toBe(true);
        expect(drawn).toBeGreaterThanOrEqual(0);
        expect(drawn).toBeLessThan(below);
      }),
    );
  });

  it('draws again where a word would favour small numbers', () => {
    const words = [2 ** 32 - 1, 3_000_000_000, 5];
    expect(uniformInt({ word: () => words.shift() ?? 0 }, 3_000_000_000)).toBe(5);
  });

  it('draws every number equally often', () => {
    const random = seeded('dice');
    const counts = new Array(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[uniformInt(random, 7)]++;
    // Chi-square with 6 degrees of freedom is above 22.46 once in a thousand.
    expect(counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(22.46);
  });
});

describe('uniform', () => {
  it('lies strictly between 0 and 1 at both ends', () => {
    expect(uniform({ word: () => 0 })).toBeGreaterThan(0);
    expect(uniform({ word: () => 2 ** 32 - 1 })).toBeLessThan(1);
  });
});

describe('shuffle', () => {
  it('keeps what was there, and leaves what lies outside its range', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(20), fc.nat(20), (list, a, b) => {
        const from = Math.min(a, list.length);
        const to = Math.min(from + b, list.length);
        const shuffled = Float64Array.from(list);
        shuffle(shuffled, seeded(a), from, to);
        expect([...shuffled.slice(0, from)]).toEqual(list.slice(0, from));
        expect([...shuffled.slice(to)]).toEqual(list.slice(to));
        expect([...shuffled.slice(from, to)].sort()).toEqual(list.slice(from, to).sort());
      }),
    );
  });

  it('makes all orders equally likely', () => {
    const random = seeded('orders');
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const list = [1, 2, 3, 4];
      shuffle(list, random);
      counts.set(list.join(), (counts.get(list.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // Chi-square with 23 degrees of freedom is above 49.73 once in a thousand.
    expect([...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(49.73);
  });
});
