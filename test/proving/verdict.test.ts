// The verdict: what validates, what keeps a gain from counting, and what is called harmful whatever the total says.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/proving/analysis.ts';
import { betsOn, isSettled } from '../../src/proving/bets.ts';
import { simulatedVerdict } from '../../src/proving/simulate.ts';
import type { Trial } from '../../src/proving/trial.ts';
import { verdictOf } from '../../src/proving/verdict.ts';
import { seeded } from '../../src/statistics/random.ts';
import { makeTrials, sameTasks } from './make-trials.ts';

type Outcomes = Parameters<typeof makeTrials>[0];
const better: Outcomes = sameTasks(10, { A: '----', B: '+++-', P: '----' });

function judged(
  trials: readonly Trial[],
  { required = [], explained = [] }: { required?: string[]; explained?: string[] } = {},
) {
  const tasks = [...new Set(trials.map((t) => t.task))].map((id) => ({ id, key: '0'.repeat(16) }));
  const why = new Map(explained.map((task) => [task, 'its map was wrong']));
  return verdictOf(analyse({ trials, tasks, required: new Set(required), explained: why, perEntry: [], seed: 's' }));
}

describe('a branch is validated', () => {
  it('where it beats the memory in force and neutral text', () => {
    const { verdict, reasons } = judged(makeTrials(better));
    expect(verdict).toBe('validated');
    expect(reasons[0]).toBe('Better than the memory in force: +75 points over 10 tasks (one-sided p = 0.000977).');
  });

  it('not where neutral text does as well', () => {
    const { verdict, reasons } = judged(makeTrials(sameTasks(10, { A: '----', B: '+++-', P: '+++-' })));
    expect(verdict).toBe('no proven harm');
    expect(reasons.join(' ')).toContain('Not shown to be better than neutral text');
  });

  it('not where a trial costs more than a tenth more', () => {
    const trials = makeTrials(better);
    const dear = trials.map((t) => (t.arm === 'B' ? { ...t, usd: 0.0111 } : t));
    expect(judged(dear)).toMatchObject({
      verdict: 'no proven harm',
      reasons: [expect.stringContaining('11 % more dollars'), expect.anything()],
    });
    expect(judged(trials.map((t) => (t.arm === 'B' ? { ...t, usd: 0.0109 } : t))).verdict).toBe('validated');
  });

  it('not where a task fell from all to nearly none, until a person has explained it', () => {
    const trials = makeTrials({ ...better, lost: { A: '++++', B: '---+', P: '++++' } });
    expect(judged(trials).reasons[0]).toContain('nobody has explained why: lost.');
    expect(judged(trials).verdict).not.toBe('validated');
    expect(judged(trials, { explained: ['lost'] }).verdict).toBe('validated');
  });

  it('not where it hands off more: avoiding hard cases is not learning', () => {
    const trials = makeTrials(better).map((t) => (t.arm === 'B' && !t.passed ? { ...t, handed_off: true } : t));
    expect(judged(trials).reasons[0]).toContain('hand off or give up more often: +25 points');
    expect(judged(trials).verdict).not.toBe('validated');
  });

  it('not where too many trials say neither yes nor no', () => {
    const trials = makeTrials(sameTasks(10, { A: '----', B: '++??', P: '----' }));
    expect(judged(trials)).toMatchObject({ verdict: 'not proven' });
    expect(judged(trials).reasons[0]).toContain('20 of 40 trials of arm B say neither yes nor no');
  });

  it('not by four tasks, however well they go', () => {
    expect(judged(makeTrials(sameTasks(4, { A: '----', B: '++++', P: '----' }))).verdict).toBe('not proven');
  });
});

describe('a branch is harmful', () => {
  const criterion = (trials: readonly Trial[], met: (t: Trial, i: number) => boolean) =>
    trials.map((t, i) => ({ ...t, criteria: new Map([['upright', met(t, i)]]) }));

  it('where the whole falls, by name', () => {
    const { verdict, reasons } = judged(makeTrials(sameTasks(8, { A: '++++', B: '+++-', P: '++++' })));
    expect([verdict, reasons[0]]).toEqual(['harmful', 'The whole fell by 25 points (p = 0.00391 over 1 question).']);
  });

  it('where a required criterion falls, whatever the total says, and not for one that is not required', () => {
    const trials = criterion(makeTrials(better), (t) => t.arm !== 'B' || t.trial > 1);
    const found = judged(trials, { required: ['upright'] });
    expect(found.verdict).toBe('harmful');
    expect(found.reasons).toEqual([
      'The required criterion `upright` fell by 25 points (p = 0.00195 over 2 questions).',
    ]);
    expect(judged(trials).verdict).toBe('validated');
  });
});

