// Fisher's exact test against his own tea tasting, other published tables, and exact fractions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fisherExact } from '../../src/statistics/fisher.ts';
import { hypergeometric } from '../../src/statistics/hypergeometric.ts';
import { table, tables } from './tables.ts';

function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k;
}

describe('fisherExact', () => {
  it('gives the lady who tasted tea 17 chances in 70 (Fisher 1935; Agresti 1990, p. 61)', () => {
    const { greater, twoSided } = fisherExact(table(3, 1, 1, 3));
    expect(greater).toBeCloseTo(17 / 70, 12);
    expect(twoSided).toBeCloseTo(34 / 70, 12);
  });

  it('gives the p-values of published tables', () => {
    // Criminal twins (Fisher 1970; R's ?fisher.test): 10 of 13 monozygotic, 2 of 17 dizygotic.
    expect(fisherExact(table(2, 15, 10, 3)).less).toBeCloseTo(0.0004652, 7);
    // Dieting men and women, the worked example that most texts share: p = 0.00276.
    expect(fisherExact(table(1, 9, 11, 3)).twoSided).toBeCloseTo(0.0027594561852200836, 14);
  });

  it('agrees with exact fractions for hundreds and thousands', () => {
    // Sums of binomial coefficients in Python's fractions.
    expect(fisherExact(table(400, 600, 350, 700)).twoSided).toBeCloseTo(0.0018163535881003735, 13);
    expect(fisherExact(table(400, 600, 350, 700)).greater).toBeCloseTo(0.001010637425710306, 13);
    expect(fisherExact(table(5, 995, 20, 980)).twoSided).toBeCloseTo(0.0038590206248560925, 13);
  });

  it('is 1 where the margins allow one table only', () => {
    expect(fisherExact(table(0, 0, 3, 4))).toEqual({ twoSided: 1, greater: 1, less: 1 });
    expect(fisherExact(table(0, 0, 0, 0))).toEqual({ twoSided: 1, greater: 1, less: 1 });
  });

  it('stays finite where one table is less likely than the smallest number', () => {
    const { twoSided, less } = fisherExact(table(5000, 0, 0, 5000));
    expect(twoSided).toBe(0);
    expect(less).toBeCloseTo(1, 10);
  });

  it('does not care about the names of rows and columns, and both one-sided tests share the observed table', () => {
    fc.assert(
      fc.property(tables(25), (t) => {
        const test = fisherExact(t);
        const swapped = fisherExact(table(t.c, t.d, t.a, t.b));
        const turned = fisherExact(table(t.a, t.c, t.b, t.d));
        expect(swapped.twoSided).toBeCloseTo(test.twoSided, 10);
        expect(swapped.less).toBeCloseTo(test.greater, 10);
        expect(turned.twoSided).toBeCloseTo(test.twoSided, 10);
        expect(test.twoSided).toBeGreaterThan(0);
        expect(test.twoSided).toBeLessThanOrEqual(1);
        const { low, logP } = hypergeometric(t);
        expect(test.greater + test.less).toBeCloseTo(1 + Math.exp(logP[t.a - low] ?? 0), 10);
      }),
    );
  });
});

describe('hypergeometric', () => {
  it('is a choice of the exposed over a choice of all, and sums to 1', () => {
    fc.assert(
      fc.property(tables(12), (t) => {
        const { low, logP } = hypergeometric(t);
        const [n1, n0, m1] = [t.a + t.b, t.c + t.d, t.a + t.c];
        let sum = 0;
        for (const [i, log] of logP.entries()) {
          const exact = (choose(n1, low + i) * choose(n0, m1 - low - i)) / choose(n1 + n0, m1);
          expect(Math.exp(log)).toBeCloseTo(exact, 11);
          sum += exact;
        }
        expect(sum).toBeCloseTo(1, 11);
      }),
    );
  });
});
