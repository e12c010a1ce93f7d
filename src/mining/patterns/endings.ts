// What sessions did last: how they ended, and what they had called shortly before; looks at no outcome.
import type { Runs } from './runs.ts';

/** Something about the end of sessions. `last`: the last step was of this kind. `tail`: a step of this kind was among the last runs. */
export interface Ending {
  at: 'last' | 'tail';
  kind: number;
  /** Sessions by number, ascending. */
  sessions: Uint32Array;
}

export interface Endings {
  endings: Ending[];
  /** 1 for sessions with fewer runs than a tail has, which are left out: they can show less, and in the shortest ones nothing went on. */
  short: Uint8Array;
}

/**
 * A tail is of fixed length, so that a long session cannot show more in it than a shorter one. Kept are endings that at least `least`
 * sessions show and as many do not. The lane that ended last is the one that counts.
 */
export function endingsOf(runs: Runs, { tail, least }: { tail: number; least: number }): Endings {
  const last = new Map<number, number[]>();
  const inTail = new Map<number, number[]>();
  const short = new Uint8Array(runs.lengths.length);
  let long = 0;
  for (let session = 0; session < short.length; session++) {
    const { from, to } = lastLane(runs, session);
    short[session] = to - from < tail ? 1 : 0;
    if (short[session] === 1) continue;
    long++;
    add(last, runs.kind[to - 1] ?? 0, session);
    for (const kind of new Set(runs.kind.subarray(to - tail, to))) add(inTail, kind, session);
  }
  const listed = (groups: Map<number, number[]>, at: Ending['at']): Ending[] =>
    [...groups]
      .filter(([, list]) => list.length >= least && long - list.length >= least)
      .map(([kind, list]) => ({ at, kind, sessions: Uint32Array.from(list) }));
  return { endings: [...listed(last, 'last'), ...listed(inTail, 'tail')], short };
}

// The runs of the lane whose last run began last.
function lastLane(runs: Runs, session: number): { from: number; to: number } {
  const end = runs.starts[session + 1] ?? 0;
  let best = { from: end, to: end };
  let latest = -1;
  let from = runs.starts[session] ?? 0;
  for (let i = from; i < end; i++) {
    if (runs.opens[i] === 1) from = i;
    if (i + 1 < end && runs.opens[i + 1] !== 1) continue;
    const step = runs.steps[3 * i] ?? 0;
    if (step > latest) best = { from, to: i + 1 };
    latest = Math.max(latest, step);
  }
  return best;
}

function add(groups: Map<number, number[]>, kind: number, session: number): void {
  const list = groups.get(kind);
  if (list === undefined) groups.set(kind, [session]);
  else list.push(session);
}
