// A trial as a proof sees it: which lessons its prompts held, also where members of a team were told them and their lead was not.
import { expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { trialOf } from '../../src/proving/trial.ts';

const planned = { task: 't', arm: 'B' as const, trial: 1, seed: 's', without: [] };
const record = { session: 's1', result: 'passed' as const, usd: 0, unpriced: 0, seconds: 1, calls: 1, tokens: 1 };
const header = (entries: string[]) => ({
  ...{ id: 'evt_1', type: 'session.created', version: 1, session: 's1', source: { tool: 'agentmem' } },
  memory: { commit: 'c', entries },
});
const loaded = (entries: unknown, thread?: string) => ({ id: 'evt_2', type: 'memory.loaded', entries, thread });
const trial = (...events: object[]) => trialOf(planned, record, events as SessionEvent[]); // made up, as they are stored

it('names the lessons of the agent itself and of every member, each once', () => {
  const events = [header(['a1']), loaded(['a1']), loaded(['b2', 'c3'], 'scout-1'), loaded(['c3'], 'pilot-1')];
  expect(trial(...events).loaded).toEqual(['a1', 'b2', 'c3']);
  expect(trial(header([]), loaded([]), loaded(['b2'], 'scout-1')).loaded).toEqual(['b2']);
});

it('names none where none were told, or what was stored is no list of names', () => {
  expect(trial(header([])).loaded).toEqual([]);
  expect(trial(header([]), loaded('b2'), loaded([1, null])).loaded).toEqual([]);
});
