// Who shows each of many patterns, and by which step, in about two bytes a session; knows no pattern.
import { hashWith } from '../../base/hash.ts';
import type { Steps } from './board.ts';

/** Sessions ascending, and for each the step by which it had first shown something. */
export interface Entry {
  /** Written out anew each time that it is asked for. */
  readonly sessions: Uint32Array;
  readonly steps: Steps;
}

/** An entry that is told from others without being written out. */
export interface Listed extends Entry {
  /** Equal where the sessions are and `keyOf` says the same of their steps. */
  hash(keyOf: (step: number) => number): number;
}

export interface Ledger {
  /** Notes that a session shows thing number `thing`; sessions come in ascending order, and of several steps the earliest counts. */
  add(thing: number, session: number, step: number): void;
  entry(thing: number): Listed;
}

/**
 * @param shownBy how many sessions will show each thing
 * @param sessions how many there are
 * @param lastStep no step is later
 */
export function newLedger(shownBy: readonly number[], sessions: number, lastStep: number): Ledger {
  const places = startsOf(shownBy);
  const bytes = startsOf(shownBy.map((shown) => mostBytes(shown, sessions)));
  const total = places.at(-1) ?? 0;
  const steps = lastStep < 256 ? new Uint8Array(total) : new Uint16Array(total);
  const gaps = new Uint8Array(bytes.at(-1) ?? 0);
  // By thing, near each other since they are wanted together: where the next of it goes in both lists, and 1 + who showed it last.
  const next = new Uint32Array(WIDTH * shownBy.length);
  for (let thing = 0; thing < shownBy.length; thing++) {
    next[WIDTH * thing] = places[thing] ?? 0;
    next[WIDTH * thing + 1] = bytes[thing] ?? 0;
  }
  return {
    add(thing, session, step) {
      const own = WIDTH * thing;
      const at = next[own] ?? 0;
      const before = (next[own + 2] ?? 0) - 1;
      if (before === session) {
        // Lanes run side by side, so a later one may show it at an earlier step.
        if (step < (steps[at - 1] ?? 0)) steps[at - 1] = step;
        return;
      }
      steps[at] = step;
      next[own] = at + 1;
      next[own + 1] = writeGap(gaps, next[own + 1] ?? 0, session - before);
      next[own + 2] = session + 1;
    },
    entry(thing) {
      const [from, to] = [places[thing] ?? 0, next[WIDTH * thing] ?? 0];
      const [start, end] = [bytes[thing] ?? 0, next[WIDTH * thing + 1] ?? 0];
      return {
        get sessions() {
          return readGaps(gaps, start, to - from);
        },
        steps: steps.subarray(from, to),
        hash(keyOf) {
          let hash = to - from;
          for (let at = start; at < end; at++) hash = hashWith(hash, gaps[at] ?? 0);
          for (let at = from; at < to; at++) hash = hashWith(hash, keyOf(steps[at] ?? 0));
          return hash;
        },
      };
    },
  };
}

const WIDTH = 4;

function startsOf(sizes: readonly number[]): Float64Array {
  const starts = new Float64Array(sizes.length + 1);
  for (const [k, size] of sizes.entries()) starts[k + 1] = (starts[k] ?? 0) + size;
  return starts;
}

const DIGIT = 7; // bits; the eighth says that there is more

// Gaps add up to the number of sessions at most, so only so many of them can be long.
function mostBytes(shown: number, sessions: number): number {
  let bytes = shown;
  for (let bits = DIGIT; bits < 32; bits += DIGIT) bytes += Math.min(shown, Math.floor(sessions / 2 ** bits));
  return bytes;
}

function writeGap(gaps: Uint8Array, at: number, gap: number): number {
  let [next, rest] = [at, gap];
  for (; rest > 127; rest >>>= DIGIT) gaps[next++] = 128 | (rest & 127);
  gaps[next] = rest;
  return next + 1;
}

function readGaps(gaps: Uint8Array, from: number, count: number): Uint32Array {
  const sessions = new Uint32Array(count);
  let at = from;
  let session = -1;
  for (let k = 0; k < count; k++) {
    let byte = gaps[at++] ?? 0;
    let gap = byte & 127;
    for (let shift = DIGIT; byte > 127; shift += DIGIT) {
      byte = gaps[at++] ?? 0;
      gap |= (byte & 127) << shift;
    }
    session += gap;
    sessions[k] = session;
  }
  return sessions;
}
