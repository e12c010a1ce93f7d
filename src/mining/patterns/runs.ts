// What sessions did as runs of equal steps, in typed arrays: a hundred thousand sessions in a few dozen megabytes; holds no arguments.
import type { Action, ActionStatus, Extract } from '../extract-types.ts';

/** A tool, and how its call ended. */
export interface Kind {
  tool: string;
  status: Exclude<ActionStatus, 'unanswered'>;
}

/** How often a step was repeated without another between: at least so often, and less than the next of these. */
export const TIMES = [1, 2, 4] as const;
export type Times = (typeof TIMES)[number];

/** Runs of one session after the other, and of one lane after the other within a session. */
export interface Runs {
  kinds: Kind[];
  /** Runs of session i are `starts[i]` … `starts[i + 1]` − 1. */
  starts: Uint32Array;
  /** By run: the number of its kind, and the place in TIMES that its length comes to. */
  kind: Uint32Array;
  size: Uint8Array;
  /** 1 where a run is the first of its lane: nothing follows from one lane to another. */
  opens: Uint8Array;
  /** Three a run: the step at which it had become ×1, ×2 and ×4, 0 where it never did. Steps count a session's calls from 1. */
  steps: Uint16Array;
  /** Calls a session. */
  lengths: Uint32Array;
}

// Later steps are past every landmark.
const LAST_STEP = 65_535;

/** Calls that were never answered count as steps and are no part of a run. */
export function runsOf(sessions: readonly Extract[]): Runs {
  const numbers = new Map<string, number>();
  const kinds: Kind[] = [];
  const sheet = { kind: [] as number[], size: [] as number[], opens: [] as number[], steps: [] as number[] };
  const starts = new Uint32Array(sessions.length + 1);
  for (const [i, { actions }] of sessions.entries()) {
    for (const lane of lanesOf(actions)) addLane(lane, kindNumber, sheet);
    starts[i + 1] = sheet.kind.length;
  }
  return {
    kinds,
    starts,
    kind: Uint32Array.from(sheet.kind),
    size: Uint8Array.from(sheet.size),
    opens: Uint8Array.from(sheet.opens),
    steps: Uint16Array.from(sheet.steps),
    lengths: Uint32Array.from(sessions, ({ actions }) => actions.length),
  };

  function kindNumber(tool: string, status: Kind['status']): number {
    const key = `${status} ${tool}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, kinds.length);
    return kinds.push({ tool, status }) - 1;
  }
}

interface Sheet {
  kind: number[];
  size: number[];
  opens: number[];
  steps: number[];
}

/** An action's place among the session's. */
interface Placed {
  action: Action;
  step: number;
}

function lanesOf(actions: readonly Action[]): Placed[][] {
  const lanes = new Map<string, Placed[]>();
  for (const [i, action] of actions.entries()) {
    const lane = lanes.get(action.lane);
    const placed = { action, step: Math.min(i + 1, LAST_STEP) };
    if (lane === undefined) lanes.set(action.lane, [placed]);
    else lane.push(placed);
  }
  return [...lanes.values()];
}

function addLane(
  lane: readonly Placed[],
  numberOf: (tool: string, status: Kind['status']) => number,
  { kind, size, opens, steps }: Sheet,
): void {
  let current = -1;
  let length = 0;
  for (const { action, step } of lane) {
    if (action.status === 'unanswered') continue;
    const number = numberOf(action.tool, action.status);
    if (number !== current) {
      kind.push(number);
      size.push(0);
      opens.push(current < 0 ? 1 : 0);
      steps.push(step, 0, 0);
      current = number;
      length = 1;
      continue;
    }
    length++;
    const reached = length === TIMES[1] ? 1 : length === TIMES[2] ? 2 : 0;
    if (reached === 0) continue;
    size[size.length - 1] = reached;
    steps[steps.length - 3 + reached] = step;
  }
}
