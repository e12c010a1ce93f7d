// The graph of a workflow in text: each step below the one it waits for longest, with what became of it.
import { describe, expect, it } from 'vitest';
import { inputsOf } from '../../src/agent/workflow/inputs.ts';
import type { StepReport } from '../../src/agent/workflow/report.ts';
import { UserError } from '../../src/base/errors.ts';
import { drawSteps } from '../../src/commands/workflow/draw.ts';
import { workflowSchema } from '../../src/domain/workflow.ts';

const step = (id: string, needs: string[] = [], more: Partial<StepReport> = {}): StepReport => ({
  ...{ id, agent: 'default', needs, status: 'done', usd: 0, units: [] },
  ...more,
});
const unit = { status: 'done' as const, usd: 0, retries: 0 };

describe('the graph of a workflow', () => {
  it('hangs each step below the deepest that it needs, and names the others', () => {
    const steps = [step('end', ['b', 'd']), step('a'), step('b', ['a']), step('c', ['a']), step('d', ['c']), step('x')];
    expect(drawSteps(steps).map(({ graph, notes }) => `${graph} ${notes}`.trimEnd())).toEqual([
      'a',
      '├─ b',
      '└─ c',
      '   └─ d',
      '      └─ end also needs b',
      'x',
    ]);
  });

  it('tells what each took and why it failed', () => {
    const [one, two] = drawSteps([
      step('one', [], { usd: 0.25, units: [{ ...unit, seconds: 75 }] }),
      step('two', [], {
        status: 'failed',
        units: [
          { ...unit, item: 0 },
          { ...unit, item: 1, status: 'failed', why: 'graded\nbadly' },
        ],
      }),
    ]);
    expect(one).toMatchObject({ state: 'done', facts: '$0.25, 1 min 15 s', notes: '' });
    expect(two).toMatchObject({ state: 'failed', facts: '1 of 2 items', notes: 'item 1: graded badly' });
  });
});

describe('inputs', () => {
  const flow = workflowSchema.parse({
    workflow: 'tour',
    inputs: { star: { required: true }, n: { default: 3 }, list: { list: true }, free: {} },
    steps: [{ id: 'a', prompt: 'a' }],
  });
  const given = (...pairs: string[]) => {
    try {
      return inputsOf(flow, pairs);
    } catch (error) {
      if (error instanceof UserError) return error.problem.what.split('\n');
      throw error;
    }
  };

  it('are what was given, or their defaults', () => {
    expect(given('star=a=b')).toEqual({ star: 'a=b', n: 3, list: [], free: null });
    expect(given('star=', 'list=x', 'list=y', 'n=4')).toEqual({ star: '', n: '4', list: ['x', 'y'], free: null });
  });

  it('are refused all at once where they are missing, unknown, double or without a value', () => {
    expect(given('n=1', 'n=2', 'lsit=x', 'free', '__proto__=x')).toEqual([
      'input n is given twice, and it is no list',
      'there is no input named lsit: did you mean list?',
      '--input free has no value: write free=<value>',
      'there is no input named __proto__: it takes star, n, list, free',
      'input star is missing: --input star=<value>',
    ]);
  });
});
