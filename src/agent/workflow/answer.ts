// What came of an attempt at a step, judged by what the session ended with; runs nothing and believes no agent about its own success.
import { parsedJson } from '../../base/json.ts';
import { clip, oneLine } from '../../base/text.ts';
import type { StepFailure } from '../../domain/workflow.ts';
import type { RunEnd } from '../run-order.ts';

/** Checks a value against a JSON schema. */
export type CheckSchema = (schema: unknown, value: unknown) => { faults: string[] } | { undecided: string };

export type Verdict =
  | { kind: 'done' }
  | { kind: 'failed'; failure: StepFailure; why: string }
  /** The session is not over: a person has to answer, or it was interrupted. */
  | { kind: 'open'; waiting: boolean; why: string }
  /** The model cannot be asked at all: key, address or name are wrong. */
  | { kind: 'no_model'; why: string };

/** What an end means for the step. `schema` is what its answer has to fit. */
export function verdictOf(
  end: Pick<RunEnd, 'stop_reason' | 'never_started' | 'text' | 'why' | 'grade'>,
  schema: unknown,
  check: CheckSchema,
): Verdict {
  const why = end.why ?? end.stop_reason;
  const failed = (failure: StepFailure): Verdict => ({ kind: 'failed', failure, why: clip(why, 2_000) });
  if (end.never_started) return { kind: 'no_model', why };
  switch (end.stop_reason) {
    case 'interrupted':
      return { kind: 'open', waiting: false, why: 'interrupted' };
    case 'requires_action':
      return { kind: 'open', waiting: true, why };
    case 'budget_reached':
      return failed('budget');
    case 'refusal':
      return failed('refusal');
    case 'retries_exhausted':
      return failed('error');
    case 'max_iterations_reached':
    case 'end_turn':
      return graded(end) ?? fitting(end.text, schema, check);
  }
}

/**
 * The JSON of an answer: the whole text, or its last fenced block where there are words around it.
 * Undefined where neither is JSON.
 */
export function jsonOf(text: string): { value: unknown } | undefined {
  const blocks = text.split(/^```[\w-]*[ \t]*$/m); // odd parts lie between fences
  const last = blocks.length >= 3 ? blocks[blocks.length - 2] : undefined;
  for (const candidate of [text, last]) {
    const value = candidate === undefined ? undefined : parsedJson(candidate);
    if (value !== undefined) return { value };
  }
  return undefined;
}

// Work that was graded counts by its grade alone; a grade that could not be given is none.
function graded({ grade, stop_reason }: Pick<RunEnd, 'grade' | 'stop_reason'>): Verdict | undefined {
  if (grade === undefined)
    return stop_reason === 'end_turn' ? undefined : { kind: 'failed', failure: 'not_satisfied', why: 'not satisfied' };
  if (grade.result === 'satisfied') return undefined;
  const open = grade.criteria.filter((c) => c.verdict !== 'met').map((c) => c.id);
  const which = open.length === 0 ? '' : `; not met: ${open.join(', ')}`;
  return { kind: 'failed', failure: 'not_satisfied', why: `graded ${grade.result} by ${grade.rubric.name}${which}` };
}

function fitting(text: string, schema: unknown, check: CheckSchema): Verdict {
  if (schema === undefined) return { kind: 'done' };
  const wrong = (why: string): Verdict => ({ kind: 'failed', failure: 'schema', why: clip(why, 2_000) });
  const json = jsonOf(text);
  if (json === undefined) return wrong(`the answer is no JSON: ${clip(oneLine(text), 200) || 'it is empty'}`);
  const result = check(schema, json.value);
  if ('undecided' in result) return wrong(result.undecided);
  return result.faults.length === 0 ? { kind: 'done' } : wrong(result.faults.join('\n'));
}
