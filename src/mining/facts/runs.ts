// What a session did as runs of equal steps; holds no arguments, and looks at no outcome.
import { groupBy } from '../../base/collections.ts';
import type { Action } from '../extract-types.ts';
import type { RunsFact } from '../fact-types.ts';

/** How often a step was repeated without another between: at least so often, and less than the next of these. */
export const TIMES = [1, 2, 4] as const;
export type Times = (typeof TIMES)[number];

// Later steps are past every landmark.
const LAST_STEP = 65_535;

/** Calls that were never answered count as steps and are no part of a run. */
export function runsIn(actions: readonly Action[]): RunsFact {
  const numbers = new Map<string, number>();
  const found: RunsFact = { kinds: [], runs: [] };
  const numberOf = ({ tool }: Action, status: RunsFact['kinds'][number]['status']) => {
    const key = `${status} ${tool}`;
    const number = numbers.get(key) ?? found.kinds.push({ tool, status }) - 1;
    numbers.set(key, number);
    return number;
  };
  for (const lane of groupBy(actions.entries(), ([, action]) => action.lane).values()) {
    let current: RunsFact['runs'][number] | undefined;
    let length = 0;
    for (const [place, action] of lane) {
      if (action.status === 'unanswered') continue;
      const step = Math.min(place + 1, LAST_STEP);
      const kind = numberOf(action, action.status);
      if (kind !== current?.[0]) {
        const opens = current === undefined ? 1 : 0;
        current = [kind, opens, step];
        found.runs.push(current);
        length = 0;
      } else if (length + 1 === TIMES[1] || length + 1 === TIMES[2]) current.push(step);
      length++;
    }
  }
  return found;
}
