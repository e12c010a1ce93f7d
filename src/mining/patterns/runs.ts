// What sessions did as runs of equal steps, in typed arrays: a hundred thousand sessions in a few dozen megabytes; holds no arguments.
import { groupBy } from '../../base/collections.ts';
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
export function runsOf(sessions: Iterable<Extract>): Runs {
  const numbers = new Map<string, number>();
  const kinds: Kind[] = [];
  const kindNumber = (tool: string, status: Kind['status']) => {
    const key = `${status} ${tool}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, kinds.length);
    return kinds.push({ tool, status }) - 1;
  };
  const sheet = newSheet(1024);
  const starts = [0];
  const lengths: number[] = [];
  for (const { actions } of sessions) {
    // Numbers of calls: a walk through a hundred thousand sessions should leave nothing behind.
    for (const lane of groupBy(actions.keys(), (call) => actions[call]?.lane).values())
      addLane(actions, lane, kindNumber, sheet);
    starts.push(sheet.count);
    lengths.push(actions.length);
  }
  const { kind, size, opens, steps, count } = sheet;
  return {
    kinds,
    starts: Uint32Array.from(starts),
    kind: kind.slice(0, count),
    size: size.slice(0, count),
    opens: opens.slice(0, count),
    steps: steps.slice(0, 3 * count),
    lengths: Uint32Array.from(lengths),
  };
}

/** The runs of some of the sessions, in this order. */
export function runsInOrder(runs: Runs, places: ArrayLike<number>): Runs {
  const starts = new Uint32Array(places.length + 1);
  const of = (k: number) => [runs.starts[places[k] ?? 0] ?? 0, runs.starts[(places[k] ?? 0) + 1] ?? 0] as const;
  for (let k = 0; k < places.length; k++) starts[k + 1] = (starts[k] ?? 0) + of(k)[1] - of(k)[0];
  const { kind, size, opens, steps } = newSheet(starts[places.length] ?? 0);
  for (let k = 0; k < places.length; k++) {
    const [from, to] = of(k);
    const at = starts[k] ?? 0;
    kind.set(runs.kind.subarray(from, to), at);
    size.set(runs.size.subarray(from, to), at);
    opens.set(runs.opens.subarray(from, to), at);
    steps.set(runs.steps.subarray(3 * from, 3 * to), 3 * at);
  }
  const lengths = Uint32Array.from(places, (place) => runs.lengths[place] ?? 0);
  return { kinds: runs.kinds, starts, kind, size, opens, steps, lengths };
}

/** Room for runs, of which the first `count` are there. */
interface Sheet extends Pick<Runs, 'kind' | 'size' | 'opens' | 'steps'> {
  count: number;
}

function newSheet(room: number): Sheet {
  return {
    kind: new Uint32Array(room),
    size: new Uint8Array(room),
    opens: new Uint8Array(room),
    steps: new Uint16Array(3 * room),
    count: 0,
  };
}

function addLane(
  actions: readonly Action[],
  lane: readonly number[],
  numberOf: (tool: string, status: Kind['status']) => number,
  sheet: Sheet,
): void {
  let current = -1;
  let length = 0;
  for (const call of lane) {
    const action = actions[call];
    if (action === undefined || action.status === 'unanswered') continue;
    const step = Math.min(call + 1, LAST_STEP);
    const number = numberOf(action.tool, action.status);
    if (number !== current) {
      addRun(sheet, number, step, current < 0);
      current = number;
      length = 1;
      continue;
    }
    length++;
    const reached = length === TIMES[1] ? 1 : length === TIMES[2] ? 2 : 0;
    if (reached === 0) continue;
    const run = sheet.count - 1;
    sheet.size[run] = reached;
    sheet.steps[3 * run + reached] = step;
  }
}

function addRun(sheet: Sheet, kind: number, step: number, isFirst: boolean): void {
  const run = sheet.count++;
  if (run === sheet.kind.length) {
    const { kind: kinds, size, opens, steps } = sheet;
    const more = newSheet(2 * run);
    more.kind.set(kinds);
    more.size.set(size);
    more.opens.set(opens);
    more.steps.set(steps);
    Object.assign(sheet, more, { count: sheet.count });
  }
  sheet.kind[run] = kind;
  sheet.opens[run] = isFirst ? 1 : 0;
  sheet.steps[3 * run] = step;
}
