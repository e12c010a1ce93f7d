// Cohen's kappa against two published tables.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohenKappa } from '../../src/statistics/kappa.ts';

describe('cohenKappa', () => {
  it('gives 0.493 with error 0.057 for two pathologists (Agresti 1990, table 10.8)', () => {
    const kappa = cohenKappa([
      [22, 2, 2, 0],
      [5, 7, 14, 0],
      [0, 2, 36, 0],
      [0, 1, 17, 10],
    ]);
    expect(kappa?.estimate).toBeCloseTo(0.493, 3);
    expect(kappa?.standardError).toBeCloseTo(0.057, 3);
    expect(kappa?.agreed).toBeCloseTo(0.636, 3);
    expect(kappa?.expected).toBeCloseTo(0.281, 3);
  });

  it('gives 0.68 with error 0.087 for two diagnoses of 100 (Fleiss 1981, table 13.1)', () => {
    const kappa = cohenKappa([
      [75, 1, 4],
      [5, 4, 1],
      [0, 0, 10],
    ]);
    // Fleiss rounds kappa before he goes on; exact fractions in Python give 0.0877.
    expect(kappa?.estimate).toBeCloseTo(0.6764705882352942, 12);
    expect(kappa?.standardError).toBeCloseTo(0.08770295347521247, 12);
    expect(kappa?.lower).toBeCloseTo(0.6764706 - 1.959964 * 0.087703, 6);
  });

  it('is 1 without error for perfect agreement, and −1 for perfect disagreement', () => {
    expect(
      cohenKappa([
        [3, 0],
        [0, 5],
      ]),
    ).toMatchObject({ estimate: 1, lower: expect.closeTo(1, 6), upper: 1 });
    expect(
      cohenKappa([
        [0, 4],
        [4, 0],
      ])?.estimate,
    ).toBe(-1);
  });

  it('says nothing where chance explains everything or nothing was rated', () => {
    expect(
      cohenKappa([
        [7, 0],
        [0, 0],
      ]),
    ).toBeUndefined();
    expect(
      cohenKappa([
        [0, 0],
        [0, 0],
      ]),
    ).toBeUndefined();
    expect(cohenKappa([])).toBeUndefined();
  });

  it('does not care which rater comes first or how categories are ordered', () => {
    const cell = fc.nat(9);
    const row = fc.tuple(cell, cell, cell);
    fc.assert(
      fc.property(fc.tuple(row, row, row), (counts) => {
        const kappa = cohenKappa(counts);
        const turned = cohenKappa([0, 1, 2].map((i) => counts.map((r) => r[i] ?? 0)));
        const renamed = cohenKappa(counts.toReversed().map((r) => r.toReversed()));
        for (const other of [turned, renamed]) {
          expect(other === undefined).toBe(kappa === undefined);
          if (kappa === undefined || other === undefined) continue;
          expect(other.estimate).toBeCloseTo(kappa.estimate, 10);
          expect(other.standardError).toBeCloseTo(kappa.standardError, 6);
        }
        expect(kappa?.estimate ?? 0).not.toBeNaN();
        expect(kappa?.estimate ?? 0).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});
