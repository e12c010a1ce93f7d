// Tests of what each session came to, criterion by criterion.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Extract } from '../../src/mining/extract-types.ts';
import { believed, outcomesOf, suspects, UNKNOWN } from '../../src/mining/outcomes.ts';
import { callsOf, extractOf } from './extracts.ts';

const cite = { event: 'evt_x', sha256: '0'.repeat(64) };
const graded = (rubric: string, iteration: number, criteria: Record<string, boolean>, result = 'needs_revision') => ({
  cite,
  rubric,
  iteration,
  result,
  criteria,
  step: iteration,
});
const judged = (id: string, outcome: Extract['outcome'], fields: Partial<Extract> = {}) =>
  extractOf(id, { outcome, actions: callsOf(['x']), ...fields });
const told = (sessions: readonly Extract[]) =>
  Object.fromEntries(outcomesOf(believed(sessions, () => 't').sessions).map((c) => [c.name, [...c.values]]));

describe('outcomes', () => {
  it('are the criteria of the last grade of each rubric, before the whole', () => {
    const sessions = [
      judged('a', 'pass', {
        evaluations: [
          graded('landing', 0, { soft: false, near: false }),
          graded('tidy', 0, { swept: true }),
          graded('landing', 1, { soft: true }, 'satisfied'),
        ],
      }),
      judged('b', 'fail', { evaluations: [graded('landing', 0, { soft: false, near: true })] }),
      judged('c', 'fail', { evaluations: [graded('landing', 0, { soft: true, near: false })] }),
      judged('d', null),
    ];
    expect(outcomesOf(sessions).map((c) => c.name)).toEqual(['landing/near', 'landing/soft', 'outcome']);
    expect(told(sessions)).toEqual({
      'landing/near': [UNKNOWN, 1, 0, UNKNOWN],
      'landing/soft': [1, 0, 1, UNKNOWN],
      outcome: [1, 0, 0, UNKNOWN],
    });
  });

  it('count nothing where the rubric did not apply, and no criterion twice', () => {
    const sessions = [
      judged('a', null, { evaluations: [graded('landing', 0, { soft: true }, 'failed')] }),
      judged('b', 'pass', { evaluations: [graded('landing', 0, { soft: true }, 'satisfied')] }),
      judged('c', 'fail', { evaluations: [graded('landing', 0, { soft: false })] }),
    ];
    expect(told(sessions)).toEqual({ 'landing/soft': [UNKNOWN, 1, 0] });
  });

  it('take an imported label as one criterion beside the whole where others were graded', () => {
    const sessions = [
      judged('a', 'pass', { label: 'reward' }),
      judged('b', 'fail', { label: 'reward' }),
      judged('c', 'fail'),
    ];
    expect(told(sessions)).toEqual({ outcome: [1, 0, 0], 'label/reward': [1, 0, UNKNOWN] });
    expect(told(sessions.slice(0, 2))).toEqual({ outcome: [1, 0] });
  });
});

describe('suspects', () => {
  const idle = (id: string) => extractOf(id, { outcome: 'pass' });
  const failing = callsOf(['x']).map((a) => ({ ...a, status: 'error' as const }));

  it('are passes in which no call worked, where most sessions of the task needed one or every call failed', () => {
    const sessions = [judged('a', 'pass'), judged('b', 'pass'), idle('c'), judged('d', 'fail')];
    expect([...suspects(sessions, () => 't')].map(([s, why]) => [s.session, why])).toEqual([['c', 'idle']]);
    const lone = extractOf('e', { outcome: 'pass', actions: failing });
    expect([...suspects([lone], () => 't').values()]).toEqual(['failing']);
  });

  it('are passes of who did nothing, where all who did something failed', () => {
    const sessions = [idle('a'), judged('b', 'fail'), judged('c', 'fail'), judged('d', null)];
    expect([...suspects(sessions, () => 't')].map(([s]) => s.session)).toEqual(['a']);
    expect(suspects([...sessions, idle('e'), idle('f')], () => 't').size).toBe(0);
  });

  it('are none where a task needs no call, and none among failures', () => {
    expect(suspects([idle('a'), idle('b'), judged('c', 'pass')], () => 't').size).toBe(0);
    expect(suspects([extractOf('a', { outcome: 'fail', actions: failing })], () => 't').size).toBe(0);
  });

  it('carry no weight and are counted', () => {
    const sessions = [judged('a', 'pass'), judged('b', 'pass'), idle('c'), judged('d', 'fail')];
    expect(told(sessions)).toEqual({ outcome: [1, 1, UNKNOWN, 0] });
    expect(believed(sessions, () => 't').suspect).toEqual([{ session: 'c', why: 'idle' }]);
  });

  it('are judged by nobody, whoever graded or labelled them, and others stay as they are', () => {
    const evaluations = [graded('landing', 0, { soft: true }, 'satisfied')];
    const sessions = [judged('a', 'pass'), judged('b', 'pass'), judged('f', 'pass'), idle('c'), judged('d', null)];
    const doubted = { ...idle('e'), evaluations, label: 'reward' };
    const { sessions: kept } = believed([...sessions, doubted], () => 't');
    expect(kept.map((s) => s.outcome)).toEqual(['pass', 'pass', 'pass', null, null, null]);
    expect(kept[0]).toBe(sessions[0]);
    expect([kept[5]?.evaluations, kept[5]?.label]).toEqual([undefined, undefined]);
    expect(kept[5]?.session).toBe('e');
  });

  it('are the same in any order, and never without an outcome or among failures', () => {
    const any = fc.array(
      fc.record({
        task: fc.constantFrom('s', 't'),
        outcome: fc.constantFrom('pass' as const, 'fail' as const, null),
        calls: fc.array(fc.constantFrom('ok' as const, 'error' as const, 'denied' as const, 'unanswered' as const), {
          maxLength: 3,
        }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(any, (made) => {
        const sessions = made.map(({ task, outcome, calls }, i) =>
          extractOf(`s${i}`, {
            task,
            outcome,
            actions: callsOf(calls).map((action, at) => ({ ...action, status: calls[at] ?? 'ok' })),
          }),
        );
        const taskOf = (id: string) => sessions.find((s) => s.session === id)?.task ?? id;
        const found = suspects(sessions, taskOf);
        for (const [session] of found) {
          expect(session.outcome).toBe('pass');
          expect(session.actions.some((a) => a.status === 'ok')).toBe(false);
        }
        expect(new Map([...suspects(sessions.toReversed(), taskOf)].reverse())).toEqual(found);
      }),
    );
  });
});
