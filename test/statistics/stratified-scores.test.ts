// Scores that have an eye for a range of odds: the signed root of a likelihood ratio, checked against the densities themselves.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ratioScoreOf, scoreOf } from '../../src/statistics/stratified-scores.ts';

const score = ratioScoreOf([1.5, 2]);
const sum = fc.double({ min: -60, max: 60, noNaN: true });
const spread = fc.double({ min: 0.1, max: 20, noNaN: true });

it('is the plain score where the estimate lies among the odds, or among their reciprocals', () => {
  fc.assert(
    fc.property(spread, fc.double({ min: Math.log(1.5), max: Math.log(2), noNaN: true }), (s, theta) => {
      const observed = theta * s * s + 0.5;
      expect(score(observed, s)).toBeCloseTo(theta * s, 6);
      expect(score(-observed, s)).toBeCloseTo(-theta * s, 6);
    }),
  );
});

it('is the root of twice the largest log-likelihood ratio of normal densities among those odds', () => {
  fc.assert(
    fc.property(sum, spread, (observed, s) => {
      const beyond = Math.max(0, Math.abs(observed) - 0.5);
      const density = (theta: number) => -((beyond - theta * s * s) ** 2) / (2 * s * s);
      const tried = Array.from({ length: 201 }, (_, i) => Math.log(1.5) + (i / 200) * Math.log(2 / 1.5));
      const largest = Math.max(0, ...tried.map((theta) => density(theta) - density(0)));
      const squared = score(observed, s) ** 2;
      expect(squared).toBeGreaterThanOrEqual(2 * largest - 1e-6);
      // Between two of the odds tried the ratio can be larger by as much as half a gap squared, times the variance.
      expect(squared).toBeLessThanOrEqual(2 * largest + (s * Math.log(2 / 1.5)) ** 2 / 200 ** 2 + 1e-6);
    }),
  );
});

it('never exceeds the plain score, has its sign, and grows with the sum', () => {
  fc.assert(
    fc.property(sum, sum, spread, (a, b, s) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(score(high, s)).toBeGreaterThanOrEqual(score(low, s) - 1e-9);
      expect(Math.abs(score(a, s))).toBeLessThanOrEqual(Math.abs(scoreOf(a, s)) + 1e-9);
      expect(score(a, s) * a).toBeGreaterThanOrEqual(0);
    }),
  );
});

it('finds nothing in frequent things with next to no effect, less in rare ones with more than could be, and nothing where nothing varies', () => {
  expect(scoreOf(40.5, 20)).toBe(2);
  expect(score(40.5, 20)).toBe(0);
  expect(scoreOf(4.5, 1)).toBe(4);
  expect(score(4.5, 1)).toBeCloseTo(Math.sqrt(8 * Math.log(2) - Math.log(2) ** 2), 12);
  expect(score(3, 0)).toBe(0);
});
