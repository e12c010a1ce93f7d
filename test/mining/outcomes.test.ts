// Tests of what each session came to, criterion by criterion.
import { describe, expect, it } from 'vitest';
import type { Extract } from '../../src/mining/extract-types.ts';
import { outcomesOf, suspects, UNKNOWN } from '../../src/mining/outcomes.ts';
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
const told = (sessions: readonly Extract[], taskOf: (s: string) => string = () => 't') =>
  Object.fromEntries(outcomesOf(sessions, taskOf).criteria.map((c) => [c.name, [...c.values]]));

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
    const { criteria } = outcomesOf(sessions, () => 't');
    expect(criteria.map((c) => c.name)).toEqual(['landing/near', 'landing/soft', 'outcome']);
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

  it('are passes in which no call worked, where most passes of the task needed one or every call failed', () => {
    const sessions = [judged('a', 'pass'), judged('b', 'pass'), idle('c'), judged('d', 'fail')];
    expect([...suspects(sessions, () => 't')].map((s) => s.session)).toEqual(['c']);
    expect([...suspects([extractOf('e', { outcome: 'pass', actions: failing })], () => 't')]).toHaveLength(1);
  });

  it('are none where a task needs no call, and none among failures', () => {
    expect(suspects([idle('a'), idle('b'), judged('c', 'pass')], () => 't').size).toBe(0);
    expect(suspects([extractOf('a', { outcome: 'fail', actions: failing })], () => 't').size).toBe(0);
  });

  it('carry no weight and are counted', () => {
    const sessions = [judged('a', 'pass'), judged('b', 'pass'), idle('c'), judged('d', 'fail')];
    expect(told(sessions)).toEqual({ outcome: [1, 1, UNKNOWN, 0] });
    expect(outcomesOf(sessions, () => 't').suspect).toBe(1);
  });
});
