// Sessions at landmarks: who is compared with whom, and who had shown what by then; knows outcomes only as given zeros and ones.
import type { Column, Rows } from '../../statistics/stratified-scores.ts';
import type { TwoByTwo } from '../../statistics/two-by-two.ts';

/** Steps at which sessions that got so far are compared. */
export type Landmarks = readonly number[];

/**
 * Calls that a session must still make after a landmark to be compared there. What comes last comes where a session ends, and where
 * failures go on longer, whatever comes last would seem to go with passing.
 */
export const GOES_ON = 1;

/**
 * A session has a row at each landmark that it passed, and one more for its end. Strata are task and model and the landmark; ends
 * are compared among sessions of the same length instead, or what comes early would seem to go with whatever makes sessions short.
 * Sessions are numbered anew: `members` says which ones they are.
 */
export interface Board {
  members: Uint32Array;
  /** By number of a session among all, its number here, or −1. */
  place: Int32Array;
  blocks: Int32Array;
  rows: Rows;
  /** The block of each stratum, and how many rows it has. */
  blockOf: Int32Array;
  inStratum: Uint32Array;
  /** First row of each session here; the row of its end is `first + reached`. */
  first: Uint32Array;
  reached: Uint8Array;
  landmarks: Landmarks;
}

/** Something that sessions show: by a step of theirs, or at their end where there are no steps. */
export interface Exposure {
  sessions: Uint32Array;
  steps?: Uint16Array;
  /** 1 for sessions that are left out of a comparison of ends. */
  without?: Uint8Array;
}

/** @param strata of all sessions; `members` are those that are compared, ascending */
export function boardOf(members: Uint32Array, strata: Int32Array, lengths: Uint32Array, landmarks: Landmarks): Board {
  const place = new Int32Array(strata.length).fill(-1);
  const first = new Uint32Array(members.length + 1);
  const reached = new Uint8Array(members.length);
  for (const [i, who] of members.entries()) {
    place[who] = i;
    reached[i] = landmarks.filter((landmark) => (lengths[who] ?? 0) >= landmark + GOES_ON).length;
    first[i + 1] = (first[i] ?? 0) + (reached[i] ?? 0) + 1;
  }
  const { keys: blocks } = numbered(members.length, (i) => strata[members[i] ?? 0] ?? 0);
  const session = new Uint32Array(first[members.length] ?? 0);
  for (let i = 0; i < members.length; i++) session.fill(i, first[i], first[i + 1]);
  const { keys: stratum, count } = numbered(session.length, (row) => {
    const i = session[row] ?? 0;
    const isEnd = row + 1 === first[i + 1];
    const cell = isEnd ? landmarks.length + lengthBand(lengths[members[i] ?? 0] ?? 0) : row - (first[i] ?? 0);
    return (blocks[i] ?? 0) * CELLS + cell;
  });
  const blockOf = new Int32Array(count);
  const inStratum = new Uint32Array(count);
  for (const [row, s] of stratum.entries()) {
    blockOf[s] = blocks[session[row] ?? 0] ?? 0;
    inStratum[s] = (inStratum[s] ?? 0) + 1;
  }
  return { members, place, blocks, rows: { session, stratum }, blockOf, inStratum, first, reached, landmarks };
}

const CELLS = 2048;

// Exact up to 31, then its five leading binary digits: at most 6 % apart.
function lengthBand(length: number): number {
  const dropped = Math.max(0, 27 - Math.clz32(length));
  return (length >>> dropped) + 32 * dropped;
}

/** The place of the first landmark that is not before `step`; the number of landmarks where there is none. */
export function windowOf(step: number, landmarks: Landmarks): number {
  const at = landmarks.findIndex((landmark) => step <= landmark);
  return at < 0 ? landmarks.length : at;
}

/** The column of an exposure, put together each time that it is looked at: thousands of them would not fit in memory. */
export function columnOf(board: Board, exposure: Exposure): Column {
  const ends = exposure.steps === undefined;
  return {
    get exposed() {
      return ends ? endRows(board, exposure) : exposedRows(board, exposure);
    },
    get left() {
      return ends ? leftOutRows(board, exposure) : laterRows(board, exposure);
    },
  };
}

