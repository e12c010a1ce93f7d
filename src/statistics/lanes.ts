// Weighted sums of zeros and ones under 32 arrangements at once, one a bit; holds nothing but sums.
import type { Weights } from './stratified-scores.ts';

/** Arrangements in a word. */
export const LANES = 32;

/** Works out, for each arrangement, the sum of the weights of the sessions that have the outcome under it. */
export type LaneSums = (weights: Weights, sums: Float64Array) => void;

const EIGHT = 8;

/**
 * Sums under 32 arrangements a word. Sessions of equal weight are counted in binary, a plane of bits a digit, by carry-save adders
 * (Harley & Seal, in Warren 2013, "Hacker's Delight", 5-1): a few operations a session for all 32.
 * @param words bit k of `words[r][i]` is the outcome of session i under arrangement 32 r + k; the word after the last session is 0.
 * `sums` has room for 32 a word.
 */
export function laneSums(words: readonly Int32Array[]): LaneSums {
  const rounds = words.length;
  const nobody = (words[0]?.length ?? 1) - 1;
  const bits = sideBySide(words);
  const planes = new Int32Array(rounds * LANES);
  const groups = newGroups();
  return (weights, sums) => {
    sums.fill(0);
    group(weights, rounds, nobody, groups);
    for (let g = 0; g < groups.count; g++) {
      const top = countInPlanes(bits, rounds, groups, g, planes);
      for (let r = 0; r < rounds; r++) addPlanes(planes, r * LANES, top, groups.weights[g] ?? 0, sums);
    }
  };
}

// All words of a session next to each other: they are wanted together, and sessions come in no order that memory could foresee.
function sideBySide(words: readonly Int32Array[]): Int32Array {
  const bits = new Int32Array(words.length * (words[0]?.length ?? 0));
  for (const [r, round] of words.entries())
    for (let i = 0, at = r; i < round.length; i++, at += words.length) bits[at] = round[i] ?? 0;
  return bits;
}

/** Sessions by weight, for one question after the other: those of `weights[g]` begin at `starts[g]`; each group is filled up to eights with nobody. */
interface Groups {
  count: number;
  weights: Float64Array;
  starts: Uint32Array;
  /** Where their words begin. */
  places: Uint32Array;
  /** By place in the list of weights. */
  of: Uint32Array;
  /** A hash table with open addressing, of group numbers: a Map would put every number on the heap. */
  slots: Int32Array;
}

function newGroups(): Groups {
  const [weights, starts, places, of] = [new Float64Array(64), new Uint32Array(65), NONE, NONE];
  return { count: 0, weights, starts, places, of, slots: new Int32Array(256) };
}

const NONE = new Uint32Array(0);

function group({ sessions, weights }: Weights, rounds: number, nobody: number, groups: Groups): void {
  if (groups.of.length < weights.length) groups.of = new Uint32Array(2 * weights.length);
  numberEqual(weights, groups);
  const { of, count, starts } = groups;
  starts.fill(0, 0, count + 1);
  for (let k = 0; k < weights.length; k++) {
    const g = of[k] ?? 0;
    starts[g] = (starts[g] ?? 0) + 1;
  }
  let end = 0;
  for (let g = 0; g < count; g++) {
    const size = Math.ceil((starts[g] ?? 0) / EIGHT) * EIGHT;
    starts[g] = end;
    end += size;
  }
  if (groups.places.length < end) groups.places = new Uint32Array(2 * end);
  const { places } = groups;
  places.fill(nobody * rounds, 0, end);
  for (let k = 0; k < weights.length; k++) {
    const g = of[k] ?? 0;
    const place = starts[g] ?? 0;
    places[place] = (sessions[k] ?? 0) * rounds;
    starts[g] = place + 1;
  }
  // Each start has gone on to the end of its group.
  for (let g = count; g > 0; g--) starts[g] = Math.ceil((starts[g - 1] ?? 0) / EIGHT) * EIGHT;
  starts[0] = 0;
}

function numberEqual(weights: Float64Array, groups: Groups): void {
  const { of } = groups;
  groups.count = 0;
  groups.slots.fill(-1);
  for (let k = 0; k < weights.length; k++) {
    const weight = weights[k] ?? 0;
    let slot = slotOf(weight, groups);
    if ((groups.slots[slot] ?? -1) < 0) {
      if (groups.count === groups.weights.length) slot = grow(weight, groups);
      groups.slots[slot] = groups.count;
      groups.weights[groups.count++] = weight;
    }
    of[k] = groups.slots[slot] ?? 0;
  }
}

