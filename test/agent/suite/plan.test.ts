// Which trials a run has, in which order, with what chances.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseTasks, planTrials, trialKey, trialSeed, unknownChoices } from '../../../src/agent/suite/plan.ts';
import { suiteSchema } from '../../../src/domain/suite.ts';

const SEED = '38369f1b8d6ae263';
const suite = suiteSchema.parse({
  suite: 'loaves',
  tasks: [
    { id: 'rye', prompt: 'Bake rye.', tags: ['dark', 'slow'] },
    { id: 'roll', prompt: 'Bake a roll.', tags: ['quick'] },
    { id: 'spelt', prompt: 'Bake spelt.', tags: ['dark'], held_out: true },
  ],
});
const ids = (choice: Parameters<typeof chooseTasks>[1]) => chooseTasks(suite, choice).map(({ id }) => id);

describe('the tasks of a run', () => {
  it('are those that are not held out, or only those that are', () => {
    expect(ids({ heldOut: false })).toEqual(['rye', 'roll']);
    expect(ids({ heldOut: true })).toEqual(['spelt']);
  });

  it('are chosen by id and by tag, and never across the border to what is held out', () => {
    expect(ids({ heldOut: false, only: ['dark'] })).toEqual(['rye']);
    expect(ids({ heldOut: false, only: ['roll', 'slow'] })).toEqual(['rye', 'roll']);
    expect(ids({ heldOut: false, only: ['spelt'] })).toEqual([]);
    expect(ids({ heldOut: true, only: ['dark'] })).toEqual(['spelt']);
  });

  it('that nobody knows are named with what was meant', () => {
    expect(unknownChoices(suite, ['dark', 'rey', 'zebra'])).toEqual([{ word: 'rey', meant: 'rye' }, { word: 'zebra' }]);
  });
});

describe('trials', () => {
  it('come round by round, so that what is broken off early has tried every task', () => {
    const trials = planTrials(suite, chooseTasks(suite, { heldOut: false }), 2);
    expect(trials.map(({ task, trial }) => trialKey(task.id, trial))).toEqual(['rye.1', 'roll.1', 'rye.2', 'roll.2']);
  });

  it('have chances that depend on suite, task, task’s seed and number, and on nothing else', () => {
    const task = { id: 'rye', seed: '' };
    // The formula is a contract: sha256("loaves/rye//1"), its first 16 digits.
    expect(trialSeed(suite, task, 1)).toBe(SEED);
    const others = [
      trialSeed(suite, task, 2),
      trialSeed(suite, { id: 'rye', seed: '1' }, 1),
      trialSeed(suite, { id: 'roll', seed: '' }, 1),
      trialSeed({ suite: 'rolls' }, task, 1),
      trialSeed({ suite: 'loaves', seed: '9' }, task, 1),
    ];
    expect(new Set([...others, trialSeed(suite, task, 1)]).size).toBe(6);
    // A suite that is renamed keeps its chances by naming its old name as its seed.
    expect(trialSeed({ suite: 'rolls', seed: 'loaves' }, task, 1)).toBe(trialSeed(suite, task, 1));
  });

  it('have 16 hex digits of chances', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), (id, seed, trial) => {
        expect(trialSeed(suite, { id, seed }, trial)).toMatch(/^[0-9a-f]{16}$/);
      }),
    );
  });
});
