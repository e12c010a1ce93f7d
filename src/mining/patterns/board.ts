// Sessions at landmarks: who is compared with whom, and who had shown what by then; knows outcomes only as given zeros and ones.
import { landmarkWeigher, type Showing } from '../../statistics/landmark-scores.ts';
import { boardOf as boardOfRows, type Column, type Weights, weigher } from '../../statistics/stratified-scores.ts';

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
  /** Sessions block by block, and where each block's begin. */
  inBlocks: Uint32Array;
  starts: Uint32Array;
  /** How many landmarks each session got past. */
  reached: Uint8Array;
  landmarks: Landmarks;
  windowOf: (step: number) => number;
  /** Where ends are compared, found out when it is asked for. */
  ends(): Ends;
}

export interface Ends {
  /** By session: the stratum that its end is compared in. */
  strata: Int32Array;
  /** The block of each of these strata. */
  blocks: Int32Array;
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
  for (let i = 0; i < members.length; i++) place[members[i] ?? 0] = i;
  const own = new Uint32Array(members.length);
  for (let i = 0; i < own.length; i++) own[i] = lengths[members[i] ?? 0] ?? 0;
  const { keys: blocks } = numbered(members.length, (i) => strata[members[i] ?? 0] ?? 0);
  const rows = boardOfRows(blocks);
  let ends: Ends | undefined;
  return {
    members,
    place,
    blocks,
    inBlocks: rows.members,
    starts: rows.starts,
    reached: reachedBy(own, landmarks),
    landmarks,
    windowOf: windowsAt(landmarks),
    ends: () => {
      ends ??= endsIn(blocks, own);
      return ends;
    },
  };
}

function reachedBy(lengths: Uint32Array, landmarks: Landmarks): Uint8Array {
  const past = Uint8Array.from(
    { length: (landmarks.at(-1) ?? 0) + GOES_ON + 1 },
    (_, length) => landmarks.findLastIndex((landmark) => length >= landmark + GOES_ON) + 1,
  );
  const reached = new Uint8Array(lengths.length);
  for (let i = 0; i < reached.length; i++) reached[i] = past[Math.min(lengths[i] ?? 0, past.length - 1)] ?? 0;
  return reached;
}

function endsIn(blocks: Int32Array, lengths: Uint32Array): Ends {
  const { keys, count } = numbered(blocks.length, (i) => (blocks[i] ?? 0) * BANDS + lengthBand(lengths[i] ?? 0));
  const blockOfEnds = new Int32Array(count);
  for (let i = 0; i < keys.length; i++) blockOfEnds[keys[i] ?? 0] = blocks[i] ?? 0;
  return { strata: keys, blocks: blockOfEnds };
}

const BANDS = 2048;

// Exact up to 31, then its five leading binary digits: at most 6 % apart.
function lengthBand(length: number): number {
  const dropped = Math.max(0, 27 - Math.clz32(length));
  return (length >>> dropped) + 32 * dropped;
}

/** A function that says for a step the place of the first landmark that is not before it; the number of landmarks where there is none. */
export function windowsAt(landmarks: Landmarks): (step: number) => number {
  const past = (landmarks.at(-1) ?? 0) + 1;
  const windows = Uint8Array.from({ length: past + 1 }, (_, step) =>
    step === past ? landmarks.length : landmarks.findIndex((landmark) => step <= landmark),
  );
  return (step) => windows[Math.min(step, past)] ?? landmarks.length;
}

/** A function that says how each session of the board pulls at a comparison under these outcomes; each answer is written over by the next. */
export function weigherOn(board: Board, outcomes: Uint8Array): (exposure: Exposure) => Weights {
  const { blocks } = board;
  const atLandmarks = landmarkWeigher(board, outcomes);
  let atEnds: ((column: Column) => Weights) | undefined;
  const sheet = newShowing(blocks.length);
  return (exposure) => {
    if (exposure.steps !== undefined) return atLandmarks(placed(board, exposure, sheet));
    atEnds ??= weigherAtEnds(board, outcomes);
    return atEnds(endsOf(board, exposure));
  };
}

function weigherAtEnds(board: Board, outcomes: Uint8Array): (column: Column) => Weights {
  const session = Uint32Array.from(board.blocks, (_, i) => i);
  return weigher(boardOfRows(board.blocks, { session, stratum: board.ends().strata }), outcomes);
}

/** Room for what sessions show. */
export function newShowing(sessions: number): Showing {
  return { count: 0, sessions: new Uint32Array(sessions), landmarks: new Uint8Array(sessions) };
}

/** Who of the board shows it, and by which landmark; written on `sheet`. */
export function placed({ place, windowOf }: Board, { sessions, steps }: Exposure, sheet: Showing): Showing {
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

/** Whose end shows it, and whose is left out. */
export function endsOf({ place, members }: Board, { sessions, without }: Exposure): Column {
  // Where there is none, −1 becomes a number past them all.
  const exposed = sessions.map((who) => place[who] ?? -1).filter((i) => i < members.length);
  if (without === undefined) return { exposed };
  const left = new Uint32Array(members.length);
  let count = 0;
  for (let i = 0; i < members.length; i++) if (without[members[i] ?? 0] === 1) left[count++] = i;
  return { exposed, left: left.subarray(0, count) };
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
