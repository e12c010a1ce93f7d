// What a run's table counts: each trial once, what is undecided apart, and nothing that says nothing about the agent.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBudget } from '../../../src/agent/budget.ts';
import { progressLine, timeLeft } from '../../../src/agent/suite/progress.ts';
import { suiteTable } from '../../../src/agent/suite/table.ts';
import { countedTrials, type TrialRecord, type TrialResult, trialOf } from '../../../src/agent/suite/trial-record.ts';
import type { SessionEvent } from '../../../src/domain/events.ts';

function record(task: string, trial: number, result: TrialResult, more: Partial<TrialRecord> = {}): TrialRecord {
  const session = `${task}-${trial}-${result}`;
  return {
    ...{ task, trial, session, result, at: '2026-11-20T12:00:00.000Z' },
    ...{ usd: 0.01, unpriced: 0, turns: 2, calls: 1, tokens: 10, seconds: 3 },
    ...more,
  };
}
const planned = (tasks: string[], trials: number) =>
  tasks.flatMap((task) => Array.from({ length: trials }, (_, i) => ({ task, trial: i + 1 })));

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, seconds)).toISOString();
/** A stored trial that ends so. */
function stored(...end: object[]): SessionEvent[] {
  const events = [
    {
      ...{ type: 'session.created', version: 1, session: 's', at: at(0), source: { tool: 'agentmem' } },
      ...{ task: { id: 'rye', prompt: 'Bake.' }, suite: { suite: 'loaves', run: 'r', trial: 1 } },
    },
    { type: 'session.status_running', at: at(1) },
    { type: 'span.model_request_end', at: at(2), cost_usd: 0.25, usage: { input_tokens: 5, output_tokens: 2 } },
    ...end,
  ];
  return events.map((event, i) => ({ id: `evt_${i}`, ...event })) as SessionEvent[]; // as a reader would hand them over
}
const rubric = { type: 'user.define_outcome', rubric: { name: 'crust' } };
const grade = (result: string, name = 'crust') => ({
  type: 'span.outcome_evaluation_end',
  ...{ rubric: { name }, iteration: 0, result, criteria: [] },
});
const idle = (stop_reason: string, why?: string) => ({ type: 'session.status_idle', at: at(9), stop_reason, why });
const resultOf = (...end: object[]) => trialOf(stored(...end))?.result;

describe('what became of a trial', () => {
  it('is what its grade says', () => {
    expect(resultOf(rubric, grade('satisfied'), idle('end_turn'))).toBe('passed');
    expect(resultOf(rubric, grade('max_iterations_reached'), idle('max_iterations_reached'))).toBe('failed');
    expect(resultOf(rubric, grade('needs_revision'), grade('satisfied'), idle('end_turn'))).toBe('passed');
    expect(resultOf(rubric, grade('ungraded'), idle('end_turn'))).toBe('ungraded');
    expect(resultOf(rubric, idle('end_turn'))).toBe('ungraded');
  });

  it('counts a grade by another rubric only where there is none by its own', () => {
    expect(resultOf(rubric, grade('satisfied'), idle('end_turn'), grade('needs_revision', 'other'))).toBe('passed');
    expect(resultOf(idle('end_turn'), grade('needs_revision', 'other'))).toBe('failed');
  });

  it('is a failure where it stopped for a reason of its own before anybody could be satisfied', () => {
    for (const stop of ['refusal', 'requires_action', 'budget_reached'])
      expect(resultOf(rubric, idle(stop)), stop).toBe('failed');
  });

  it('is an end without a verdict where nothing is graded', () => {
    expect(resultOf(idle('end_turn'))).toBe('ended');
    expect(resultOf(idle('refusal'))).toBe('stopped');
  });

  it('is still open where it was killed, interrupted, or the model was out of reach', () => {
    expect(resultOf()).toBe('broke_off');
    expect(resultOf(rubric, grade('satisfied'))).toBe('broke_off');
    expect(resultOf(rubric, idle('interrupted'))).toBe('broke_off');
    expect(resultOf(rubric, idle('retries_exhausted'))).toBe('broke_off');
    expect(resultOf(idle('interrupted'), { type: 'session.status_running' })).toBe('broke_off');
  });

  it('is still open where the money of all sessions was used up, and not where its own was', () => {
    const budget = (limits: object, day?: number) =>
      openBudget({ limits, day, spent: () => ({ day: 9, month: 9 }), now: () => new Date(0) }).check()?.text;
    expect(resultOf(rubric, idle('budget_reached', budget({}, 5)))).toBe('broke_off');
    const month = openBudget({ limits: {}, month: 5, spent: () => ({ day: 0, month: 9 }), now: () => new Date(0) });
    expect(resultOf(rubric, idle('budget_reached', month.check()?.text))).toBe('broke_off');
    expect(resultOf(rubric, idle('budget_reached', 'the session’s budget of 4 turns is used up'))).toBe('failed');
  });

  it('is counted with its cost, turns and seconds of work', () => {
    expect(trialOf(stored(idle('end_turn')))).toMatchObject({ usd: 0.25, turns: 1, tokens: 7, seconds: 8 });
  });

  it('is nothing for a session that is no trial', () => {
    const [header, ...rest] = stored(idle('end_turn'));
    const { suite: _suite, ...plain } = header as SessionEvent & { suite?: unknown };
    expect(trialOf([plain as SessionEvent, ...rest])).toBeUndefined();
    expect(trialOf(rest)).toBeUndefined();
  });
});

