// How much each session pulls at a comparison at one landmark after the other: what `weigher` says of rows of sessions at landmarks, without the rows; looks at no outcome but to scale.
import { roundedShare, scalesOf, type Weights } from './stratified-scores.ts';

/** Sessions that are compared within blocks at as many landmarks as they got past. Blocks come one after the other, ascending. */
export interface Course {
  blocks: Int32Array;
  /** By session: how many landmarks it got past, the first ones. */
  reached: Uint8Array;
}

/** Who showed something, and by which landmark, counted from 0. The first `count` count; each session once, in ascending order. */
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
  const starts = startsOf(blocks);
  const scales = scalesOf(blocks, outcomes);
  const sheet: Sheet = {
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
  return (showing) => {
    let variance = 0;
    sheet.count = 0;
    for (let k = 0; k < showing.count; ) {
      const who = showing.sessions[k] ?? 0;
      const block = blocks[who] ?? 0;
      const scale = scales[block] ?? 0;
      let at = sheet.count;
      k = addBlock(showing, k, starts[block] ?? 0, starts[block + 1] ?? 0, scale > 0, sheet);
      // As `spreadOf` adds up, while they are near at hand.
      for (; at < sheet.count; at++) variance += scale * (sheet.weights[at] ?? 0) * (sheet.weights[at] ?? 0);
    }
    return {
      sessions: sheet.sessions.subarray(0, sheet.count),
      weights: sheet.weights.subarray(0, sheet.count),
      spread: Math.sqrt(variance),
    };
  };
}

// Where each block begins, and past the last one how many sessions there are.
function startsOf(blocks: Int32Array): Uint32Array {
  const starts = new Uint32Array((blocks.at(-1) ?? -1) + 2);
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i] ?? 0;
    if (i > 0 && block < (blocks[i - 1] ?? 0)) throw new Error('blocks come one after the other');
    starts[block + 1] = i + 1;
  }
  for (let b = 1; b < starts.length; b++) starts[b] = Math.max(starts[b] ?? 0, starts[b - 1] ?? 0);
  return starts;
}

/** Scratch paper for one showing after the other. */
interface Sheet {
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

/**
 * Goes on from place k of a showing to past the sessions of the block, which are those from `from` to before `to`; returns where it got.
 * @param speaks whether its outcomes can vary
 */
function addBlock(
  { count, sessions, landmarks }: Showing,
  first: number,
  from: number,
  to: number,
  speaks: boolean,
  sheet: Sheet,
): number {
  const { reached, shown } = sheet;
  let low = NEVER;
  let high = 0;
  let exposed = 0;
  let k = first;
  for (; k < count; k++) {
    const who = sessions[k] ?? 0;
    if (who >= to) break;
    const by = landmarks[k] ?? NEVER;
    // Who shows it later than they are compared is compared like those who never do.
    if (by >= (reached[who] ?? 0)) continue;
    shown[who] = by;
    exposed++;
    if (by < low) low = by;
    if (by > high) high = by;
  }
  if (exposed === 0) return k;
  if (speaks && low === high) addLandmark(sheet, from, to, low, exposed);
  else if (speaks) addLandmarks(sheet, from, to, low, high);
  for (let who = from; who < to; who++) shown[who] = NEVER;
  return k;
}

// All who show it do so by the same landmark, as mostly: then whoever got past that is compared, and at no other.
function addLandmark(sheet: Sheet, from: number, to: number, at: number, exposed: number): void {
  const { reached, shown, sessions, weights } = sheet;
  const first = sheet.count;
  let next = first;
  for (let who = from; who < to; who++) if ((reached[who] ?? 0) > at) sessions[next++] = who;
  // Nobody to compare with.
  if (next - first === exposed) return;
  const share = roundedShare(exposed, next - first);
  for (let k = first; k < next; k++) weights[k] = shown[sessions[k] ?? 0] === at ? 1 - share : -share;
  sheet.count = next;
}

function addLandmarks(sheet: Sheet, from: number, to: number, low: number, high: number): void {
  const { reached, shown, last, exposed, leaving } = sheet;
  let later = 0;
  for (let who = from; who < to; who++) {
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
  const { shown, last, exposed, pulled, sessions, weights } = sheet;
  let before = NEVER;
  for (let first = from; first < to; first++) {
    const by = shown[first] ?? NEVER;
    if (by >= before || by !== last[first] || exposed[by] === 0) continue;
    for (let who = from; who < to; who++) {
      const at = last[who] ?? 0;
      if (at < by || at >= before) continue;
      sessions[sheet.count] = who;
      weights[sheet.count++] = (shown[who] === at ? 1 : 0) - (pulled[Math.min(at, high)] ?? 0);
    }
    before = by;
  }
}
