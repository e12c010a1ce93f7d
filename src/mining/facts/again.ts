// What became of a failing call when the very same one was made later; judges neither the call nor what ran between.
import type { Action, Extract } from '../extract-types.ts';
import type { AgainFact } from '../fact-types.ts';
import { personSpoke } from '../lanes.ts';
import { isSameJob } from './changes.ts';

const REACH = 40; // actions of the lane; what works an afternoon later heals of other things

/** A call in its lane. */
export interface InLane {
  /** Actions of one lane in order. */
  lane: readonly Action[];
  /** Place of the call in `lane`. */
  index: number;
  /** See `firstRunsIn`. */
  firstRun: ReadonlyMap<string, number>;
}

/** Where each call was first made in a lane, by tool and input. */
export function firstRunsIn(lane: readonly Action[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const [i, action] of lane.entries()) if (!first.has(keyOf(action))) first.set(keyOf(action), i);
  return first;
}

/**
 * Follows one failing call through its lane; undefined where it was not made again. The search ends where a person speaks, since
 * they may have mended what was broken, and where the same job worked in another way, which then is what helped.
 */
export function againOf(session: Extract, { lane, index, firstRun }: InLane): AgainFact | undefined {
  const error = lane[index];
  if (error === undefined) return undefined;
  const known = error.answered ?? error.step;
  let lastTry = index;
  for (let i = index + 1; i < lane.length && i <= index + REACH; i++) {
    const action = lane[i];
    if (action === undefined || action.step < known || action.tool !== error.tool) continue;
    if (action.inputHash !== error.inputHash) {
      if (action.status === 'ok' && isSameJob(error.input, action.input)) break;
      continue;
    }
    if (action.status !== 'ok' && action.status !== 'error') continue;
    if (personSpoke(session, error.lane, known, action.step)) break;
    if (action.status === 'ok')
      return {
        worked: true,
        ...distance(error, action, i - index - 1),
        helpers: helpers(lane.slice(lastTry + 1, i), lastTry, firstRun),
      };
    lastTry = i;
  }
  const last = lane[lastTry];
  if (lastTry === index || last === undefined) return undefined;
  return { ...distance(error, last, lastTry - index - 1), helpers: [] };
}

function distance(error: Action, later: Action, steps: number): Pick<AgainFact, 'steps' | 'seconds'> {
  const ms = Date.parse(later.at ?? '') - Date.parse(error.at ?? '');
  return { steps, ...(ms >= 0 && { seconds: Math.round(ms / 1000) }) };
}

// Only what had not already run, word for word, before a try in vain can be what made the difference; and only what worked.
function helpers(between: readonly Action[], lastTry: number, firstRun: InLane['firstRun']): string[] {
  const fresh = between.filter((a) => a.status === 'ok' && (firstRun.get(keyOf(a)) ?? 0) > lastTry);
  return [...new Set(fresh.map((a) => a.tool))];
}

function keyOf({ tool, inputHash }: Action): string {
  return `${inputHash} ${tool}`;
}
