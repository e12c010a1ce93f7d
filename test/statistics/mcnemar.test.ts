// McNemar's test against published pairs and exact fractions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemar } from '../../src/statistics/mcnemar.ts';

describe('mcnemar', () => {
  it('gives the p-values that Fagerland, Lydersen & Laake (2013) print for airway hyper-responsiveness: 0.070 and 0.039', () => {
    expect(mcnemar(1, 7).exact).toBeCloseTo(0.0703125, 12);
    expect(mcnemar(1, 7).midP).toBeCloseTo(0.0390625, 12);
  });

  it('sees approval of the prime minister fall from 944 to 880 of 1600 (Agresti 1990, table 10.1)', () => {
    // 150 changed to disapproval, 86 to approval; exact fractions in Python.
    expect(mcnemar(86, 150).exact).toBeCloseTo(3.715936139571442e-5, 14);
    expect(mcnemar(86, 150).midP).toBeCloseTo(2.89338951761549e-5, 14);
  });

  it('finds nothing where wins and losses balance, or where there are none', () => {
    expect(mcnemar(0, 0)).toEqual({ exact: 1, midP: 1 });
    expect(mcnemar(5, 5).midP).toBe(1);
    expect(mcnemar(5, 5).exact).toBeCloseTo(1, 12);
  });

  it('does not care who is called the winner, and the mid-p is never above the exact p', () => {
    fc.assert(
      fc.property(fc.nat(80), fc.nat(80), (wins, losses) => {
        const { exact, midP } = mcnemar(wins, losses);
        expect(mcnemar(losses, wins)).toEqual({ exact, midP });
        expect(midP).toBeGreaterThan(0);
        expect(midP).toBeLessThanOrEqual(exact + 1e-9);
        expect(exact).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('accepts at most 5 of 100 null experiments by the exact p, and never more than 7.7 by the mid-p, whatever the number of pairs', () => {
    for (let pairs = 1; pairs <= 60; pairs++) {
      let [exact, mid, chance] = [0, 0, 2 ** -pairs];
      for (let wins = 0; wins <= pairs; wins++) {
        const test = mcnemar(wins, pairs - wins);
        if (test.exact <= 0.05) exact += chance;
        if (test.midP <= 0.05) mid += chance;
        chance *= (pairs - wins) / (wins + 1);
      }
      expect(exact).toBeLessThanOrEqual(0.05);
      expect(mid).toBeLessThanOrEqual(0.077);
    }
  });
});
