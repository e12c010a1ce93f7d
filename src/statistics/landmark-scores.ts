// How much each session pulls at a comparison at one landmark after the other: what `weigher` says of rows of sessions at landmarks, without the rows; looks at no outcome but to scale.
import { boardOf, roundedShare, scalesOf, type Weights } from './stratified-scores.ts';

/** Sessions that are compared within blocks at as many landmarks as they got past. */
export interface Course {
  blocks: Int32Array;
  /** By session: how many landmarks it got past, the first ones. */
  reached: Uint8Array;
}

/** Who showed something, and by which landmark, counted from 0. The first `count` count; each session once. */
export interface Showing {
  count: number;
  sessions: Uint32Array;
  landmarks: Uint8Array;
}

/** Landmarks are numbered below this. */
const MOST = 255;
const NEVER = MOST;

/**
 * A function that weighs showings under these outcomes. Compared at a landmark are the sessions of a block that got past it and had
 * not shown it by the landmark before; exposed are those that showed it by this one. With a row for every session and landmark it got
 * past, a stratum for every block and landmark, and later rows left out, `weigher` gives the very same weights in the same order,
 * but needs a pass over all those rows. What it gives is written over by the next call.
 */
export function landmarkWeigher({ blocks, reached }: Course, outcomes: Uint8Array): (showing: Showing) => Weights {
  const { members, starts } = boardOf(blocks);
  const scales = scalesOf(blocks, outcomes);
  const done = new Uint8Array(scales.length);
  const sheet: Sheet = {
    members,
    reached,
    shown: new Uint8Array(blocks.length).fill(NEVER),
    last: new Int16Array(blocks.length),
    exposed: new Uint32Array(MOST + 1),
    leaving: new Uint32Array(MOST + 1),
    pulled: new Float64Array(MOST + 1),
    sessions: new Uint32Array(blocks.length),
    weights: new Float64Array(blocks.length),
    count: 0,
  };
  const { shown, sessions: pulling, weights } = sheet;
  return ({ count, sessions, landmarks }) => {
    for (let k = 0; k < count; k++) shown[sessions[k] ?? 0] = landmarks[k] ?? NEVER;
    sheet.count = 0;
    let variance = 0;
    for (let k = 0; k < count; k++) {
      const who = sessions[k] ?? 0;
      const block = blocks[who] ?? 0;
      if (done[block] === 1 || (landmarks[k] ?? NEVER) >= (reached[who] ?? 0)) continue;
      done[block] = 1;
      const scale = scales[block] ?? 0;
      if (scale === 0) continue;
      let at = sheet.count;
      addBlock(sheet, starts[block] ?? 0, starts[block + 1] ?? 0);
      // As `spreadOf` adds up, while they are near at hand.
      for (; at < sheet.count; at++) variance += scale * (weights[at] ?? 0) * (weights[at] ?? 0);
    }
    for (let k = 0; k < count; k++) {
      const who = sessions[k] ?? 0;
      shown[who] = NEVER;
      done[blocks[who] ?? 0] = 0;
    }
    return {
      sessions: pulling.subarray(0, sheet.count),
      weights: weights.subarray(0, sheet.count),
      spread: Math.sqrt(variance),
    };
  };
}

/** Scratch paper for one showing after the other. */
interface Sheet {
  /** Sessions block by block, and how many landmarks each got past. */
  members: Uint32Array;
  reached: Uint8Array;
  /** By session: the landmark by which it showed it, or NEVER; and the last one at which it is compared, which is the same where it is exposed. */
  shown: Uint8Array;
  last: Int16Array;
  /** By landmark, 0 again once a block is done: sessions exposed there; sessions compared there and at no later one. */
  exposed: Uint32Array;
  leaving: Uint32Array;
  /** By landmark, from the first with anyone exposed to the last: the shares of all up to it. */
  pulled: Float64Array;
  /** The first `count` are in use. */
  sessions: Uint32Array;
  weights: Float64Array;
  count: number;
}

/** @param from the block's members lie from this place to before another */
function addBlock(sheet: Sheet, from: number, to: number): void {
  const { members, reached, shown } = sheet;
  let low = NEVER;
  let high = 0;
  let exposed = 0;
  for (let m = from; m < to; m++) {
    const who = members[m] ?? 0;
    const by = shown[who] ?? NEVER;
    if (by >= (reached[who] ?? 0)) continue;
    exposed++;
    if (by < low) low = by;
    if (by > high) high = by;
  }
  if (low === high) addLandmark(sheet, from, to, low, exposed);
  else addLandmarks(sheet, from, to, low, high);
}

// All who show it do so by the same landmark, as mostly: then whoever got past that is compared, and at no other.
function addLandmark(sheet: Sheet, from: number, to: number, at: number, exposed: number): void {
  const { members, reached, shown, sessions, weights } = sheet;
  const first = sheet.count;
  let next = first;
  for (let m = from; m < to; m++) {
    const who = members[m] ?? 0;
    if ((reached[who] ?? 0) > at) sessions[next++] = who;
  }
  // Nobody to compare with.
  if (next - first === exposed) return;
  const share = roundedShare(exposed, next - first);
  for (let k = first; k < next; k++) weights[k] = shown[sessions[k] ?? 0] === at ? 1 - share : -share;
  sheet.count = next;
}

function addLandmarks(sheet: Sheet, from: number, to: number, low: number, high: number): void {
  const { members, reached, shown, last, exposed, leaving } = sheet;
  let later = 0;
  for (let m = from; m < to; m++) {
    const who = members[m] ?? 0;
    const past = reached[who] ?? 0;
    const by = shown[who] ?? NEVER;
    const at = by < past ? by : past - 1;
    if (by < past) exposed[by] = (exposed[by] ?? 0) + 1;
    last[who] = at;
    if (at > high) later++;
    else if (at >= low) leaving[at] = (leaving[at] ?? 0) + 1;
  }
  addShares(low, high, later, sheet);
  weigh(sheet, from, to, high);
  for (let at = low; at <= high; at++) exposed[at] = leaving[at] = 0;
}

// Whoever is compared at a landmark is compared at all before it.
function addShares(low: number, high: number, later: number, { exposed, leaving, pulled }: Sheet): void {
  let compared = later;
  for (let at = high; at >= low; at--) {
    compared += leaving[at] ?? 0;
    pulled[at] = (exposed[at] ?? 0) === 0 ? 0 : roundedShare(exposed[at] ?? 0, compared);
    // Nobody to compare with: it says nothing, and nobody comes later than those who are left here.
    if (exposed[at] === compared) exposed[at] = 0;
  }
  for (let at = low + 1; at <= high; at++) pulled[at] = (pulled[at] ?? 0) + (pulled[at - 1] ?? 0);
}

/**
 * In the order in which the strata of those exposed would be gone through: everybody who is compared where the first one shows it, then
 * where that is earlier, whoever is compared there and not later.
 */
function weigh(sheet: Sheet, from: number, to: number, high: number): void {
  const { members, shown, last, exposed, pulled, sessions, weights } = sheet;
  let before = NEVER;
  for (let m = from; m < to; m++) {
    const by = shown[members[m] ?? 0] ?? NEVER;
    if (by >= before || by !== last[members[m] ?? 0] || exposed[by] === 0) continue;
    for (let o = from; o < to; o++) {
      const who = members[o] ?? 0;
      const at = last[who] ?? 0;
      if (at < by || at >= before) continue;
      sessions[sheet.count] = who;
      weights[sheet.count++] = (shown[who] === at ? 1 : 0) - (pulled[Math.min(at, high)] ?? 0);
    }
    before = by;
  }
}
