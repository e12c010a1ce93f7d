// The bound on the tail of unequal trials: never too small, near the truth, and exact where everything succeeds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { natsBeyond } from '../../src/statistics/trials-tail.ts';

/** The exact probability of at least `count` successes, by convolution. */
function exactTail(chances: readonly number[], count: number): number {
  let likely = [1];
  for (const p of chances)
    likely = Array.from(
      { length: likely.length + 1 },
      (_, k) => (likely[k] ?? 0) * (1 - p) + (k === 0 ? 0 : (likely[k - 1] ?? 0) * p),
    );
  return likely.slice(count).reduce((sum, l) => sum + l, 0);
}

function trialsOf(chances: readonly number[]): Map<number, number> {
  const trials = new Map<number, number>();
  for (const p of chances) trials.set(p, (trials.get(p) ?? 0) + 1);
  return trials;
}

const chances = fc.array(fc.constantFrom(0, 0.001, 0.02, 0.1, 0.17, 0.5, 0.9, 1), { minLength: 1, maxLength: 60 });

describe('the nats of a count of successes', () => {
  it('are never more than the exact tail has', () => {
    fc.assert(
      fc.property(chances, fc.nat(60), (ps, count) => {
        const exact = exactTail(ps, count);
        fc.pre(exact > 1e-200);
        expect(natsBeyond(trialsOf(ps), count)).toBeLessThanOrEqual(-Math.log(Math.min(1, exact)) + 1e-6);
      }),
    );
  });

  it('come within one of the exact tail where it is far out, which the bound of Chernoff alone does not', () => {
    const ps = Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? 0.05 : 0.15));
    for (const count of [24, 28, 32, 40]) {
      const exact = -Math.log(exactTail(ps, count));
      expect(exact).toBeGreaterThan(4);
      expect(exact - natsBeyond(trialsOf(ps), count)).toBeLessThan(1);
    }
  });

  it('grow with the count', () => {
    fc.assert(
      fc.property(chances, fc.nat(59), (ps, count) => {
        const trials = trialsOf(ps);
        expect(natsBeyond(trials, count + 1)).toBeGreaterThanOrEqual(natsBeyond(trials, count) - 1e-9);
      }),
    );
  });

  it('are exact where all have to succeed, none up to the mean, and endless for what cannot be', () => {
    expect(natsBeyond(new Map([[0.5, 10]]), 10)).toBeCloseTo(10 * Math.LN2, 12);
    expect(natsBeyond(new Map([[0.25, 8]]), 2)).toBe(0);
    expect(natsBeyond(new Map([[0.5, 3]]), 4)).toBe(Number.POSITIVE_INFINITY);
    expect(natsBeyond(new Map(), 0)).toBe(0);
    expect(
      natsBeyond(
        new Map([
          [1, 5],
          [0, 7],
        ]),
        5,
      ),
    ).toBe(0);
    expect(
      natsBeyond(
        new Map([
          [1, 5],
          [0, 7],
        ]),
        6,
      ),
    ).toBe(Number.POSITIVE_INFINITY);
  });

  it('do not overflow for many thousand trials', () => {
    const nats = natsBeyond(new Map([[0.0001, 50_000]]), 2_000);
    expect(nats).toBeGreaterThan(5_000);
    expect(Number.isFinite(nats)).toBe(true);
  });
});
