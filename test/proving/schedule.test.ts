// The schedule of a proof: every arm meets every task on the same chances, and draws are the same whenever they are drawn.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleOf, trialKey } from '../../src/proving/schedule.ts';

const request = (parts: Partial<Parameters<typeof scheduleOf>[0]> = {}) => ({
  seed: 's',
  tasks: ['a', 'b', 'c'],
  trials: 4,
  perEntry: [] as string[],
  sequential: false,
  seedOf: (task: string, trial: number) => `${task}/${trial}`,
  ...parts,
});

describe('the schedule', () => {
  it('holds every trial of every arm once, with the same chances in each arm', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        fc.string(),
        (tasks, trials, sequential, seed) => {
          const schedule = scheduleOf(request({ tasks, trials, sequential, seed, perEntry: ['e1'] }));
          expect(new Set(schedule.map(trialKey)).size).toBe(schedule.length);
          expect(schedule.length).toBe(tasks.length * trials * 4);
          for (const { task, trial, seed: own } of schedule) expect(own).toBe(`${task}/${trial}`);
        },
      ),
    );
  });

  it('has each entry out in half of each task’s trials of arm E, and in no other arm', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.string(), (trials, seed) => {
        const schedule = scheduleOf(request({ trials, seed, perEntry: ['e1', 'e2'] }));
        expect(schedule.filter((t) => t.arm !== 'E').every((t) => t.without.length === 0)).toBe(true);
        for (const task of ['a', 'b', 'c'])
          for (const entry of ['e1', 'e2']) {
            const out = schedule.filter((t) => t.task === task && t.without.includes(entry)).length;
            expect(out === Math.floor(trials / 2) || out === Math.ceil(trials / 2)).toBe(true);
          }
      }),
    );
  });

  it('ends a task before it begins the next where bets are settled after each, else tries every task first', () => {
    const order = (sequential: boolean) => scheduleOf(request({ sequential })).map((t) => t.task);
    const changes = (list: string[]) => list.filter((task, i) => i > 0 && task !== list[i - 1]).length;
    expect(changes(order(true))).toBe(2);
    const first = scheduleOf(request()).slice(0, 9);
    expect(first.every((t) => t.trial === 1)).toBe(true);
    expect(new Set(first.map((t) => t.task)).size).toBe(3);
  });

  it('is the same for the same seed and another for another', () => {
    expect(scheduleOf(request())).toEqual(scheduleOf(request()));
    expect(scheduleOf(request({ seed: 't', perEntry: ['e1'] }))).not.toEqual(scheduleOf(request({ perEntry: ['e1'] })));
  });
});
