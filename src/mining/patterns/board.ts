// Sessions at landmarks: who is compared with whom, and who had shown what by then; knows outcomes only as given zeros and ones.
import { landmarkWeigher, type Showing } from '../../statistics/landmark-scores.ts';
import { boardOf as boardOfRows, type Column, type Weights, weigher } from '../../statistics/stratified-scores.ts';
import type { TwoByTwo } from '../../statistics/two-by-two.ts';

/** Steps at which sessions that got so far are compared; at most 254. */
export type Landmarks = readonly number[];

/**
 * Calls that a session must still make after a landmark to be compared there. What comes last comes where a session ends, and where
 * failures go on longer, whatever comes last would seem to go with passing.
 */
export const GOES_ON = 1;

/**
 * A session is compared at each landmark that it passed, and once more at its end. Compared are sessions of a task and model (a block)
 * at the same landmark; ends are compared among sessions of the same length instead, or what comes early would seem to go with
 * whatever makes sessions short. Sessions are numbered anew: `members` says which ones they are.
 */
export interface Board {
  members: Uint32Array;
  /** By number of a session among all, its number here, or −1. */
  place: Int32Array;
  blocks: Int32Array;
  /** How many landmarks each session got past. */
  reached: Uint8Array;
  landmarks: Landmarks;
  windowOf: (step: number) => number;
  /** The stratum that the end of each session is compared in, and the block of each of these strata. */
  ends: Int32Array;
  blockOfEnds: Int32Array;
}

/** Something that sessions show: by a step of theirs, or at their end where there are no steps. */
export interface Exposure {
  /** Ascending. */
  sessions: Uint32Array;
  steps?: Steps;
  /** 1 for sessions that are left out of a comparison of ends. */
  without?: Uint8Array;
}

/** Steps of a session count its calls from 1. */
export type Steps = Uint8Array | Uint16Array;

/** @param strata of all sessions; `members` are those that are compared, ascending */
export function boardOf(members: Uint32Array, strata: Int32Array, lengths: Uint32Array, landmarks: Landmarks): Board {
  const place = new Int32Array(strata.length).fill(-1);
  for (const [i, who] of members.entries()) place[who] = i;
  const lengthOf = (i: number) => lengths[members[i] ?? 0] ?? 0;
  const reached = Uint8Array.from(members, (_, i) => landmarks.filter((l) => lengthOf(i) >= l + GOES_ON).length);
  const { keys: blocks } = numbered(members.length, (i) => strata[members[i] ?? 0] ?? 0);
  const { keys: ends, count } = numbered(members.length, (i) => (blocks[i] ?? 0) * BANDS + lengthBand(lengthOf(i)));
  const blockOfEnds = new Int32Array(count);
  for (const [i, stratum] of ends.entries()) blockOfEnds[stratum] = blocks[i] ?? 0;
  return { members, place, blocks, reached, landmarks, windowOf: windowsAt(landmarks), ends, blockOfEnds };
}

const BANDS = 2048;

// Exact up to 31, then its five leading binary digits: at most 6 % apart.
function lengthBand(length: number): number {
  const dropped = Math.max(0, 27 - Math.clz32(length));
  return (length >>> dropped) + 32 * dropped;
}

/** A function that says for a step the place of the first landmark that is not before it; the number of landmarks where there is none. */
export function windowsAt(landmarks: Landmarks): (step: number) => number {
  const windows = Uint8Array.from({ length: (landmarks.at(-1) ?? 0) + 1 }, (_, step) =>
    landmarks.findIndex((landmark) => step <= landmark),
  );
  return (step) => windows[step] ?? landmarks.length;
}

/** A function that says how each session of the board pulls at a comparison under these outcomes. */
export function weigherOn(board: Board, outcomes: Uint8Array): (exposure: Exposure) => Weights {
  const { blocks, ends } = board;
  const atLandmarks = landmarkWeigher(board, outcomes);
  const session = Uint32Array.from(blocks, (_, i) => i);
  const atEnds = weigher(boardOfRows(blocks, { session, stratum: ends }), outcomes);
  const sheet = newShowing(blocks.length);
  return (exposure) =>
    exposure.steps === undefined ? atEnds(endsOf(board, exposure)) : atLandmarks(placed(board, exposure, sheet));
}

function newShowing(sessions: number): Showing {
  return { count: 0, sessions: new Uint32Array(sessions), landmarks: new Uint8Array(sessions) };
}

