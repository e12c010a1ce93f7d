// Calls repeated unchanged after their error.
import { expect, it } from 'vitest';
import { blindRetry } from '../../../src/mining/detectors/blind-retry.ts';
import type { Step } from '../tell.ts';
import { sessionsOf } from './context.ts';

const pay = (end: { ok?: string; error?: string } = { error: 'Error: card is blocked' }): Step => ({
  call: 'pay',
  input: { card: 1 },
  ...end,
});
const detect = (...steps: Step[][]) => blindRetry.detect(sessionsOf(...steps));

it('counts sessions, and in how many the repeat worked', () => {
  const [finding] = detect([pay(), pay()], [pay(), pay(), pay()], [pay(), pay({ ok: '' })]);
  expect(finding?.claim).toBe(
    'Repeating the same call of pay after “Error: card is blocked” worked in 1 of 3 sessions.',
  );
  expect(finding?.sightings.map((s) => [s.events, s.wasted])).toEqual([
    [1, 1],
    [2, 2],
    [1, 1],
  ]);
  expect(finding?.against.map((a) => a.session.session)).toEqual(['s3']);
});

it('is no mistake where repeating works at least every other time', () => {
  expect(detect([pay(), pay({ ok: '' })], [pay(), pay()])).toEqual([]);
});

it('needs two sessions, or two repeats in one', () => {
  expect(detect([pay(), pay()])).toEqual([]);
  expect(detect([pay(), pay(), pay()])).toHaveLength(1);
});

it('is not blind after another success, a word from a person, or with other arguments', () => {
  const look: Step = { call: 'look', ok: 'something new' };
  const other: Step = { call: 'pay', input: { card: 2 }, error: 'Error: card is blocked' };
  expect(detect([pay(), look, pay()], [pay(), { user: 'try again' }, pay()], [pay(), other])).toEqual([]);
});

it('is not blind where the second call was made before the first was answered', () => {
  const both: Step = {
    parallel: [
      { call: 'pay', error: 'Error: busy' },
      { call: 'pay', error: 'Error: busy' },
    ],
  };
  expect(detect([both], [both])).toEqual([]);
});
