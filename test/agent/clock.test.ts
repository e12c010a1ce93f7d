// A clock that is set back while a session runs, or before it is resumed: ids and times still sort as things happened.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readPast } from '../../src/agent/past.ts';
import { type Desk, faultsOfSession, makeDesk } from '../support/run-session.ts';

let desk: Desk;
beforeEach(() => {
  desk = makeDesk();
});
afterEach(() => desk.remove());

const count = (n: string) => ({ tools: [{ name: 'count', input: { n } }] });
const HOUR = 3_600_000;

it('ids and times sort through jumps of the clock, also over a resume', async () => {
  const { model } = await desk.world([count('1'), count('2'), count('3'), { text: 'Done.' }]);
  const start = Date.parse('2026-11-21T08:00:00Z');
  let asked = 0;
  // Back an hour with every look at it.
  const backwards = () => new Date(start - HOUR * asked++);
  const end = await desk.start(model, { now: backwards, budget: { turns: 2 } });
  expect(end.stop_reason).toBe('budget_reached');
  expect(faultsOfSession(desk, end.path)).toEqual([]);
  // Found here: a session that was resumed after the clock had been set back went on in the past.
  await desk.resume(model, end.path, { now: () => new Date(start - 24 * HOUR) });
  expect(faultsOfSession(desk, end.path)).toEqual([]);
  const ids = readPast(end.path).map((event) => event.id);
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
});

it('a clock that stands still gives ids that sort', async () => {
  const { model } = await desk.world([count('1'), { text: 'Done.' }]);
  const still = () => new Date('2026-11-21T08:00:00Z');
  const end = await desk.start(model, { now: still, budget: { turns: 1 } });
  await desk.resume(model, end.path, { now: still });
  expect(faultsOfSession(desk, end.path)).toEqual([]);
});
