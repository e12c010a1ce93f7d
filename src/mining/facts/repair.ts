// Finds how a session got past an error, and whether the failing call was simply made again; judges nothing.
import type { Action, Extract } from '../extract-types.ts';
import { lanesOf, personSpoke } from '../lanes.ts';

const MAX_CALLS = 5;
const MAX_ACTIONS = 8;

/** What followed an error in its lane, as far as it can still be called an answer to it. */
export interface Aftermath {
  /** Later calls of the tool within reach, up to the one that worked. */
  tries: Action[];
  /** The first of them that worked. */
  fix?: Action;
  /** What other tools did successfully between the error and the fix. */
  between: Action[];
  /** What other tools did successfully in the equally long stretch before the error. */
  before: Action[];
  /** Actions of the lane from the failing call up to the fix, or the tries in vain: what the error cost. */
  cost: number;
}

/**
 * The first later success of the same tool in the same lane, within 5 calls of the tool and 8 actions. Calls that were made
 * before the error was known (in parallel with it) are no answer to it and are passed over.
 * @param lane actions of one lane in order
 * @param index place of the error in `lane`
 */
export function aftermathOf(lane: readonly Action[], index: number): Aftermath {
  const error = lane[index];
  const none: Aftermath = { tries: [], between: [], before: [], cost: 1 };
  if (error === undefined) return none;
  const tries: Action[] = [];
  const between: Action[] = [];
  for (const [i, action] of after(lane, index, error.answered ?? error.step).entries()) {
    if (action.tool !== error.tool) {
      if (action.status === 'ok') between.push(action);
      continue;
    }
    tries.push(action);
    if (action.status === 'ok') {
      const cost = i + 1;
      const before = lane
        .slice(Math.max(0, index - cost), index)
        .filter((a) => a.tool !== error.tool && a.status === 'ok');
      return { tries, fix: action, between, before, cost };
    }
    if (tries.length === MAX_CALLS) break;
  }
  return { ...none, tries, between, cost: 1 + tries.length };
}

// The next actions that were made when the error was known.
function after(lane: readonly Action[], index: number, known: number): Action[] {
  const later: Action[] = [];
  for (let i = index + 1; i < lane.length && later.length < MAX_ACTIONS; i++) {
    const action = lane[i];
    if (action !== undefined && action.step > known) later.push(action);
  }
  return later;
}

/** An error and the very same call made again. */
export interface Repeat {
  error: Action;
  again: Action;
}

/**
 * Calls that were made again unchanged after their error was known, with no other success in the lane and no word from a person
 * between: nothing that could have made a difference.
 */
export function repeatsOf(session: Extract): Repeat[] {
  const repeats: Repeat[] = [];
  for (const lane of lanesOf(session)) {
    const failed = new Map<string, Action>();
    for (const action of lane) {
      const key = `${action.inputHash} ${action.tool}`;
      const error = failed.get(key);
      const known = error?.answered ?? Number.POSITIVE_INFINITY;
      const ran = action.status === 'ok' || action.status === 'error';
      if (error !== undefined && ran && action.step > known && !personSpoke(session, action.lane, known, action.step))
        repeats.push({ error, again: action });
      if (action.status === 'ok') failed.clear();
      else if (action.status === 'error') failed.set(key, action);
    }
  }
  return repeats;
}
