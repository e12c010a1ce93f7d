// Cochran-Mantel-Haenszel against published analyses, and against what it must not depend on.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CmhTest, cochranMantelHaenszel } from '../../src/statistics/cmh.ts';
import { normalQuantile } from '../../src/statistics/normal.ts';
import type { Estimate, TwoByTwo } from '../../src/statistics/two-by-two.ts';
import { BERKELEY, CITIES, RABBITS, table, tables, VACCINE } from './tables.ts';

function tested(strata: TwoByTwo[]): CmhTest {
  const result = cochranMantelHaenszel(strata);
  if (result.kind !== 'tested') throw new Error('nothing to test');
  return result;
}

function odds(test: CmhTest): Estimate {
  if (test.oddsRatio.kind !== 'finite') throw new Error(test.oddsRatio.kind);
  return test.oddsRatio;
}

function close(actual: Estimate, estimate: number, lower: number, upper: number, digits: number): void {
  expect(actual.estimate).toBeCloseTo(estimate, digits);
  expect(actual.lower).toBeCloseTo(lower, digits);
  expect(actual.upper).toBeCloseTo(upper, digits);
}

describe('cochranMantelHaenszel on published data', () => {
  it('finds nothing against women at Berkeley, as R does: χ² 1.4269, p 0.2323, odds ratio 0.9047', () => {
    const test = tested(BERKELEY);
    expect(test.chiSquare).toBeCloseTo(1.4269462285866943, 10);
    expect(test.p).toBeCloseTo(0.23226346281704718, 12);
    expect(test.expected).toBeCloseTo(1213.3571665830257, 9);
    expect(test.variance).toBeCloseTo(154.6907616094244, 9);
    close(odds(test), 0.9046968, 0.7719074, 1.0603298, 6);
  });

  it('saves rabbits by penicillin given at once: χ² 3.9286, p 0.0475, odds ratio 7 (R’s ?mantelhaen.test)', () => {
    const test = tested(RABBITS);
    expect(test.informative).toBe(3);
    expect(test.chiSquare).toBeCloseTo(3.9285714, 7);
    expect(test.p).toBeCloseTo(0.04747, 5);
    close(odds(test), 7, 1.026713, 47.725133, 6);
  });

  it('ties smoking to cancer in Chinese cities: odds ratio 2.17, 1.98 to 2.38 (Agresti 1996, section 3.2.3)', () => {
    const test = tested(CITIES);
    // Agresti prints 280.1 without the correction; with it, from exact fractions in Python:
    expect(test.chiSquare).toBeCloseTo(279.37574046385356, 8);
    expect((test.observed - test.expected) ** 2 / test.variance).toBeCloseTo(280.1, 1);
    close(odds(test), 2.17, 1.98, 2.38, 2);
    expect(test.p / 1.0271494518990296e-62).toBeCloseTo(1, 9);
  });

  it('measures the vaccine’s risk difference as published for Sato’s variance: −0.0033, z −11.4708 (metafor, Stata’s metan)', () => {
    const test = tested(VACCINE);
    close(odds(test), 0.6229, 0.5748, 0.675, 4);
    close(test.riskDifference, -0.0033, -0.0039, -0.0027, 4);
    const half = (test.riskDifference.upper - test.riskDifference.lower) / 2;
    expect((test.riskDifference.estimate / half) * normalQuantile(0.975)).toBeCloseTo(-11.4708, 4);
  });
});

describe('cochranMantelHaenszel where little is known', () => {
  it('says that there is nothing to test where no stratum holds both exposures and both outcomes', () => {
    const nothing = { kind: 'nothing-to-test' };
    expect(cochranMantelHaenszel([])).toEqual(nothing);
    expect(cochranMantelHaenszel([table(0, 0, 0, 0), table(1, 0, 0, 0), table(3, 0, 2, 0)])).toEqual(nothing);
    expect(cochranMantelHaenszel([table(4, 4, 0, 0), table(0, 0, 5, 1), table(0, 2, 0, 9)])).toEqual(nothing);
  });

  it('names an odds ratio without end instead of dividing by zero', () => {
    expect(tested([table(2, 0, 0, 2)]).oddsRatio).toEqual({ kind: 'infinite' });
    expect(tested([table(0, 2, 2, 0), table(0, 1, 1, 1)]).oddsRatio).toEqual({ kind: 'zero' });
    close(tested([table(2, 0, 0, 2)]).riskDifference, 1, 1, 1, 12);
  });

  it('never lets the correction make a finding of a perfect balance', () => {
    // One exposed of 20, one success of 20: |a − E| is 0.05, and (0.05 − ½)² / V would give p = 0.04.
    const test = tested([table(0, 1, 1, 18)]);
    expect(test.chiSquare).toBe(0);
    expect(test.p).toBe(1);
  });

  it('counts a task that all runs pass in the risk difference, where it is evidence of none', () => {
    const one = tested([table(3, 1, 1, 3)]);
    const two = tested([table(3, 1, 1, 3), table(4, 0, 4, 0)]);
    expect(one.riskDifference.estimate).toBeCloseTo(0.5, 12);
    expect(two.riskDifference.estimate).toBeCloseTo(0.25, 12);
    expect(two.p).toBe(one.p);
    expect(two.oddsRatio).toEqual(one.oddsRatio);
    expect(two.informative).toBe(1);
  });
});

describe('cochranMantelHaenszel in general', () => {
  const strata = fc.array(tables(8), { maxLength: 8 });

  it('never answers NaN, and its shares and probabilities lie where they must', () => {
    fc.assert(
      fc.property(strata, (list) => {
        const test = cochranMantelHaenszel(list);
        if (test.kind !== 'tested') return;
        const { oddsRatio, riskDifference, ...numbers } = test;
        for (const value of Object.values({ ...numbers, ...riskDifference, ...oddsRatio })) expect(value).not.toBeNaN();
        expect(test.p).toBeGreaterThanOrEqual(0);
        expect(test.p).toBeLessThanOrEqual(1);
        expect(riskDifference.lower).toBeLessThanOrEqual(riskDifference.estimate);
        expect(riskDifference.upper).toBeGreaterThanOrEqual(riskDifference.estimate);
        if (oddsRatio.kind === 'finite') expect(oddsRatio.lower).toBeLessThanOrEqual(oddsRatio.estimate);
      }),
    );
  });

  it('turns round when exposures or outcomes change names, and ignores the order of strata', () => {
    fc.assert(
      fc.property(strata, (list) => {
        const test = cochranMantelHaenszel(list);
        if (test.kind !== 'tested') return;
        const rows = tested(list.map(({ a, b, c, d }) => table(c, d, a, b)));
        const columns = tested(list.map(({ a, b, c, d }) => table(b, a, d, c)));
        const reversed = tested(list.toReversed());
        for (const other of [rows, columns, reversed]) expect(other.chiSquare).toBeCloseTo(test.chiSquare, 9);
        expect(rows.riskDifference.estimate).toBeCloseTo(-test.riskDifference.estimate, 10);
        expect(rows.riskDifference.upper).toBeCloseTo(-test.riskDifference.lower, 9);
        expect(columns.riskDifference.lower).toBeCloseTo(-test.riskDifference.upper, 9);
        if (test.oddsRatio.kind === 'finite') {
          expect(odds(rows).estimate * test.oddsRatio.estimate).toBeCloseTo(1, 9);
          expect(odds(columns).lower * test.oddsRatio.upper).toBeCloseTo(1, 8);
        }
      }),
    );
  });
});
