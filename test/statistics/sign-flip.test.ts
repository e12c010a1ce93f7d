// The paired permutation test against Fisher's own count and against all signs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../src/statistics/random.ts';
import { signFlip } from '../../src/statistics/sign-flip.ts';

/** Crossed minus self-fertilised maize in eighths of an inch (Darwin 1876; Fisher 1935, section 17). */
const MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
const random = () => seeded('flips');

describe('signFlip', () => {
  it('counts 863 of the 32,768 signs of Darwin’s maize as high, and 1,726 as far off, as Fisher (1935) did', () => {
    const test = signFlip(MAIZE, { random: random(), exactUpTo: 15 });
    expect(test).toMatchObject({ exact: true, flips: 32_768 });
    expect(test.greater).toBe(863 / 32_768);
    expect(test.twoSided).toBe(1726 / 32_768);
  });

  it('comes near with random signs', () => {
    const test = signFlip(MAIZE, { random: random() });
    expect(test).toMatchObject({ exact: false, flips: 20_000 });
    // Three standard errors of 20,000 draws.
    expect(Math.abs(test.twoSided - 1726 / 32_768)).toBeLessThan(0.0048);
    expect(signFlip(MAIZE, { random: random() })).toEqual(test);
  });

  it('is the exact sign test where all differences are as large', () => {
    const test = signFlip([1, 1, 1, 1, 1, 1, -1], { random: random() });
    expect(test.greater).toBeCloseTo(8 / 128, 12);
    expect(test.twoSided).toBeCloseTo(16 / 128, 12);
  });

  it('is not moved by tasks that do not differ, and says 1 where none does', () => {
    const without = signFlip([0.25, 0.5, -0.25, 0.75], { random: random() });
    expect(signFlip([0, 0.25, 0, 0.5, -0.25, 0.75, 0], { random: random() })).toEqual(without);
    expect(signFlip([], { random: random() }).twoSided).toBe(1);
    expect(signFlip([0, 0], { random: random() })).toMatchObject({ twoSided: 1, greater: 1, exact: true });
  });

  it('is not fooled by last bits: thirds that cancel on paper', () => {
    const third = 1 / 3;
    const test = signFlip([third, third, third, -1, 0.1, 0.2, -0.3], { random: random() });
    expect(test.twoSided).toBe(1);
  });

  it('does not care about order or scale, and turning all signs swaps the sides', () => {
    const difference = fc.integer({ min: -4, max: 4 }).map((n) => n / 4);
    fc.assert(
      fc.property(fc.array(difference, { maxLength: 10 }), (list) => {
        const test = signFlip(list, { random: random() });
        expect(signFlip(list.toReversed(), { random: random() })).toEqual(test);
        expect(
          signFlip(
            list.map((d) => d / 3),
            { random: random() },
          ),
        ).toEqual(test);
        const turned = signFlip(
          list.map((d) => -d),
          { random: random() },
        );
        expect(turned.twoSided).toBeCloseTo(test.twoSided, 12);
        expect(turned.greater + test.greater).toBeGreaterThanOrEqual(1);
        expect(test.greater).toBeLessThanOrEqual(1);
        expect(test.twoSided).toBeLessThanOrEqual(Math.min(1, 2 * Math.min(test.greater, turned.greater)) + 1e-12);
      }),
    );
  });
});
