// What an answer's stop reason asks for next: a table of judgements; runs no tool and sends nothing.
import type { ModelAnswer } from '../model/model.ts';

/**
 * `calls`: run the tools and go on · `done`: the agent says it is finished · `again`: ask again, with `say` as a user's turn
 * where it is not empty · `shorten`: the conversation no longer fits · `refused`: the model will not.
 * `skip` names calls (ids of the model's) that must not run, with the reason that the model is told.
 */
export interface NextStep {
  kind: 'calls' | 'done' | 'again' | 'shorten' | 'refused';
  say?: string;
  skip: Map<string, string>;
}

const CUTS = new Set(['max_tokens', 'length']);
const CUT = 'This call was cut off by the output limit and did not run. Send it again, in smaller parts if it is long.';
const GO_ON = 'Your answer was cut off at the output limit. Go on exactly where it stopped.';
const EMPTY = 'You sent an empty answer. Go on with the task, or say in words that it is done.';

/** What of an answer is judged. */
export type Judged = Pick<ModelAnswer, 'content' | 'broken' | 'stopReason'>;

/** Judges a whole answer. */
export function nextStep(answer: Judged): NextStep {
  const calls = answer.content.filter((block) => block.type === 'tool_use');
  const skip = new Map(answer.broken.map(({ id, reason, raw }) => [id, brokenText(reason, raw)]));
  switch (answer.stopReason) {
    case 'refusal':
      return { kind: 'refused', skip };
    case 'model_context_window_exceeded':
      return { kind: 'shorten', skip };
    case 'pause_turn':
      return calls.length > 0 ? { kind: 'calls', skip } : { kind: 'again', skip };
    case 'end_turn':
    case 'stop_sequence':
    case 'tool_use':
      return finished(answer, calls.length, skip);
    default:
      // `max_tokens`, and whatever else a server says (`length`, null): taken for cut off.
      return cutOff(answer, calls, skip);
  }
}

// Some servers say end_turn beside calls, others tool_use without any: the calls decide.
function finished(answer: Judged, calls: number, skip: Map<string, string>): NextStep {
  if (calls > 0) return { kind: 'calls', skip };
  return isEmpty(answer) ? { kind: 'again', say: EMPTY, skip } : { kind: 'done', skip };
}

function cutOff(answer: Judged, calls: Judged['content'], skip: Map<string, string>): NextStep {
  if (calls.length === 0) return { kind: 'again', say: isEmpty(answer) ? EMPTY : GO_ON, skip };
  const last = answer.content.at(-1);
  // Arguments that happen to be whole JSON may still be half of what was meant. Other words that nobody knows (`tool_calls`)
  // come from servers whose calls are whole.
  if (last?.type === 'tool_use' && typeof last.id === 'string' && CUTS.has(answer.stopReason ?? ''))
    skip.set(last.id, CUT);
  return { kind: 'calls', skip };
}

function isEmpty(answer: Judged): boolean {
  return !answer.content.some(
    (block) =>
      block.type !== 'thinking' &&
      block.type !== 'redacted_thinking' &&
      !(block.type === 'text' && String(block.text).trim() === ''),
  );
}

function brokenText(reason: string, raw: string): string {
  return `The arguments of this call could not be read (${reason}), so it did not run. What arrived: ${raw.slice(0, 500)}`;
}
