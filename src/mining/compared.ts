// Which sessions outcomes are compared over: all of a few thousand, and of more all but the newest few; looks at no outcome.
import { quickHash } from '../base/hash.ts';
import type { Extract } from './extract-types.ts';

const LEAST = 8192; // sessions; fewer are compared anew whenever one comes
const STEPS = 32; // in which the compared sessions double
const ANCHORS = 4; // of the oldest sessions a quarter of a step is where the first may be

/** Who is compared, in the order given, and how many were left out at either end of time. */
export interface ComparedSessions {
  sessions: readonly Extract[];
  older: number;
  newer: number;
}

/**
 * To compare outcomes with chance means to deal them out again thousands of times among all sessions, so a single new session would cost
 * as much as all of them. Therefore the compared sessions follow those that there are in steps of a thirty-second to a sixty-fourth:
 * a night that brings no whole step brings nothing new to compare, and what was found stands. The choice follows from the
 * sessions alone, so the same sessions are compared whatever was mined before. So that it also stands while old sessions
 * are given up, the first one compared is, of the oldest few, the one with the smallest hash.
 */
export function comparedOf(sessions: readonly Extract[]): ComparedSessions {
  if (sessions.length < LEAST) return { sessions, older: 0, newer: 0 };
  const step = 2 ** Math.floor(Math.log2(sessions.length)) / STEPS;
  const inTime = inOrderOfTime(sessions);
  const first = smallest(inTime.subarray(0, step / ANCHORS), sessions);
  const count = Math.floor((sessions.length - first) / step) * step;
  const chosen = inTime
    .subarray(first, first + count)
    .slice()
    .sort();
  return {
    sessions: Array.from(chosen, (place) => sessions[place]).filter((session) => session !== undefined),
    older: first,
    newer: sessions.length - first - count,
  };
}

// Undated ones first: nobody knows that they are new.
function inOrderOfTime(sessions: readonly Extract[]): Uint32Array {
  const times = Float64Array.from(sessions, ({ at = '' }) => {
    const ms = Date.parse(at);
    return Number.isFinite(ms) ? ms : Number.NEGATIVE_INFINITY;
  });
  const names = sessions.map(({ session }) => session);
  return Uint32Array.from(sessions.keys()).sort((a, b) => {
    const [x, y] = [times[a] ?? 0, times[b] ?? 0];
    if (x !== y) return x - y;
    const [one, other] = [names[a] ?? '', names[b] ?? ''];
    return one < other ? -1 : one > other ? 1 : 0;
  });
}

function smallest(places: Uint32Array, sessions: readonly Extract[]): number {
  const hashes = Array.from(places, (place) => quickHash(sessions[place]?.session ?? ''));
  let least = 0;
  for (const [i, hash] of hashes.entries()) if (hash < (hashes[least] ?? '')) least = i;
  return least;
}
