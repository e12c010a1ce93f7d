// Reads the arguments of a tool call: a JSON object or the reason why they are none; nothing is repaired.
import { isObject, parsedJson } from '../base/json.ts';

/** `reason` is set where the call must not run; `input` is `{}` then. */
export interface CallInput {
  input: Record<string, unknown>;
  reason?: string;
}

/**
 * `raw` is the JSON text that was streamed; `given` what stood in the block's start, which counts only where nothing was
 * streamed, since servers that send calls in one piece put the arguments there. No arguments at all are `{}`.
 */
export function readCall(raw: string, given: unknown): CallInput {
  if (raw.trim() === '') return isObject(given) ? { input: given } : { input: {} };
  const value = parsedJson(raw);
  // A text that stops in the middle and one that is wrong look alike here; the model is told the same either way.
  if (value === undefined) return { input: {}, reason: 'the arguments are no complete JSON' };
  return isObject(value) ? { input: value } : { input: {}, reason: 'the arguments are no JSON object' };
}
