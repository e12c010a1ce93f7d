// The normal distribution against values of 50 digits, deep into the tails.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareTail, normalCdf, normalQuantile } from '../../src/statistics/normal.ts';

// Series and continued fraction in Python's decimal with 60 digits.
const CDF: [number, number][] = [
  [-0.5, 0.30853753872598688],
  [-1, 0.15865525393145705],
  [-1.96, 0.02499789514822043],
  [-2.5, 0.0062096653257761349],
  [-3, 0.0013498980316300946],
  [-5, 2.8665157187919391e-7],
  [-10, 7.6198530241605255e-24],
  [-20, 2.7536241186062337e-89],
  [-37, 5.7255712225245771e-300],
];
const TAIL: [number, number][] = [
  [0.1, 0.75182963404584924],
  [1, 0.31731050786291409],
  [3.841458820694124, 0.05],
  [10, 0.0015654022580025497],
  [50, 1.5374597944280349e-12],
  [280.1, 7.1417463192381848e-63],
  [1000, 1.7958327848007262e-219],
];

function relative(actual: number, expected: number): number {
  return Math.abs(actual / expected - 1);
}

describe('normalCdf', () => {
  it('is right to 12 digits from the middle to 10⁻³⁰⁰', () => {
    for (const [z, p] of CDF) expect(relative(normalCdf(z), p)).toBeLessThan(1e-12);
    expect(normalCdf(0)).toBe(0.5);
  });

  it('is symmetric, rises, and ends at 0 and 1', () => {
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
    fc.assert(
      fc.property(
        fc.double({ min: -30, max: 30, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (z, more) => {
          expect(normalCdf(z) + normalCdf(-z)).toBeCloseTo(1, 13);
          expect(normalCdf(z + more)).toBeGreaterThanOrEqual(normalCdf(z) * (1 - 1e-13));
        },
      ),
    );
  });
});

describe('chiSquareTail', () => {
  it('is right to 12 digits in the far tail, and 1 at 0', () => {
    for (const [x, p] of TAIL) expect(relative(chiSquareTail(x), p)).toBeLessThan(1e-12);
    expect(chiSquareTail(0)).toBe(1);
  });
});

describe('normalQuantile', () => {
  it('gives the textbook quantiles', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 13);
    expect(normalQuantile(0.95)).toBeCloseTo(1.6448536269514722, 13);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 14);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(() => normalQuantile(Number.NaN)).toThrow(RangeError);
  });

  it('undoes normalCdf, in the tails too', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (z) => {
        expect(normalQuantile(normalCdf(z))).toBeCloseTo(z, 8);
      }),
    );
  });
});
