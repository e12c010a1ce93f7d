// Of many findings that say much the same, the few that say it best; adds none.
import { cochranMantelHaenszel } from '../../statistics/cmh.ts';
import type { Column } from '../../statistics/stratified-scores.ts';
import type { Extract } from '../extract-types.ts';
import { type Board, type Exposure, shownBy, shownEver, tablesOf } from './board.ts';
import { bySimplicity, keyOf, type Sign } from './describe.ts';
import { isLarge, type Judged, judge } from './judge.ts';
import type { Limits } from './limits.ts';

export interface Candidate {
  sign: Sign;
  column: Column;
  exposure: Exposure;
  score: number;
  /** Distinct findings as strong as this that chance alone gives in the mean: −ln(1 − family-wise p), as if they came independently. */
  chance: number;
  outcomes: Uint8Array;
}

const MOST_TRIED = 500;

/**
 * Strongest first, then simplest. A candidate is left out where a stronger one explains it: among sessions that are alike in whether
 * they had shown the stronger one by then, or in whether they ever did, it makes no difference any more (p > `limits.beside`), or
 * the opposite one. Parts of a pattern that matters go this way (also where the rest of it came after the landmark), longer patterns
 * that contain it, and what is done instead of it. What chance would
 * often give beside so many distinct findings ends the list.
 */
export function strongest<C extends Candidate>(
  board: Board,
  candidates: readonly C[],
  limits: Limits,
): { candidate: C; judged: Judged }[] {
  const sorted = [...candidates].sort((a, b) => Math.abs(b.score) - Math.abs(a.score) || bySimplicity(a.sign, b.sign));
  const kept: { candidate: C; judged: Judged; shown: Uint8Array[] }[] = [];
  const taken = new Set<string>();
  for (const candidate of sorted.slice(0, MOST_TRIED)) {
    if (kept.length === limits.findings || candidate.chance > limits.distinct * (kept.length + 1)) break;
    if (taken.has(keyOf(candidate.sign))) continue;
    const judged = judge(board, candidate.column, candidate.outcomes);
    if (judged === undefined || !isLarge(judged, limits)) continue;
    if (kept.some(({ shown }) => shown.some((s) => isExplained(board, candidate, judged, s, limits)))) continue;
    kept.push({ candidate, judged, shown: [shownBy(board, candidate.exposure), shownEver(board, candidate.exposure)] });
    taken.add(keyOf(candidate.sign));
  }
  return kept.map(({ candidate, judged }) => ({ candidate, judged }));
}

function isExplained(
  board: Board,
  { column, outcomes }: Candidate,
  { test }: Judged,
  shown: Uint8Array,
  { beside }: Limits,
): boolean {
  const { tables } = tablesOf(board, column, outcomes, shown);
  const within = cochranMantelHaenszel(tables);
  if (within.kind === 'nothing-to-test' || within.p > beside) return true;
  return Math.sign(within.observed - within.expected) !== Math.sign(test.observed - test.expected);
}

const LEFT_OF_IT = 1 / 3;

/**
 * True where earlier and later sessions of a task, compared apart, show less than a third of the difference: agents and tools change
 * with time, and what became common when results became better is not what made them better.
 */
export function isMatterOfTime(
  board: Board,
  column: Column,
  outcomes: Uint8Array,
  { test }: Judged,
  sessions: readonly Extract[],
): boolean {
  const late = latePart(board, sessions);
  const halves = Uint8Array.from(board.rows.session, (i) => late[i] ?? 0);
  const apart = cochranMantelHaenszel(tablesOf(board, column, outcomes, halves).tables);
  if (apart.kind === 'nothing-to-test') return false;
  return apart.riskDifference.estimate / test.riskDifference.estimate < LEFT_OF_IT;
}

// 1 for the later half of the dated sessions of each block.
function latePart({ blocks, members }: Board, sessions: readonly Extract[]): Uint8Array {
  const late = new Uint8Array(blocks.length);
  const byBlock = new Map<number, { i: number; ms: number }[]>();
  for (const [i, block] of blocks.entries()) {
    const ms = Date.parse(sessions[members[i] ?? 0]?.at ?? '');
    if (!Number.isFinite(ms)) continue;
    const list = byBlock.get(block);
    if (list === undefined) byBlock.set(block, [{ i, ms }]);
    else list.push({ i, ms });
  }
  for (const list of byBlock.values()) {
    list.sort((a, b) => a.ms - b.ms || a.i - b.i);
    for (const { i } of list.slice(Math.ceil(list.length / 2))) late[i] = 1;
  }
  return late;
}