function exposedRows(board: Board, { sessions, steps }: Exposure): Uint32Array {
  const rows = new Uint32Array(sessions.length);
  let n = 0;
  for (let k = 0; k < sessions.length; k++) {
    const i = board.place[sessions[k] ?? 0] ?? -1;
    if (i < 0) continue;
    const window = windowOf(steps?.[k] ?? 0, board.landmarks);
    if (window < (board.reached[i] ?? 0)) rows[n++] = (board.first[i] ?? 0) + window;
  }
  return rows.subarray(0, n);
}

// Rows at landmarks after the one by which it was first shown.
function laterRows(board: Board, { sessions, steps }: Exposure): Uint32Array {
  const rows = new Uint32Array(sessions.length * board.landmarks.length);
  let n = 0;
  for (let k = 0; k < sessions.length; k++) {
    const i = board.place[sessions[k] ?? 0] ?? -1;
    if (i < 0) continue;
    const first = board.first[i] ?? 0;
    const window = windowOf(steps?.[k] ?? 0, board.landmarks);
    for (let l = window + 1; l < (board.reached[i] ?? 0); l++) rows[n++] = first + l;
  }
  return rows.subarray(0, n);
}

function endRows(board: Board, { sessions }: Exposure): Uint32Array {
  const rows: number[] = [];
  for (const who of sessions) {
    const i = board.place[who] ?? -1;
    if (i >= 0) rows.push((board.first[i + 1] ?? 0) - 1);
  }
  return Uint32Array.from(rows);
}

function leftOutRows(board: Board, { without }: Exposure): Uint32Array {
  if (without === undefined) return new Uint32Array(0);
  const rows: number[] = [];
  for (const [i, who] of board.members.entries()) if (without[who] === 1) rows.push((board.first[i + 1] ?? 0) - 1);
  return Uint32Array.from(rows);
}

/** 1 for the blocks in which both outcomes occur. */
export function mixedBlocks({ blocks }: Board, outcomes: Uint8Array): Uint8Array {
  const seen = new Uint8Array(blocks.length);
  for (const [i, block] of blocks.entries()) seen[block] = (seen[block] ?? 0) | (outcomes[i] === 1 ? 2 : 1);
  return seen.map((both) => (both === 3 ? 1 : 0));
}

/** In how many of the given blocks a column holds both exposures in one stratum; no order of the outcomes can make more of them speak. */
export function blocksAtMost(
  { rows, blockOf, inStratum }: Board,
  { exposed, left = NONE }: Column,
  given: Uint8Array,
): number {
  const others = new Map<number, number>();
  for (const row of exposed) {
    const s = rows.stratum[row] ?? 0;
    if (given[blockOf[s] ?? 0] === 1) others.set(s, (others.get(s) ?? inStratum[s] ?? 0) - 1);
  }
  for (const row of left) {
    const s = rows.stratum[row] ?? 0;
    const count = others.get(s);
    if (count !== undefined) others.set(s, count - 1);
  }
  return new Set([...others].flatMap(([s, count]) => (count > 0 ? [blockOf[s]] : []))).size;
}

const NONE = new Uint32Array(0);

/** The tables of a column, and the tasks and models (blocks) in which one of them holds both exposures and both outcomes. */
export interface Tables {
  tables: TwoByTwo[];
  blocks: number;
}

/**
 * One table for each stratum with anyone exposed.
 * @param outcomes 0 or 1 for each session of the board
 */
export function tablesOf(board: Board, column: Column, outcomes: Uint8Array): Tables {
  const { session, stratum } = board.rows;
  const cells = new Uint32Array(4 * board.blockOf.length);
  const state = new Uint8Array(stratum.length);
  for (const row of column.left ?? []) state[row] = GONE;
  for (const row of column.exposed) state[row] = EXPOSED;
  for (let row = 0; row < state.length; row++) {
    if (state[row] === GONE) continue;
    const cell =
      4 * (stratum[row] ?? 0) + (state[row] === EXPOSED ? 0 : 2) + (outcomes[session[row] ?? 0] === 1 ? 0 : 1);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  return tablesIn(cells, board.blockOf);
}

const EXPOSED = 1;
const GONE = 2;

function tablesIn(cells: Uint32Array, blockOf: Int32Array): Tables {
  const tables: TwoByTwo[] = [];
  const speaking = new Set<number>();
  for (let at = 0; at < cells.length; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = cells.subarray(at, at + 4);
    if (a + b === 0) continue;
    tables.push({ a, b, c, d });
    if (c + d > 0 && a + c > 0 && b + d > 0) speaking.add(blockOf[at >>> 2] ?? 0);
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