describe('a table', () => {
  it('has shares with their intervals, and leaves out of them what nobody decided', () => {
    const { whole, tasks } = suiteTable(planned(['rye', 'roll'], 3), [
      record('rye', 1, 'passed'),
      record('rye', 2, 'passed'),
      record('rye', 3, 'ungraded'),
      record('roll', 1, 'failed'),
      record('roll', 2, 'broke_off'),
    ]);
    expect(whole.results).toMatchObject({ passed: 2, failed: 1, ungraded: 1, broke_off: 1, not_started: 1 });
    expect(whole).toMatchObject({ trials: 6, done: 4, rate: { of: 3, share: 2 / 3 } });
    // Wilson, 1927, for 2 of 3 at 95 %.
    expect(whole.rate?.lower).toBeCloseTo(0.2077, 4);
    expect(whole.rate?.upper).toBeCloseTo(0.9385, 4);
    expect(tasks.map(({ task, done, rate }) => [task, done, rate?.of])).toEqual([
      ['rye', 3, 2],
      ['roll', 1, 1],
    ]);
  });

  it('says how likely it is that all of k trials pass, over the tasks with as many', () => {
    const records = [
      ...[1, 2, 3, 4].map((n) => record('rye', n, n < 4 ? 'passed' : 'failed')),
      ...[1, 2].map((n) => record('roll', n, 'passed')),
    ];
    expect(suiteTable(planned(['rye', 'roll'], 4), records).pass_k).toEqual([
      { k: 1, share: (3 / 4 + 1) / 2, tasks: 2 },
      { k: 2, share: (3 / 6 + 1) / 2, tasks: 2 },
      { k: 3, share: 1 / 4, tasks: 1 },
      { k: 4, share: 0, tasks: 1 },
    ]);
  });

  it('counts one session a trial, the one that came to an end, but the money of all', () => {
    const first = record('rye', 1, 'broke_off', { at: '2026-11-20T12:00:00.000Z' });
    const second = record('rye', 1, 'passed', { at: '2026-11-20T13:00:00.000Z' });
    const third = record('rye', 1, 'broke_off', { at: '2026-11-20T14:00:00.000Z', session: 'later' });
    expect(countedTrials([second, third, first])).toEqual([second]);
    expect(suiteTable(planned(['rye'], 1), [first, second, third])).toMatchObject({
      whole: { done: 1, results: { passed: 1, broke_off: 0 } },
      spent_usd: 0.03,
    });
  });

  it('says where its trials are not alike', () => {
    const agent = { name: 'baker', sha256: 'a' };
    const like = { agent, model: 'm-1', memory: 'c1' };
    const records = [
      record('rye', 1, 'passed', like),
      record('rye', 2, 'passed', { ...like, agent: { name: 'baker', sha256: 'b' }, memory: 'c2', model: 'm-2' }),
      record('rye', 3, 'passed', { ...like, agent: { name: 'other', sha256: 'c' } }),
    ];
    expect(suiteTable(planned(['rye'], 3), records.slice(0, 1)).mixed).toEqual([]);
    expect(suiteTable(planned(['rye'], 3), records).mixed).toEqual([
      'the agent baker was changed between trials',
      '2 different memories were loaded',
      'baker worked with m-1 and m-2',
    ]);
  });

  it('has a row for each criterion, in which what could not be told is not met', () => {
    const verdict = (id: string, said: 'met' | 'not_met' | 'cannot_tell') =>
      ({ id, verdict: said, by: 'check', reason: '' }) as const;
    const graded = (...criteria: ReturnType<typeof verdict>[]) => ({
      grade: { result: 'satisfied' as const, criteria, rubric: { name: 'crust' } },
    });
    const { criteria } = suiteTable(planned(['rye'], 2), [
      record('rye', 1, 'passed', graded(verdict('brown', 'met'), verdict('crisp', 'cannot_tell'))),
      record('rye', 2, 'failed', graded(verdict('brown', 'met'), verdict('crisp', 'not_met'))),
    ]);
    expect(criteria).toMatchObject([
      { id: 'brown', met: 2, of: 2, cannot_tell: 0 },
      { id: 'crisp', met: 0, of: 2, cannot_tell: 1 },
    ]);
  });

  it('accounts for every planned trial once, whatever is stored', () => {
    const results = ['passed', 'failed', 'ungraded', 'ended', 'stopped', 'broke_off'] as const;
    const some = fc.record({
      task: fc.constantFrom('a', 'b', 'gone'),
      trial: fc.integer({ min: 1, max: 4 }),
      result: fc.constantFrom(...results),
    });
    fc.assert(
      fc.property(fc.array(some), (found) => {
        const records = found.map(({ task, trial, result }, i) => record(task, trial, result, { session: `s${i}` }));
        const { whole, tasks } = suiteTable(planned(['a', 'b'], 3), records);
        const sum = (row: typeof whole) => Object.values(row.results).reduce((total, n) => total + n, 0);
        expect(sum(whole)).toBe(6);
        expect(tasks.map(sum)).toEqual([3, 3]);
        expect(whole.done).toBe(tasks.reduce((total, { done }) => total + done, 0));
      }),
    );
  });
});

describe('progress', () => {
  it('says how far it is, what it cost and how long it takes', () => {
    const progress = { passed: 12, failed: 3, other: 0, usd: 1.2, ended: 15, left: 15, elapsedMs: 240_000 };
    expect(progressLine(progress)).toBe('12 passed, 3 failed · $1.20 · about 4 min left');
    expect(timeLeft({ ...progress, left: 5 })).toBe(80_000);
  });

  it('promises nothing before anything has ended, or when all has', () => {
    const progress = { passed: 0, failed: 0, other: 0, usd: 0, ended: 0, left: 9, elapsedMs: 5 };
    expect(progressLine(progress)).toBe('');
    expect(timeLeft({ ...progress, ended: 9, left: 0 })).toBeUndefined();
  });
});
