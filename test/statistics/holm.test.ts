// Holm's correction against numbers worked out by hand.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holm } from '../../src/statistics/holm.ts';

it('multiplies the smallest by the size of the family, the next by one less, and never falls back', () => {
  const corrected = holm([0.04, 0.01, 0.03]);
  for (const [i, p] of [0.06, 0.03, 0.06].entries()) expect(corrected[i]).toBeCloseTo(p, 12);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

it('keeps the order of the p values, and makes none smaller', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (ps) => {
      const out = holm(ps);
      for (const [i, p] of ps.entries()) {
        expect(out[i]).toBeGreaterThanOrEqual(p);
        for (const [j, q] of ps.entries()) if (p < q) expect(out[i]).toBeLessThanOrEqual(out[j] ?? 0);
      }
    }),
  );
});
