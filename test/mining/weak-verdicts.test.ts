import { describe, expect, it } from 'vitest';
import { withoutWeakVerdicts } from '../../src/mining/weak-verdicts.ts';
import { tell } from './tell.ts';

const graded = (rubric: string, judged: string[]) => ({
  ...tell({ id: 's', steps: [{ call: 'fly', input: {}, ok: 'ok' }] }),
  outcome: 'pass' as const,
  evaluations: [
    {
      cite: { event: 'evt_g', sha256: 'a'.repeat(64) },
      rubric,
      iteration: 0,
      result: 'satisfied',
      criteria: { soft: true, plain: true },
      judged,
      step: 9,
    },
  ],
});
const weak = new Map([['landing', new Set(['plain', 'soft'])]]);

describe('verdicts of a weak judge', () => {
  it('carry no weight, and neither does an outcome that rests on one', () => {
    const told = withoutWeakVerdicts(graded('landing', ['plain']), weak);
    expect(told.evaluations?.[0]?.criteria).toEqual({ soft: true });
    expect(told.outcome).toBeNull();
  });

  it('are those of judges only, and of that rubric only', () => {
    for (const extract of [graded('landing', []), graded('other', ['plain'])])
      expect(withoutWeakVerdicts(extract, weak)).toBe(extract);
  });
});
