// Repairs are compared with what calls of the tool are like when nothing failed.
import { expect, it } from 'vitest';
import { errorFix } from '../../../src/mining/detectors/error-fix.ts';
import type { Step } from '../tell.ts';
import { sessionsOf } from './context.ts';

const ERROR = 'Error: the valve is stuck';
const call = (n: number, pressure: string, end: { ok?: string; error?: string }): Step => ({
  call: 'pump',
  input: { station: 'north', note: `entry ${n}`, pressure },
  ...end,
});
const usual = (n: number): Step[] => [
  call(n, 'high', { ok: '' }),
  call(n + 1, 'high', { ok: '' }),
  call(n + 2, 'high', { ok: '' }),
];
const remedyOf = (...steps: Step[][]) => errorFix.detect(sessionsOf(...steps))[0];

it('prefers the argument that rarely changes to one that differs in every call', () => {
  const steps = (n: number) => [...usual(n), call(n + 3, 'high', { error: ERROR }), call(n + 4, 'low', { ok: '' })];
  const finding = remedyOf(steps(10), steps(20), steps(30));
  expect(finding?.change).toMatchObject({ argument: '/pressure', from: 'high', to: 'low', changed: 3 });
  expect(finding?.doubt).toBeUndefined();
});

it('doubts a change that ordinary calls show as well', () => {
  const steps = (n: number) => [...usual(n), call(n + 3, 'high', { error: ERROR }), call(n + 4, 'high', { ok: '' })];
  const finding = remedyOf(steps(10), steps(20), steps(30));
  expect(finding?.change?.argument).toBe('/note');
  expect(finding?.doubt).toBe('calls of the tool change in the same way where nothing failed');
});

it('believes it all the same where the error quotes the value or names the argument', () => {
  const steps = (n: number, error: string) => [
    ...usual(n),
    call(n + 3, 'high', { error }),
    call(n + 4, 'high', { ok: '' }),
  ];
  const quoted = (n: number) => steps(n, `Error: we have seen entry ${n + 3} before`);
  const named = (n: number) => steps(n, 'Error: every note must be new');
  expect(remedyOf(quoted(10), quoted(20), quoted(30))?.doubt).toBeUndefined();
  expect(remedyOf(named(10), named(20), named(30))?.doubt).toBeUndefined();
});

it('believes it where there are too few ordinary calls to compare with', () => {
  const steps = (n: number) => [call(n, 'high', { error: ERROR }), call(n + 1, 'high', { ok: '' })];
  expect(remedyOf(steps(10), steps(20), steps(30))?.doubt).toBeUndefined();
});

it('believes a number that repairs move one way, where ordinary calls move it both ways', () => {
  const dose = (n: number, millilitres: number, end: { ok?: string; error?: string }): Step => ({
    call: 'dose',
    input: { station: 'north', tank: `tank ${n % 2}`, millilitres },
    ...end,
  });
  const steps = (n: number) => [
    dose(n, 40, { ok: '' }),
    dose(n, 10 + n, { ok: '' }),
    dose(n, 45 + n, { ok: '' }),
    dose(n, 90 + n, { error: 'Error: the tap is shut' }),
    dose(n, 20 + n, { ok: '' }),
  ];
  const lower = [1, 2, 3, 4, 5, 6].map(steps);
  expect(remedyOf(...lower)?.change?.argument).toBe('/millilitres');
  expect(remedyOf(...lower)?.doubt).toBeUndefined();
  const both = [1, 2, 3, 4, 5, 6].map((n) => [...steps(n).slice(0, 4), dose(n, n % 2 ? 20 + n : 95 + n, { ok: '' })]);
  expect(remedyOf(...both)?.doubt).toBe('calls of the tool change in the same way where nothing failed');
});
