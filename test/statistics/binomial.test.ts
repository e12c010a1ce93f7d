// The exact binomial test against values worked out by hand and by its definition.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTwoSided, binomialUpper } from '../../src/statistics/binomial.ts';

describe('binomialTwoSided', () => {
  it('is 2 × ½^n where all of n fall on one side', () => {
    expect(binomialTwoSided(10, 10)).toBeCloseTo(2 / 1024, 12);
    expect(binomialTwoSided(0, 3)).toBeCloseTo(0.25, 12);
  });

  it('agrees with exact fractions where both tails count unevenly', () => {
    expect(binomialTwoSided(7, 20, 0.3)).toBeCloseTo(0.6294979666766777, 10);
    expect(binomialTwoSided(682, 925, 0.75)).toBeCloseTo(0.3824915595748517, 10);
  });

  it('is 1 in the middle and where nothing was tried', () => {
    expect(binomialTwoSided(5, 10)).toBeCloseTo(1, 9);
    expect(binomialTwoSided(0, 0)).toBe(1);
  });

  it('lies between 0 and 1 and does not care which side is called success', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (a, b) => {
        const p = binomialTwoSided(a, a + b);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(p).toBeCloseTo(binomialTwoSided(b, a + b), 9);
      }),
    );
  });

  it('stays finite for thousands of trials', () => {
    expect(binomialTwoSided(5200, 10_000)).toBeCloseTo(0.00006593515598672442, 12);
  });
});

describe('binomialUpper', () => {
  it('is the probability of as many or more', () => {
    expect(binomialUpper(3, 3, 0.5)).toBeCloseTo(1 / 8, 12);
    expect(binomialUpper(2, 3, 0.25)).toBeCloseTo(10 / 64, 12);
  });

  it('is certain for none of any, and where nothing was tried', () => {
    expect(binomialUpper(0, 7, 0.3)).toBeCloseTo(1, 12);
    expect(binomialUpper(0, 0, 0.3)).toBe(1);
  });
});
