// Weighted sums of zeros and ones under 32 arrangements at once, one a bit; holds nothing but sums.
import type { Weights } from './stratified-scores.ts';

/** Arrangements in a word. */
export const LANES = 32;

/**
 * A function that works out, for each of 32 arrangements, the sum of the weights of the sessions whose bit is set. `words` has a
 * word a session and one more, which is 0; bit k is the outcome under arrangement k.
 */
export type LaneSums = (words: Int32Array, sums: Float64Array) => void;

/** Sessions by weight: those of `weights[g]` begin at `starts[g]`; each group is filled up to eights with `nobody`. */
interface Groups {
  weights: Float64Array;
  sessions: Uint32Array;
  starts: Uint32Array;
}

const EIGHT = 8;

/**
 * Prepares weights for many rounds. Sessions of equal weight are counted in binary, a plane of bits a digit, by carry-save adders
 * (Harley & Seal, in Warren 2013, "Hacker's Delight", 5-1): a few operations a session for all 32.
 * @param nobody the number of the word past the last session
 */
export function laneSums(weights: Weights, nobody: number): LaneSums {
  const groups = groupsOf(weights, nobody);
  const planes = new Int32Array(LANES);
  return (words, sums) => {
    sums.fill(0);
    for (let g = 0; g < groups.weights.length; g++) {
      const top = countInPlanes(groups, g, words, planes);
      addPlanes(planes, top, groups.weights[g] ?? 0, sums);
    }
  };
}

function groupsOf({ sessions, weights }: Weights, nobody: number): Groups {
  const { group, values } = numberEqual(weights);
  const starts = new Uint32Array(values.length + 1);
  for (let k = 0; k < group.length; k++) {
    const g = group[k] ?? 0;
    starts[g + 1] = (starts[g + 1] ?? 0) + 1;
  }
  for (let g = 0; g < values.length; g++) {
    starts[g + 1] = (starts[g] ?? 0) + Math.ceil((starts[g + 1] ?? 0) / EIGHT) * EIGHT;
  }
  const list = new Uint32Array(starts[values.length] ?? 0).fill(nobody);
  const next = starts.slice();
  for (let k = 0; k < group.length; k++) {
    const place = next[group[k] ?? 0] ?? 0;
    list[place] = sessions[k] ?? 0;
    next[group[k] ?? 0] = place + 1;
  }
  return { weights: Float64Array.from(values), sessions: list, starts };
}

// A hash table with open addressing: a Map would put every number on the heap, and this was most of the time.
function numberEqual(weights: Float64Array): { group: Uint32Array; values: number[] } {
  const size = 2 ** Math.ceil(Math.log2(2 * weights.length + 2));
  const table = new Int32Array(size).fill(-1);
  const group = new Uint32Array(weights.length);
  const values: number[] = [];
  for (let k = 0; k < weights.length; k++) {
    const weight = weights[k] ?? 0;
    const bits = (weight * 2 ** 32) | 0; // all that tells weights apart, but for whole numbers
    let slot = (Math.imul(bits ^ (bits >>> 15), 0x9e3779b1) >>> 7) & (size - 1);
    while ((table[slot] ?? -1) >= 0 && values[table[slot] ?? 0] !== weight) slot = (slot + 1) & (size - 1);
    if ((table[slot] ?? -1) < 0) {
      table[slot] = values.length;
      values.push(weight);
    }
    group[k] = table[slot] ?? 0;
  }
  return { group, values };
}

/** Counts group `g` under each arrangement: digit p of the count of arrangement k becomes bit k of plane p. Returns the number of digits. */
function countInPlanes({ sessions, starts }: Groups, g: number, words: Int32Array, planes: Int32Array): number {
  const end = starts[g + 1] ?? 0;
  let ones = 0;
  let twos = 0;
  let fours = 0;
  let top = 3;
  planes.fill(0);
  for (let i = starts[g] ?? 0; i < end; i += EIGHT) {
    const a = words[sessions[i] ?? 0] ?? 0;
    const b = words[sessions[i + 1] ?? 0] ?? 0;
    const c = words[sessions[i + 2] ?? 0] ?? 0;
    const d = words[sessions[i + 3] ?? 0] ?? 0;
    const e = words[sessions[i + 4] ?? 0] ?? 0;
    const f = words[sessions[i + 5] ?? 0] ?? 0;
    const h = words[sessions[i + 6] ?? 0] ?? 0;
    const j = words[sessions[i + 7] ?? 0] ?? 0;
    const twosA = carry(ones, a, b);
    ones ^= a ^ b;
    const twosB = carry(ones, c, d);
    ones ^= c ^ d;
    const foursA = carry(twos, twosA, twosB);
    twos ^= twosA ^ twosB;
    const twosC = carry(ones, e, f);
    ones ^= e ^ f;
    const twosD = carry(ones, h, j);
    ones ^= h ^ j;
    const foursB = carry(twos, twosC, twosD);
    twos ^= twosC ^ twosD;
    let rest = carry(fours, foursA, foursB);
    fours ^= foursA ^ foursB;
    for (let p = 3; rest !== 0; p++) {
      const plane = planes[p] ?? 0;
      planes[p] = plane ^ rest;
      rest &= plane;
      if (p >= top) top = p + 1;
    }
  }
  planes[0] = ones;
  planes[1] = twos;
  planes[2] = fours;
  return top;
}

// The digit that three bits carry over; their own digit is x ^ y ^ z.
function carry(x: number, y: number, z: number): number {
  return (x & y) | (z & (x ^ y));
}

// A count is read a byte at a time, of four arrangements at once.
function addPlanes(planes: Int32Array, top: number, weight: number, sums: Float64Array): void {
  for (let first = 0, worth = weight; first < top; first += BYTE, worth *= 2 ** BYTE) {
    const last = Math.min(top, first + BYTE);
    for (let lane = 0; lane < LANES; lane += 4) {
      let counts = 0;
      for (let p = first; p < last; p++) counts |= (APART[((planes[p] ?? 0) >>> lane) & 15] ?? 0) << (p - first);
      sums[lane] = (sums[lane] ?? 0) + worth * (counts & 255);
      sums[lane + 1] = (sums[lane + 1] ?? 0) + worth * ((counts >>> 8) & 255);
      sums[lane + 2] = (sums[lane + 2] ?? 0) + worth * ((counts >>> 16) & 255);
      sums[lane + 3] = (sums[lane + 3] ?? 0) + worth * (counts >>> 24);
    }
  }
}

const BYTE = 8;

/** Four bits, each at the beginning of a byte of its own. */
const APART = Int32Array.from(
  { length: 16 },
  (_, bits) => (bits & 1) | ((bits & 2) << 7) | ((bits & 4) << 14) | ((bits & 8) << 21),
);
