// What a finding is worth: careful rates, spread, trust and age.
import { expect, it } from 'vitest';
import { rankOf, scoreOf } from '../../src/mining/rank.ts';

it('score is the lower Wilson bound of the rate times the mean of wasted calls, per 1,000 sessions', () => {
  expect(scoreOf(81, 263, 162)).toBeCloseTo(0.2553 * 2 * 1000, 0);
  expect(scoreOf(0, 10, 0)).toBe(0);
});

it('few sessions count less than many at the same rate', () => {
  expect(scoreOf(2, 4, 4)).toBeLessThan(scoreOf(200, 400, 400));
});

const base = {
  score: 100,
  perTask: [2, 2],
  trust: 'local_tool',
  lastSeen: '2026-03-01',
  newest: '2026-03-01',
} as const;

it('a finding of many tasks ranks above one of a single task', () => {
  expect(rankOf(base)).toBeGreaterThan(rankOf({ ...base, perTask: [4] }));
  expect(rankOf(base)).toBeGreaterThan(rankOf({ ...base, perTask: [39, 1] }));
});

it('halves in 90 days, counted from the newest session', () => {
  expect(rankOf({ ...base, newest: '2026-05-30' })).toBeCloseTo(rankOf(base) / 2, 9);
});

it('takes undated findings as new and trusts strangers less', () => {
  const { lastSeen: _, ...undated } = base;
  expect(rankOf({ ...undated, newest: '2027-01-01' })).toBe(rankOf(base));
  expect(rankOf({ ...base, trust: 'outside_tool' })).toBeLessThan(rankOf(base));
});
