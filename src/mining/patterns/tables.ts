// Two by two, who showed something and who met a criterion, stratum by stratum of a board; tests nothing.
import type { TwoByTwo } from '../../statistics/two-by-two.ts';
import { type Board, type Exposure, endsOf, newShowing, placed } from './board.ts';

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
  const { strata, blocks } = board.ends();
  const cells = new Uint32Array(4 * blocks.length);
  const sides = new Int8Array(outcomes.length).fill(UNEXPOSED);
  for (const i of left) sides[i] = GONE;
  for (const i of exposed) sides[i] = EXPOSED;
  for (let i = 0; i < sides.length; i++) {
    const side = sides[i] ?? GONE;
    if (side !== GONE) countIn(cells, strata[i] ?? 0, side, outcomes[i]);
  }
  const found = newTables();
  for (let stratum = 0; stratum < blocks.length; stratum++) addTable(found, cells, stratum, blocks[stratum] ?? 0);
  return told(found);
}

function tablesAtLandmarks(board: Board, exposure: Exposure, outcomes: Uint8Array): Tables {
  const { blocks, reached, landmarks, inBlocks: members, starts } = board;
  const { count, sessions, landmarks: by } = placed(board, exposure, newShowing(blocks.length));
  const shown = new Uint8Array(blocks.length).fill(landmarks.length);
  for (let k = 0; k < count; k++) shown[sessions[k] ?? 0] = by[k] ?? landmarks.length;
  // Those of one block: the others have none of their own at the same time.
  const cells = new Uint32Array(4 * landmarks.length);
  const found = newTables();
  for (let block = 0; block + 1 < starts.length; block++) {
    const [from, to] = [starts[block] ?? 0, starts[block + 1] ?? 0];
    let high = -1;
    for (let m = from; m < to; m++) {
      const i = members[m] ?? 0;
      const at = shown[i] ?? 0;
      if (at < (reached[i] ?? 0) && at > high) high = at;
    }
    if (high < 0) continue;
    for (let m = from; m < to; m++) {
      const i = members[m] ?? 0;
      const last = Math.min(shown[i] ?? 0, (reached[i] ?? 0) - 1, high);
      for (let at = 0; at <= last; at++) countIn(cells, at, at === shown[i] ? EXPOSED : UNEXPOSED, outcomes[i]);
    }
    for (let at = 0; at <= high; at++) addTable(found, cells, at, block);
    cells.fill(0, 0, 4 * (high + 1));
  }
  return told(found);
}

const EXPOSED = 0;
const UNEXPOSED = 1;
const GONE = 2;

function countIn(cells: Uint32Array, stratum: number, side: number, outcome: number | undefined): void {
  const cell = 4 * stratum + 2 * side + (outcome === 1 ? 0 : 1);
  cells[cell] = (cells[cell] ?? 0) + 1;
}

interface Found {
  tables: TwoByTwo[];
  speaking: Set<number>;
}

function newTables(): Found {
  return { tables: [], speaking: new Set() };
}

// Only where anyone is exposed.
function addTable({ tables, speaking }: Found, cells: Uint32Array, stratum: number, block: number): void {
  const at = 4 * stratum;
  const [a, b] = [cells[at] ?? 0, cells[at + 1] ?? 0];
  if (a + b === 0) return;
  const [c, d] = [cells[at + 2] ?? 0, cells[at + 3] ?? 0];
  tables.push({ a, b, c, d });
  if (c + d > 0 && a + c > 0 && b + d > 0) speaking.add(block);
}

function told({ tables, speaking }: Found): Tables {
  return { tables, blocks: speaking.size };
}
