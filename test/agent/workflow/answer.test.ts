// What an attempt's end means for its step, and which JSON an answer holds.
import { describe, expect, it } from 'vitest';
import type { RunEnd } from '../../../src/agent/run-order.ts';
import { jsonOf, verdictOf } from '../../../src/agent/workflow/answer.ts';
import { checkSchema } from '../../../src/grading/json-schema.ts';

const end = (more: Partial<RunEnd>) => ({ stop_reason: 'end_turn' as const, never_started: false, text: '', ...more });
const grade = (result: 'satisfied' | 'needs_revision' | 'ungraded') => ({
  result,
  criteria: [
    {
      id: 'soft',
      verdict: result === 'satisfied' ? ('met' as const) : ('not_met' as const),
      by: 'check' as const,
      reason: 'the answer is 42',
    },
  ],
  rubric: { name: 'landing' },
});
const judge = (more: Partial<RunEnd>, schema?: unknown) => verdictOf(end(more), schema, checkSchema);

describe('an attempt', () => {
  it('is done where the agent says so, unless a grade says otherwise; a check’s own words are not told', () => {
    expect(judge({})).toEqual({ kind: 'done' });
    expect(judge({ grade: grade('satisfied') })).toEqual({ kind: 'done' });
    const why = 'graded needs_revision by landing; not met: soft';
    expect(judge({ grade: grade('needs_revision') })).toEqual({ kind: 'failed', failure: 'not_satisfied', why });
    expect(judge({ grade: grade('ungraded') })).toMatchObject({ failure: 'not_satisfied' });
    expect(judge({ stop_reason: 'max_iterations_reached' })).toMatchObject({ failure: 'not_satisfied' });
  });

  it('failed where it was refused, out of budget or out of tries, with the reason', () => {
    expect(judge({ stop_reason: 'refusal', why: 'no' })).toEqual({ kind: 'failed', failure: 'refusal', why: 'no' });
    expect(judge({ stop_reason: 'budget_reached' })).toMatchObject({ failure: 'budget' });
    expect(judge({ stop_reason: 'retries_exhausted', why: 'overloaded' })).toMatchObject({ failure: 'error' });
  });

  it('is open where a person has to answer, or somebody interrupted it', () => {
    expect(judge({ stop_reason: 'requires_action', why: 'Which?' })).toEqual({
      kind: 'open',
      waiting: true,
      why: 'Which?',
    });
    expect(judge({ stop_reason: 'interrupted' })).toMatchObject({ kind: 'open', waiting: false });
  });

  it('stops everything where the model cannot be asked at all', () => {
    expect(judge({ stop_reason: 'retries_exhausted', never_started: true, why: '401' })).toEqual({
      kind: 'no_model',
      why: '401',
    });
  });

  it('failed where its answer does not fit the schema', () => {
    const schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
    expect(judge({ text: '{"n": 1}' }, schema)).toEqual({ kind: 'done' });
    expect(judge({ text: '{"n": "1"}' }, schema)).toEqual({
      kind: 'failed',
      failure: 'schema',
      why: '/n must be number, not string',
    });
    expect(judge({ text: 'There is one.' }, schema)).toMatchObject({
      failure: 'schema',
      why: 'the answer is no JSON: There is one.',
    });
  });
});

describe('the JSON of an answer', () => {
  it('is the whole text, or its last fenced block', () => {
    expect(jsonOf(' [1]\n')).toEqual({ value: [1] });
    expect(jsonOf('null')).toEqual({ value: null });
    expect(jsonOf('First:\n```json\n{"a": 1}\n```\nthen\n```\n{"a": 2}\n```\nDone.')).toEqual({ value: { a: 2 } });
    expect(jsonOf('```json\n[]\n```')).toEqual({ value: [] });
  });

  it('is none where neither is JSON', () => {
    expect(jsonOf('')).toBeUndefined();
    expect(jsonOf('a {"b": 1}')).toBeUndefined();
    expect(jsonOf('```json\n{"a": 1}')).toBeUndefined();
  });
});
