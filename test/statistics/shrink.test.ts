// Shrunken odds ratios against a plain bisection, and between 1 and the unshrunken.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrunkenOddsRatio } from '../../src/statistics/shrink.ts';
import { BERKELEY, CITIES, RABBITS, table, tables } from './tables.ts';

describe('shrunkenOddsRatio', () => {
  it('agrees with a bisection of the exact conditional posterior', () => {
    // Python: binomial coefficients as whole numbers, the slope of the posterior halved 200 times.
    expect(shrunkenOddsRatio(BERKELEY)).toBeCloseTo(0.9062340398849253, 10);
    expect(shrunkenOddsRatio(CITIES)).toBeCloseTo(2.166273827074074, 10);
    expect(shrunkenOddsRatio(RABBITS)).toBeCloseTo(2.3321709926522622, 10);
    expect(shrunkenOddsRatio([table(1, 0, 0, 1)])).toBeCloseTo(1.2489753201723115, 10);
  });

  it('goes to the conditional maximum-likelihood estimate as the prior fades: 10.36 for the rabbits, 6.41 for tea (R: 10.36, 6.408)', () => {
    expect(shrunkenOddsRatio(RABBITS, 1e6)).toBeCloseTo(10.361, 3);
    expect(shrunkenOddsRatio([table(3, 1, 1, 3)], 1e9)).toBeCloseTo(6.408309, 4);
  });

  it('stays finite where the estimate would be infinite, and grows with the evidence', () => {
    const perfect = (n: number) => shrunkenOddsRatio(new Array(n).fill(table(3, 0, 0, 3)));
    expect(perfect(2)).toBeCloseTo(2.8287362990099325, 10);
    expect(perfect(20)).toBeCloseTo(22.23783425846004, 9);
    expect(perfect(200)).toBeGreaterThan(perfect(20));
    expect(perfect(2000)).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it('is 1 where nothing tells anything', () => {
    expect(shrunkenOddsRatio([])).toBe(1);
    expect(shrunkenOddsRatio([table(3, 0, 2, 0), table(0, 0, 4, 1), table(0, 0, 0, 0)])).toBe(1);
    expect(shrunkenOddsRatio([table(2, 2, 3, 3)])).toBeCloseTo(1, 12);
  });

  it('is drawn further towards 1 by a narrower prior, never past it, and turns round with the names', () => {
    fc.assert(
      fc.property(fc.array(tables(6), { maxLength: 6 }), (strata) => {
        const [narrow, wide] = [shrunkenOddsRatio(strata, 0.1), shrunkenOddsRatio(strata, 2)].map(Math.log);
        if (narrow === undefined || wide === undefined) throw new Error('two numbers');
        expect(Math.abs(narrow)).toBeLessThanOrEqual(Math.abs(wide) + 1e-9);
        expect(narrow * wide).toBeGreaterThanOrEqual(-1e-12);
        const turned = shrunkenOddsRatio(
          strata.map(({ a, b, c, d }) => table(c, d, a, b)),
          2,
        );
        expect(Math.log(turned)).toBeCloseTo(-wide, 8);
        expect(shrunkenOddsRatio(strata.toReversed(), 2)).toBeCloseTo(Math.exp(wide), 8);
      }),
    );
  });
});
