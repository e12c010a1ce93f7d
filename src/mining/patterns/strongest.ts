// Of many findings that say much the same, the few that say it best; adds none.
import { cochranMantelHaenszel } from '../../statistics/cmh.ts';
import type { Column } from '../../statistics/stratified-scores.ts';
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

interface Kept<C> {
  candidate: C;
  judged: Judged;
  /** By row: whether its session had shown it by then, and whether it ever does. */
  shown: Uint8Array[];
}

/**
 * Strongest first, then simplest. A candidate is left out where a stronger one explains it: among sessions that are alike in whether
 * they had shown the stronger one by then, or in whether they ever did, it makes no difference any more (p > `limits.beside`, or
 * `limits.kin`), or one that is smaller by a third. Parts of a pattern that matters go this way (also where the rest of it came after
 * the landmark), longer patterns that contain it, what is done instead of it, and what comes along with it and has luck besides. What
 * chance would often give beside so many distinct findings ends the list. In the end those go that a weaker finding explains: what
 * comes along with a pattern may have had more luck than the pattern itself.
 */
export function strongest<C extends Candidate>(
  board: Board,
  candidates: readonly C[],
  limits: Limits,
): { candidate: C; judged: Judged }[] {
  const sorted = [...candidates].sort((a, b) => Math.abs(b.score) - Math.abs(a.score) || bySimplicity(a.sign, b.sign));
  const kept: Kept<C>[] = [];
  const taken = new Set<string>();
  for (const candidate of sorted.slice(0, MOST_TRIED)) {
    const byChance = kept.length === 0 ? limits.first : limits.distinct * (kept.length + 1);
    if (kept.length === limits.findings || candidate.chance > byChance) break;
    if (taken.has(keyOf(candidate.sign))) continue;
    const judged = judge(board, candidate.column, candidate.outcomes);
    if (judged === undefined || !isLarge(judged, limits)) continue;
    const one = { candidate, judged };
    if (kept.some((other) => isExplained(board, one, other, limits))) continue;
    kept.push({ ...one, shown: [shownBy(board, candidate.exposure), shownEver(board, candidate.exposure)] });
    taken.add(keyOf(candidate.sign));
  }
  return kept
    .filter((one) => !kept.some((other) => other !== one && isExplained(board, one, other, limits)))
    .map(({ candidate, judged }) => ({ candidate, judged }));
}

function isExplained(
  board: Board,
  { candidate: { sign, column, outcomes }, judged: { test } }: Omit<Kept<Candidate>, 'shown'>,
  other: Kept<Candidate>,
  { beside, kin, left }: Limits,
): boolean {
  const tools = new Set(toolsOf(other.candidate.sign));
  const needed = toolsOf(sign).some((tool) => tools.has(tool)) ? kin : beside;
  return other.shown.some((shown) => {
    const within = cochranMantelHaenszel(tablesOf(board, column, outcomes, shown).tables);
    if (within.kind === 'nothing-to-test' || within.p > needed) return true;
    return within.riskDifference.estimate / test.riskDifference.estimate < left;
  });
}

function toolsOf(sign: Sign): string[] {
  return sign.type === 'ending' ? [sign.kind.tool] : sign.parts.map(({ tool }) => tool);
}
