// Who shows each of many patterns, and by which step, in about two bytes a session; knows no pattern.
import type { Steps } from './board.ts';

/** Sessions ascending, and for each the step by which it had first shown something. */
export interface Entry {
  /** Written out anew each time that it is asked for. */
  readonly sessions: Uint32Array;
  readonly steps: Steps;
}

export interface Ledger {
  /** Notes that a session shows thing number `thing`; sessions come in ascending order, and of several steps the earliest counts. */
  add(thing: number, session: number, step: number): void;
  entry(thing: number): Entry;
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
  const nextPlace = places.slice();
  const nextByte = bytes.slice();
  const last = new Int32Array(shownBy.length).fill(-1);
  return {
    add(thing, session, step) {
      const at = nextPlace[thing] ?? 0;
      const before = last[thing] ?? -1;
      if (before === session) {
        // Lanes run side by side, so a later one may show it at an earlier step.
        steps[at - 1] = Math.min(steps[at - 1] ?? step, step);
        return;
      }
      last[thing] = session;
      steps[at] = step;
      nextPlace[thing] = at + 1;
      nextByte[thing] = writeGap(gaps, nextByte[thing] ?? 0, session - before);
    },
    entry(thing) {
      const [from, to] = [places[thing] ?? 0, nextPlace[thing] ?? 0];
      const start = bytes[thing] ?? 0;
      return {
        get sessions() {
          return readGaps(gaps, start, to - from);
        },
        steps: steps.subarray(from, to),
      };
    },
  };
}

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
