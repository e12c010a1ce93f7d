// Rates corrected for a judge's errors: published prevalences, limits, and coverage by simulation.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded, uniform } from '../../src/statistics/random.ts';
import { roganGladen } from '../../src/statistics/rogan-gladen.ts';

const share = (count: number, of: number) => ({ count, of });

describe('roganGladen', () => {
  it('corrects 23 of 150 cows to 5.1 % (sensitivity 96 %, specificity 89 %: example of R’s epi.prev)', () => {
    expect(roganGladen(share(23, 150), share(96, 100), share(89, 100))?.estimate).toBeCloseTo(0.051, 3);
  });

  it('corrects 6 of 151 children to none where so many false alarms are expected (Moujaber et al. 2008)', () => {
    expect(roganGladen(share(6, 151), share(964, 1000), share(927, 1000))?.estimate).toBe(0);
  });

  it('gives the interval of Lang & Reiczigel (2014)', () => {
    // The paper's formulas, written down a second time in Python.
    const rate = roganGladen(share(12, 260), share(50, 100), share(199, 200));
    expect(rate?.estimate).toBeCloseTo(0.08313908313908301, 12);
    expect(rate?.lower).toBeCloseTo(0.02570775334112689, 12);
    expect(rate?.upper).toBeCloseTo(0.15181178720692162, 12);
    expect(roganGladen(share(60, 100), share(45, 50), share(40, 50))?.lower).toBeCloseTo(0.396256956434629, 12);
  });

  it('says nothing with the help of a judge no better than chance, or one never checked', () => {
    expect(roganGladen(share(5, 10), share(5, 10), share(5, 10))).toBeUndefined();
    expect(roganGladen(share(5, 10), share(1, 10), share(2, 10))).toBeUndefined();
    expect(roganGladen(share(5, 10), share(0, 0), share(9, 10))).toBeUndefined();
    expect(roganGladen(share(0, 0), share(9, 10), share(9, 10))).toBeUndefined();
  });

  it('stays within 0 and 1, and a judge who never errs changes nothing', () => {
    const part = fc.tuple(fc.nat(50), fc.nat(50)).map(([a, b]) => share(a, a + b));
    fc.assert(
      fc.property(part, part, part, (positive, sensitivity, specificity) => {
        const rate = roganGladen(positive, sensitivity, specificity);
        for (const value of Object.values(rate ?? {})) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        if (positive.of === 0) return;
        const trusted = roganGladen(positive, share(40, 40), share(40, 40));
        expect(trusted?.estimate).toBeCloseTo(positive.count / positive.of, 12);
      }),
    );
  });

  it('holds the true rate in about 95 of 100 intervals', () => {
    const random = seeded('coverage');
    const drawn = (p: number, n: number) =>
      share(Array.from({ length: n }, () => uniform(random)).filter((u) => u < p).length, n);
    for (const truth of [0.1, 0.4, 0.8]) {
      let held = 0;
      for (let i = 0; i < 1000; i++) {
        const judged = drawn(truth * 0.85 + (1 - truth) * 0.15, 200);
        const rate = roganGladen(judged, drawn(0.85, 60), drawn(0.85, 60));
        if (rate !== undefined && rate.lower <= truth && truth <= rate.upper) held++;
      }
      expect(held).toBeGreaterThan(930);
    }
  });
});
