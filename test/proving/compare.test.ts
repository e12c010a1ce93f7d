// Comparisons of arms and of single entries, against numbers that were worked out by hand.
import { describe, expect, it } from 'vitest';
import { compare, pairsOf, passed } from '../../src/proving/compare.ts';
import { entryEffects } from '../../src/proving/entry-effects.ts';
import { makeTrial, makeTrials, sameTasks } from './make-trials.ts';

describe('two arms', () => {
  it('are compared task by task, every task counting the same whatever its number of trials', () => {
    const trials = makeTrials({ a: { A: '--', B: '++' }, b: { A: '+', B: '-+-+-+-+' }, c: { A: '+', P: '+' } });
    const pairs = pairsOf(trials, 'A', 'B', passed);
    expect(pairs.map((p) => [p.task, p.after - p.before])).toEqual([
      ['a', 1],
      ['b', -0.5],
    ]);
    expect(compare(pairs, { seed: 's' })).toMatchObject({ tasks: 2, difference: 0.25, wins: 1, losses: 1, ties: 0 });
  });

  it('leave out trials that say neither, and tasks in which an arm says nothing', () => {
    const trials = makeTrials({ a: { A: '?+', B: '++' }, b: { A: '??', B: '++' } });
    const found = compare(pairsOf(trials, 'A', 'B', passed), { seed: 's' });
    expect(found).toMatchObject({ tasks: 1, before: 1, after: 1, better: 1, worse: 1, interval: null });
  });

  it('have the exact sign-flip p where few tasks differ: six wins of six are 1 in 64', () => {
    const trials = makeTrials({ ...sameTasks(6, { A: '-', B: '+' }), same: { A: '+', B: '+' } });
    const found = compare(pairsOf(trials, 'A', 'B', passed), { seed: 's' });
    expect(found.exact).toBe(true);
    expect(found.better).toBeCloseTo(1 / 64, 10);
    expect(found.worse).toBe(1);
    // McNemar, mid-p: two-sided 2/64, less half of what was observed on both sides.
    expect(found.mid_p).toBeCloseTo(1 / 64, 10);
    expect(found.interval?.[0]).toBeGreaterThan(0);
  });

  it('are never better or worse where nothing differs', () => {
    const found = compare(pairsOf(makeTrials(sameTasks(9, { A: '+-', B: '-+' })), 'A', 'B', passed), { seed: 's' });
    expect(found).toMatchObject({ better: 1, worse: 1, difference: 0, interval: [0, 0], ties: 9 });
    expect(compare([], { seed: 's' })).toMatchObject({ tasks: 0, better: 1, worse: 1, interval: null });
  });
});

describe('single entries', () => {
  const withEntry = (task: string, trial: number, isIn: boolean, passes: boolean) =>
    makeTrial(task, 'E', trial, passes, { without: isIn ? [] : ['e1'], loaded: isIn ? ['e1'] : [] });

  it('are compared within tasks, exactly where there are few ways to deal them out', () => {
    // Two tasks, two trials with and two without each: 6 · 6 = 36 ways, of which two are as far apart as this.
    const trials = ['a', 'b'].flatMap((task) => [
      withEntry(task, 1, true, false),
      withEntry(task, 2, true, false),
      withEntry(task, 3, false, true),
      withEntry(task, 4, false, true),
    ]);
    const [effect] = entryEffects(trials, ['e1'], 's');
    expect(effect).toMatchObject({ entry: 'e1', tasks: 2, difference: -1, exact: true, loaded: 4 });
    expect(effect?.p).toBeCloseTo(2 / 36, 10);
    expect(effect?.effect).toBe('undecided');
    expect(effect?.with).toEqual({ trials: 4, rate: 0 });
  });

  it('hurt or help where that is sure over all entries at once', () => {
    const trials = Array.from({ length: 6 }, (_, i) => `t${i}`).flatMap((task) =>
      [1, 2, 3, 4].map((n) => withEntry(task, n, n < 3, n >= 3)),
    );
    const [hurts, other] = entryEffects(trials, ['e1', 'e2'], 's');
    expect(hurts).toMatchObject({ effect: 'hurts', difference: -1 });
    expect(other).toMatchObject({ effect: 'undecided', tasks: 0, p: 1 });
    const turned = trials.map((t) => ({ ...t, passed: !t.passed }));
    expect(entryEffects(turned, ['e1'], 's')[0]).toMatchObject({ effect: 'helps', difference: 1 });
  });

  it('are not told apart by tasks of different difficulty', () => {
    // The entry was in for all trials of the easy task and for none of the hard one: that says nothing about it.
    const trials = [1, 2, 3, 4].flatMap((n) => [withEntry('easy', n, true, true), withEntry('hard', n, false, false)]);
    expect(entryEffects(trials, ['e1'], 's')[0]).toMatchObject({ tasks: 0, difference: 0, p: 1, effect: 'undecided' });
  });
});