// The slot of the weight's group, or the free one where it belongs.
function slotOf(weight: number, { slots, weights }: Groups): number {
  const bits = (weight * 2 ** 32) | 0; // all that tells weights apart, but for whole numbers
  let slot = (Math.imul(bits ^ (bits >>> 15), 0x9e3779b1) >>> 7) & (slots.length - 1);
  while ((slots[slot] ?? -1) >= 0 && weights[slots[slot] ?? 0] !== weight) slot = (slot + 1) & (slots.length - 1);
  return slot;
}

// Returns the free slot of a weight that is new.
function grow(weight: number, groups: Groups): number {
  const more = new Float64Array(2 * groups.count);
  more.set(groups.weights);
  groups.weights = more;
  groups.starts = new Uint32Array(2 * groups.count + 1);
  groups.slots = new Int32Array(4 * more.length).fill(-1);
  for (let g = 0; g < groups.count; g++) groups.slots[slotOf(more[g] ?? 0, groups)] = g;
  return slotOf(weight, groups);
}

/**
 * Counts group `g` under each arrangement: digit p of the count of arrangement 32 r + k becomes bit k of the plane 32 r + p, which is 0
 * before. Returns the number of digits.
 */
function countInPlanes(
  bits: Int32Array,
  rounds: number,
  { places, starts }: Groups,
  g: number,
  planes: Int32Array,
): number {
  const end = starts[g + 1] ?? 0;
  let top = 3;
  for (let i = starts[g] ?? 0; i < end; i += EIGHT) {
    const a = places[i] ?? 0;
    const b = places[i + 1] ?? 0;
    const c = places[i + 2] ?? 0;
    const d = places[i + 3] ?? 0;
    const e = places[i + 4] ?? 0;
    const f = places[i + 5] ?? 0;
    const h = places[i + 6] ?? 0;
    const j = places[i + 7] ?? 0;
    for (let r = 0; r < rounds; r++) {
      const first = r * LANES;
      const ones = planes[first] ?? 0;
      const twos = planes[first + 1] ?? 0;
      const fours = planes[first + 2] ?? 0;
      const wa = bits[a + r] ?? 0;
      const wb = bits[b + r] ?? 0;
      const wc = bits[c + r] ?? 0;
      const wd = bits[d + r] ?? 0;
      const we = bits[e + r] ?? 0;
      const wf = bits[f + r] ?? 0;
      const wh = bits[h + r] ?? 0;
      const wj = bits[j + r] ?? 0;
      const ab = ones ^ wa ^ wb;
      const cd = ab ^ wc ^ wd;
      const ef = cd ^ we ^ wf;
      const twosA = carry(ones, wa, wb);
      const twosB = carry(ab, wc, wd);
      const twosC = carry(cd, we, wf);
      const twosD = carry(ef, wh, wj);
      const abcd = twos ^ twosA ^ twosB;
      const foursA = carry(twos, twosA, twosB);
      const foursB = carry(abcd, twosC, twosD);
      planes[first] = ef ^ wh ^ wj;
      planes[first + 1] = abcd ^ twosC ^ twosD;
      planes[first + 2] = fours ^ foursA ^ foursB;
      let rest = carry(fours, foursA, foursB);
      for (let p = 3; rest !== 0; p++) {
        const plane = planes[first + p] ?? 0;
        planes[first + p] = plane ^ rest;
        rest &= plane;
        if (p >= top) top = p + 1;
      }
    }
  }
  return top;
}

// The digit that three bits carry over; their own digit is x ^ y ^ z.
function carry(x: number, y: number, z: number): number {
  return (x & y) | (z & (x ^ y));
}

// A count is read a byte at a time, of four arrangements at once; the planes are 0 afterwards.
function addPlanes(planes: Int32Array, start: number, top: number, weight: number, sums: Float64Array): void {
  for (let first = 0, worth = weight; first < top; first += BYTE, worth *= 2 ** BYTE) {
    const last = Math.min(top, first + BYTE);
    for (let lane = 0; lane < LANES; lane += 4) {
      let counts = 0;
      for (let p = first; p < last; p++)
        counts |= (APART[((planes[start + p] ?? 0) >>> lane) & 15] ?? 0) << (p - first);
      const at = start + lane;
      sums[at] = (sums[at] ?? 0) + worth * (counts & 255);
      sums[at + 1] = (sums[at + 1] ?? 0) + worth * ((counts >>> 8) & 255);
      sums[at + 2] = (sums[at + 2] ?? 0) + worth * ((counts >>> 16) & 255);
      sums[at + 3] = (sums[at + 3] ?? 0) + worth * (counts >>> 24);
    }
  }
  planes.fill(0, start, start + top);
}

const BYTE = 8;

/** Four bits, each at the beginning of a byte of its own. */
const APART = Int32Array.from(
  { length: 16 },
  (_, bits) => (bits & 1) | ((bits & 2) << 7) | ((bits & 4) << 14) | ((bits & 8) << 21),
);
