// What sessions did as runs of equal steps, in typed arrays: a hundred thousand sessions in a few dozen megabytes; holds no arguments.
import type { Extract } from '../extract-types.ts';
import type { RunsFact } from '../fact-types.ts';
import { sizeOf, stepsOf } from '../stored-extract.ts';

/** A tool, and how its call ended. */
export type Kind = RunsFact['kinds'][number];

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

/** Runs that are collected session by session. */
export interface RunsSheet {
  /** @param calls of the session */
  add(steps: RunsFact, calls: number): void;
  runs(): Runs;
}

export function newRuns(): RunsSheet {
  const numbers = new Map<string, number>();
  const kinds: Kind[] = [];
  const numberOf = ({ tool, status }: Kind) => {
    const key = `${status} ${tool}`;
    const number = numbers.get(key) ?? kinds.push({ tool, status }) - 1;
    numbers.set(key, number);
    return number;
  };
  const sheet = newSheet(1024);
  const starts = [0];
  const lengths: number[] = [];
  return {
    add(steps, calls) {
      const own = steps.kinds.map(numberOf);
      for (const run of steps.runs) addRun(sheet, own[run[0]] ?? 0, run);
      starts.push(sheet.count);
      lengths.push(calls);
    },
    runs() {
      const { kind, size, opens, steps, count } = sheet;
      return {
        kinds,
        starts: Uint32Array.from(starts),
        kind: kind.subarray(0, count),
        size: size.subarray(0, count),
        opens: opens.subarray(0, count),
        steps: steps.subarray(0, 3 * count),
        lengths: Uint32Array.from(lengths),
      };
    },
  };
}

/** Those of sessions that are at hand. */
export function runsOf(sessions: Iterable<Extract>): Runs {
  const sheet = newRuns();
  for (const session of sessions) sheet.add(stepsOf(session), sizeOf(session).calls);
  return sheet.runs();
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

function addRun(sheet: Sheet, kind: number, [, opens, ...steps]: RunsFact['runs'][number]): void {
  const run = sheet.count++;
  if (run === sheet.kind.length) {
    const more = newSheet(2 * run);
    more.kind.set(sheet.kind);
    more.size.set(sheet.size);
    more.opens.set(sheet.opens);
    more.steps.set(sheet.steps);
    Object.assign(sheet, more, { count: sheet.count });
  }
  sheet.kind[run] = kind;
  sheet.opens[run] = opens;
  sheet.size[run] = steps.length - 1;
  sheet.steps.set(steps, 3 * run);
}
