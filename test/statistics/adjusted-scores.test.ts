// What is left of a sum beside others: worked by hand, and against regression over every order of the outcomes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adjustedScore,
  besideOne,
  type Direction,
  directionOf,
  groundOf,
  pullOf,
  unexplained,
} from '../../src/statistics/adjusted-scores.ts';
import { boardOf, scoreOf, weigher } from '../../src/statistics/stratified-scores.ts';
import { besideOthers, ordersOf } from '../mining/reference/association.ts';

const exposed = (list: readonly number[]) => ({
  exposed: Uint32Array.from(list.flatMap((x, i) => (x === 1 ? [i] : []))),
});

/** Beside the covariates, one after the other. */
function beside(blocks: Int32Array, outcomes: Uint8Array, own: readonly number[], covariates: readonly number[][]) {
  const ground = groundOf(blocks, outcomes);
  const weights = weigher(boardOf(blocks), outcomes)(exposed(own));
  const directions: Direction[] = [];
  const whole = pullOf(ground, weights);
  let left = whole;
  for (const covariate of covariates) {
    const direction = directionOf(ground, covariate, directions);
    if (direction === undefined) continue;
    directions.push(direction);
    left = besideOne(ground, weights, left, direction);
  }
  return { ground, directions, whole, left, share: unexplained(ground, directions) };
}

describe('a sum beside another', () => {
  it('is worked out by hand', () => {
    // Four sessions with two outcomes: V = ⅓ Σw². By itself: 2 − 1 = 1, of variance ⅓. The other has the weights ½, ½, −½, −½ changed
    // in two places, so no covariance, and the other's own sum is 0.
    const blocks = new Int32Array(4);
    const outcomes = Uint8Array.from([1, 1, 0, 0]);
    const apart = beside(blocks, outcomes, [1, 1, 0, 0], [[1, 0, 1, 0]]);
    expect(apart.whole.sum).toBe(1);
    expect(apart.whole.variance).toBeCloseTo(1 / 3, 12);
    expect(apart.left.sum).toBeCloseTo(1, 12);
    expect(apart.share).toBeCloseTo(3 / 2, 12);
    // Weights ¾, −¼, −¼, −¼ have variance ¼ and covariance ⅙ with the first, and a sum of ½: left are 1 − ⅙ / ¼ · ½ and ⅓ − (⅙)² / ¼.
    const alike = beside(blocks, outcomes, [1, 1, 0, 0], [[1, 0, 0, 0]]);
    expect(alike.left.sum).toBeCloseTo(2 / 3, 12);
    expect(alike.left.variance).toBeCloseTo(2 / 9, 12);
    // Of 3 degrees of freedom (½)² / ¼ = 1 is explained, and 2 are left for the rest.
    expect(alike.share).toBeCloseTo(1, 12);
  });

  it('is nothing where the other is shown by the same sessions, or by all others', () => {
    const blocks = Int32Array.from([0, 0, 0, 1, 1, 1]);
    const outcomes = Uint8Array.from([1, 1, 0, 1, 0, 0]);
    const own = [1, 1, 0, 1, 0, 0];
    for (const same of [own, own.map((x) => 1 - x)]) {
      const { whole, left, share } = beside(blocks, outcomes, own, [same]);
      // Weights are rounded to 2⁻³².
      expect(left.sum).toBeCloseTo(0, 8);
      expect(left.variance).toBeCloseTo(0, 8);
      expect(adjustedScore(scoreOf, whole, left, share)).toBe(0);
    }
  });

  it('takes nothing from a covariate twice, and none that says nothing within blocks', () => {
    const ground = groundOf(Int32Array.from([0, 0, 0, 1, 1]), Uint8Array.from([1, 0, 1, 0, 0]));
    const first = directionOf(ground, [1, 0, 0, 1, 0], []);
    expect(first).toBeDefined();
    // The second block has one outcome, so what differs there alone is nothing new.
    expect(directionOf(ground, [3, 1, 1, 0, 5], first === undefined ? [] : [first])).toBeUndefined();
    expect(directionOf(ground, [7, 7, 7, 2, 9], [])).toBeUndefined();
    expect(ground.freedom).toBe(2);
  });

  it('tells nothing where it turned round, or where others explain every outcome', () => {
    expect(adjustedScore(scoreOf, { sum: 4, variance: 1 }, { sum: -3, variance: 0.9 }, 1)).toBe(0);
    expect(adjustedScore(scoreOf, { sum: 4, variance: 1 }, { sum: 3, variance: 0.9 }, 0)).toBe(0);
    expect(adjustedScore(scoreOf, { sum: 4, variance: 1 }, { sum: 4, variance: 1 }, 1)).toBe(3.5);
    // A quarter of the variance is explained by others: the same difference is rarer.
    expect(adjustedScore(scoreOf, { sum: 4, variance: 1 }, { sum: 4, variance: 1 }, 0.75)).toBeGreaterThan(3.5);
  });

  it('is the residual of the regression on the others over every order of the outcomes', () => {
    const session = fc.record({
      block: fc.integer({ min: 0, max: 1 }),
      outcome: fc.integer({ min: 0, max: 1 }),
      own: fc.integer({ min: 0, max: 1 }),
      others: fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 3 })),
    });
    fc.assert(
      fc.property(fc.array(session, { minLength: 3, maxLength: 7 }), (sessions) => {
        const blocks = Int32Array.from(sessions, (s) => s.block);
        const outcomes = Uint8Array.from(sessions, (s) => s.outcome);
        const covariates = [0, 1].map((k) => sessions.map((s) => s.others[k as 0 | 1]));
        const own = sessions.map((s) => s.own);
        const found = beside(blocks, outcomes, own, covariates);

        const orders = ordersOf(blocks, outcomes);
        const observed = orders.findIndex((order) => order.join() === outcomes.join());
        const byOrder = (values: readonly number[]) => ({
          sums: orders.map((order) => values.reduce((sum, x, i) => sum + x * (order[i] ?? 0), 0)),
          observed,
        });
        const expected = besideOthers(byOrder(own), covariates.map(byOrder), found.ground.freedom);
        expect(found.left.sum).toBeCloseTo(expected.sum, 7);
        expect(found.left.variance).toBeCloseTo(expected.variance, 7);
        expect(found.share).toBeCloseTo(expected.share, 7);
      }),
    );
  });

  it('does not depend on the order of the others, and never has more variance than by itself', () => {
    const bits = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(bits, bits, bits, bits, (outcome, own, a, b) => {
        const blocks = Int32Array.from(outcome, (_, i) => Math.floor(i / 4));
        const outcomes = Uint8Array.from(outcome);
        const there = beside(blocks, outcomes, own, [a, b]);
        const back = beside(blocks, outcomes, own, [b, a]);
        expect(there.left.sum).toBeCloseTo(back.left.sum, 9);
        expect(there.left.variance).toBeCloseTo(back.left.variance, 9);
        expect(there.share).toBeCloseTo(back.share, 9);
        expect(there.left.variance).toBeLessThanOrEqual(there.whole.variance + 1e-9);
        expect(there.left.variance).toBeGreaterThanOrEqual(-1e-9);
      }),
    );
  });
});
