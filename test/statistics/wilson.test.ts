// Wilson's interval against published values.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilson } from '../../src/statistics/wilson.ts';

describe('wilson', () => {
  it('gives the intervals of Newcombe (1998), table I, method 3', () => {
    expect(wilson(81, 263).lower).toBeCloseTo(0.2553, 4);
    expect(wilson(81, 263).upper).toBeCloseTo(0.3662, 4);
    expect(wilson(15, 148).lower).toBeCloseTo(0.0624, 4);
    expect(wilson(0, 20)).toEqual({ lower: 0, upper: expect.closeTo(0.1611, 4) });
    expect(wilson(1, 29).upper).toBeCloseTo(0.1718, 4);
  });

  it('says nothing where nothing was tried', () => {
    expect(wilson(0, 0)).toEqual({ lower: 0, upper: 1 });
  });

  it('holds the share between its ends', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (a, b) => {
        const { lower, upper } = wilson(a, a + b);
        const share = a + b === 0 ? 0.5 : a / (a + b);
        expect(lower).toBeLessThanOrEqual(share);
        expect(upper).toBeGreaterThanOrEqual(share);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
      }),
    );
  });
});
