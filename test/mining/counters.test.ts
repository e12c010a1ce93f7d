// Counters of entries: decayed exposures, and comparisons with sessions that a draw kept an entry out of.
import { describe, expect, it } from 'vitest';
import { countersOf } from '../../src/mining/counters.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import { callsOf, extractOf } from './extracts.ts';

const run = (id: string, parts: Partial<Extract>) =>
  extractOf(id, { tool: 'agentmem', task: 'a', model: 'm', ...parts });

describe('exposures', () => {
  it('lose half of their weight every 90 days, counted from the newest session', () => {
    const [counter] = countersOf([
      run('old', { loaded: ['e1'], outcome: 'pass', at: '2026-05-25T00:00:00.000Z' }),
      run('mid', { loaded: ['e1'], outcome: 'fail', at: '2026-08-23T00:00:00.000Z' }),
      run('new', { loaded: ['e1'], outcome: 'pass', at: '2026-11-21T00:00:00.000Z' }),
      run('ungraded', { loaded: ['e1'], outcome: null, at: '2026-11-21T00:00:00.000Z' }),
    ]);
    expect(counter).toEqual({ entry: 'e1', with: { sessions: 4, passed: 1.25, failed: 0.5 }, last: '2026-11-21' });
  });

  it('count no pass that the transcript does not bear out', () => {
    const actions = callsOf(['dig']);
    const failed = actions.map((action) => ({ ...action, status: 'error' as const }));
    const [counter] = countersOf([
      run('a', { loaded: ['e1'], outcome: 'pass', actions }),
      run('b', { loaded: ['e1'], outcome: 'pass', actions }),
      run('idle', { loaded: ['e1'], outcome: 'pass' }),
      run('failing', { loaded: ['e1'], outcome: 'pass', actions: failed }),
    ]);
    expect(counter?.with).toEqual({ sessions: 4, passed: 2, failed: 0 });
  });

  it('say nothing about what an entry does: without a draw there is no comparison', () => {
    const sessions = Array.from({ length: 20 }, (_, i) =>
      run(`s${i}`, { outcome: i < 10 ? 'fail' : 'pass', ...(i < 10 && { loaded: ['e1'] }) }),
    );
    expect(countersOf(sessions)[0]?.holdout).toBeUndefined();
  });
});

describe('a hold-out', () => {
  const drawn = (task: string, n: number, out: number, passes: (isIn: boolean) => boolean): Extract[] =>
    Array.from({ length: n }, (_, i) =>
      run(`${task}${i}`, {
        task,
        outcome: passes(i >= out) ? 'pass' : 'fail',
        ...(i < out ? { heldOut: ['e1'] } : { loaded: ['e1'] }),
      }),
    );

  it('finds an entry that hurts, by sessions of the same task', () => {
    const sessions = ['a', 'b', 'c'].flatMap((task) => drawn(task, 6, 2, (isIn) => !isIn));
    const [counter] = countersOf(sessions);
    expect(counter?.holdout).toMatchObject({ tasks: 3, with: 12, without: 6, effect: 'hurts' });
    expect(counter?.holdout?.difference).toBeCloseTo(-1, 10);
    expect(counter?.holdout?.p).toBeCloseTo(1 / 15 ** 3, 6);
    expect(countersOf([...sessions].reverse())).toEqual(countersOf(sessions));
  });

  it('is not fooled by hard tasks that were held out more often', () => {
    const sessions = [...drawn('hard', 8, 6, () => false), ...drawn('easy', 8, 1, () => true)];
    expect(countersOf(sessions)[0]?.holdout).toMatchObject({ difference: 0, p: 1, effect: 'undecided' });
  });

  it('compares nothing where no task was tried both ways', () => {
    const sessions = [...drawn('a', 3, 3, () => false), ...drawn('b', 3, 0, () => true)];
    expect(countersOf(sessions)[0]?.holdout).toMatchObject({ tasks: 0, difference: 0, p: 1, effect: 'undecided' });
  });
});
