// q-values against the paper that defined them, and by their definition.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from '../../src/statistics/benjamini-hochberg.ts';

const pValue = fc.double({ min: 0, max: 1, noNaN: true });

describe('benjaminiHochberg', () => {
  it('rejects the four of Benjamini & Hochberg (1995), section 4.1', () => {
    const p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    const q = benjaminiHochberg(p);
    // min over larger p of p · 15 / rank, in exact fractions by Python.
    const exact = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645, 0.0765];
    for (const [i, value] of exact.entries()) expect(q[i]).toBeCloseTo(value, 12);
    expect(q.filter((value) => value <= 0.05)).toHaveLength(4);
  });

  it('says nothing of nothing and leaves a single p as it is', () => {
    expect([...benjaminiHochberg([])]).toEqual([]);
    expect([...benjaminiHochberg([0.03])]).toEqual([0.03]);
  });

  it('gives equal p-values equal q-values', () => {
    const q = benjaminiHochberg([0.02, 0.5, 0.02, 0.01]);
    expect(q[0]).toBe(q[2]);
    expect(q[0]).toBeCloseTo((0.02 * 4) / 3, 12);
  });

  it('refuses what is no probability', () => {
    expect(() => benjaminiHochberg([0.1, Number.NaN])).toThrow(RangeError);
    expect(() => benjaminiHochberg([1.1])).toThrow(RangeError);
  });

  it('rises with p, is no smaller than p, no larger than 1, and does not care about order', () => {
    fc.assert(
      fc.property(fc.array(pValue, { maxLength: 30 }), (p) => {
        const q = benjaminiHochberg(p);
        for (const [i, a] of p.entries()) {
          expect(q[i]).toBeGreaterThanOrEqual(a);
          expect(q[i]).toBeLessThanOrEqual(1);
          for (const [j, b] of p.entries()) if (a <= b) expect(q[i]).toBeLessThanOrEqual(q[j] ?? 0);
        }
        expect([...benjaminiHochberg(p.toReversed())]).toEqual([...q].reverse());
      }),
    );
  });

  it('cuts where the step-up rule of the paper does', () => {
    fc.assert(
      fc.property(
        fc.array(pValue, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        (p, level) => {
          const sorted = p.toSorted((a, b) => a - b);
          const rejected = sorted.findLastIndex((value, i) => (value * sorted.length) / (i + 1) <= level) + 1;
          expect(benjaminiHochberg(p).filter((q) => q <= level)).toHaveLength(rejected);
        },
      ),
    );
  });
});