describe('without a gain or a fall', () => {
  it('there is no proven harm where the interval ends above −5 points, over eight tasks at least', () => {
    const even = { A: '+-+-', B: '+-+-', P: '+-+-' };
    expect(judged(makeTrials(sameTasks(8, even))).verdict).toBe('no proven harm');
    expect(judged(makeTrials(sameTasks(7, even))).verdict).toBe('not proven');
    const torn = { ...sameTasks(4, { A: '----', B: '++++' }) };
    const back = Object.fromEntries(
      Object.entries(sameTasks(4, { A: '+++-', B: '----' })).map(([k, v]) => [`x${k}`, v]),
    );
    expect(judged(makeTrials({ ...torn, ...back })).verdict).toBe('not proven');
  });
});

describe('bets', () => {
  it('are settled for the branch, or against it, and stay open where nothing differs', () => {
    const order = Array.from({ length: 12 }, (_, i) => `task-${String(i).padStart(2, '0')}`);
    const won = betsOn(makeTrials(sameTasks(12, { A: '-', B: '+', P: '-' })), order, new Set());
    expect(isSettled(won)).toBe(true);
    expect(won.better).toBeGreaterThan(20);
    const lost = betsOn(makeTrials(sameTasks(12, { A: '+', B: '-', P: '+' })), order, new Set());
    expect([isSettled(lost), lost.falls, lost.better]).toEqual([true, 'the whole', 1]);
    expect(isSettled(betsOn(makeTrials(sameTasks(12, { A: '+', B: '+', P: '+' })), order, new Set()))).toBe(false);
    expect(isSettled(betsOn(makeTrials(sameTasks(12, { A: '-', B: '+', P: '+' })), order, new Set()))).toBe(false);
  });

  it('share their stake among the questions of a fall', () => {
    const order = Array.from({ length: 6 }, (_, i) => `task-${String(i).padStart(2, '0')}`);
    const trials = makeTrials(sameTasks(6, { A: '+', B: '-', P: '+' }));
    const alone = betsOn(trials, order, new Set()).worse;
    expect(betsOn(trials, order, new Set(['x', 'y', 'z'])).worse).toBeCloseTo(alone / 4, 10);
  });
});

describe('in worlds whose truth is known', () => {
  const rate = (world: Parameters<typeof simulatedVerdict>[0], sequential: boolean, verdict: string, n = 120) => {
    const random = seeded(`${JSON.stringify(world)}/${sequential}`);
    let seen = 0;
    for (let i = 0; i < n; i++)
      if (simulatedVerdict(world, random, { sequential, flips: 200 }).verdict === verdict) seen++;
    return seen / n;
  };

  // The bars are 5 % and 3 %; docs/proof.md has the table. With 120 proofs a cell, seen counts may lie a little above.
  it('what changed nothing is rarely validated, and what only neutral text would do as well neither', () => {
    const none = { tasks: 16, trials: 2, baseline: 0.5, gain: 0 };
    expect(rate(none, false, 'validated')).toBeLessThanOrEqual(0.08);
    expect(rate(none, true, 'validated')).toBeLessThanOrEqual(0.05);
    expect(rate({ ...none, gain: 0.2, placeboGain: 0.2 }, false, 'validated')).toBeLessThanOrEqual(0.08);
  });

  it('large gains are mostly seen, and large losses are called harmful', () => {
    const world = { tasks: 25, trials: 4, baseline: 0.5, gain: 0.3 };
    expect(rate(world, false, 'validated', 40)).toBeGreaterThan(0.9);
    expect(rate({ ...world, gain: -0.3 }, false, 'harmful', 40)).toBeGreaterThan(0.9);
    expect(rate({ ...world, criterion: { rate: 0.99, gain: -0.25 } }, false, 'harmful', 40)).toBeGreaterThan(0.9);
  });
});
