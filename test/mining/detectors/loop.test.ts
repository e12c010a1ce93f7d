// Calls that go round in a circle.
import { expect, it } from 'vitest';
import { loop } from '../../../src/mining/detectors/loop.ts';
import type { Step } from '../tell.ts';
import { sessionsOf } from './context.ts';

const call = (tool: string, ok = 'same', input: unknown = {}): Step => ({ call: tool, input, ok });
const detect = (...steps: Step[][]) => loop.detect(sessionsOf(...steps));
const three = (...steps: Step[]) => [...steps, ...steps, ...steps];

it('finds three identical calls with equal results, one vote a session', () => {
  const [finding] = detect(three(call('status')), [...three(call('status')), call('look'), ...three(call('status'))]);
  expect(finding?.claim).toBe(
    'The same call of status was made three or more times in a row with equal results in 2 sessions.',
  );
  expect(finding?.tool).toBe('status');
  expect(finding?.sightings.map((s) => [s.events, s.wasted])).toEqual([
    [1, 2],
    [2, 4],
  ]);
});

it('finds a cycle of up to four calls and names it the same wherever it began', () => {
  const round = [call('a'), call('b'), call('c')];
  const shifted = [call('c'), call('a'), call('b')];
  const findings = detect(three(...round), three(...shifted));
  expect(findings.map((f) => [f.normalised, f.sightings.length, f.tool])).toEqual([
    ['cycle ["a","b","c"]', 2, undefined],
  ]);
});

it('names a cycle by its smallest period', () => {
  expect(detect(Array.from({ length: 12 }, () => call('a'))).map((f) => f.normalised)).toEqual(['cycle ["a"]']);
});

it('does not take polling for a loop: the results differ', () => {
  expect(detect([call('status', '10 %'), call('status', '50 %'), call('status', '90 %')])).toEqual([]);
});

it('does not count calls that a person asked for in between, unanswered ones, or two', () => {
  const asked = [call('status'), { user: 'and now?' }, call('status'), { user: 'and now?' }, call('status')];
  expect(detect(asked, three({ call: 'status' }), [call('status'), call('status')])).toEqual([]);
});

it('leaves repeated errors to the blind retry', () => {
  expect(detect(three({ call: 'pay', error: 'Error: blocked' }))).toEqual([]);
});

it('does not mix threads', () => {
  expect(detect([call('a'), { ...call('a'), thread: 'x' } as Step, { ...call('a'), thread: 'y' } as Step])).toEqual([]);
});