// Written on `sheet`.
function placed({ place, windowOf }: Board, { sessions, steps }: Exposure, sheet: Showing): Showing {
  const who = sessions;
  let n = 0;
  for (let k = 0; k < who.length; k++) {
    const i = place[who[k] ?? 0] ?? -1;
    if (i < 0) continue;
    sheet.sessions[n] = i;
    sheet.landmarks[n++] = windowOf(steps?.[k] ?? 0);
  }
  sheet.count = n;
  return sheet;
}

function endsOf({ place, members }: Board, { sessions, without }: Exposure): Column {
  // Where there is none, −1 becomes a number past them all.
  const exposed = sessions.map((who) => place[who] ?? -1).filter((i) => i < members.length);
  if (without === undefined) return { exposed };
  return { exposed, left: Uint32Array.from(members.keys()).filter((i) => without[members[i] ?? 0] === 1) };
}

/** The tables of an exposure, and the tasks and models (blocks) in which one of them holds both exposures and both outcomes. */
export interface Tables {
  tables: TwoByTwo[];
  blocks: number;
}

/**
 * One table for each stratum with anyone exposed.
 * @param outcomes 0 or 1 for each session of the board
 */
export function tablesOf(board: Board, exposure: Exposure, outcomes: Uint8Array): Tables {
  return exposure.steps === undefined
    ? tablesAtEnds(board, exposure, outcomes)
    : tablesAtLandmarks(board, exposure, outcomes);
}

function tablesAtEnds(board: Board, exposure: Exposure, outcomes: Uint8Array): Tables {
  const { exposed, left = new Uint32Array(0) } = endsOf(board, exposure);
  const cells = new Uint32Array(4 * board.blockOfEnds.length);
  const sides = new Int8Array(outcomes.length).fill(UNEXPOSED);
  for (const i of left) sides[i] = GONE;
  for (const i of exposed) sides[i] = EXPOSED;
  for (const [i, side] of sides.entries()) if (side !== GONE) countIn(cells, board.ends[i] ?? 0, side, outcomes[i]);
  return tablesIn(cells, (stratum) => board.blockOfEnds[stratum] ?? 0);
}

function tablesAtLandmarks(board: Board, exposure: Exposure, outcomes: Uint8Array): Tables {
  const { blocks, reached, landmarks } = board;
  const { count, sessions, landmarks: by } = placed(board, exposure, newShowing(blocks.length));
  const shown = new Uint8Array(blocks.length).fill(landmarks.length);
  for (let k = 0; k < count; k++) shown[sessions[k] ?? 0] = by[k] ?? landmarks.length;
  const cells = new Uint32Array(4 * landmarks.length * blocks.reduce((most, b) => Math.max(most, b + 1), 0));
  for (let i = 0; i < blocks.length; i++) {
    const last = Math.min(shown[i] ?? 0, (reached[i] ?? 0) - 1);
    for (let at = 0; at <= last; at++)
      countIn(cells, (blocks[i] ?? 0) * landmarks.length + at, at === shown[i] ? EXPOSED : UNEXPOSED, outcomes[i]);
  }
  return tablesIn(cells, (stratum) => Math.floor(stratum / landmarks.length));
}

const EXPOSED = 0;
const UNEXPOSED = 1;
const GONE = 2;

function countIn(cells: Uint32Array, stratum: number, side: number, outcome: number | undefined): void {
  const cell = 4 * stratum + 2 * side + (outcome === 1 ? 0 : 1);
  cells[cell] = (cells[cell] ?? 0) + 1;
}

function tablesIn(cells: Uint32Array, blockOf: (stratum: number) => number): Tables {
  const tables: TwoByTwo[] = [];
  const speaking = new Set<number>();
  for (let at = 0; at < cells.length; at += 4) {
    const [a, b, c, d] = [cells[at] ?? 0, cells[at + 1] ?? 0, cells[at + 2] ?? 0, cells[at + 3] ?? 0];
    if (a + b === 0) continue;
    tables.push({ a, b, c, d });
    if (c + d > 0 && a + c > 0 && b + d > 0) speaking.add(blockOf(at >>> 2));
  }
  return { tables, blocks: speaking.size };
}

// 0, 1, 2, … in order of first appearance.
function numbered(length: number, keyOf: (i: number) => number): { keys: Int32Array; count: number } {
  const numbers = new Map<number, number>();
  const keys = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const key = keyOf(i);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    keys[i] = number;
  }
  return { keys, count: numbers.size };
}
