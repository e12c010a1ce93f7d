// Of many findings that say much the same, the few that say it best: each must matter beside all the others together; adds none.
import { ratioScoreOf, type Scoring } from '../../statistics/stratified-scores.ts';
import { besideAll, type Candidate, CRUMB, putBeside, strongestOf, type Tried, triedOf } from './beside.ts';
import type { Board } from './board.ts';
import { bySimplicity } from './describe.ts';
import { isLarge, type Judged, judge } from './judge.ts';
import type { Limits } from './limits.ts';

const MOST_TRIED = 500;

interface Kept<C> extends Tried<C> {
  judged: Judged;
}

/** Findings with a score as high as this, either way, that chance alone gives in the mean. */
export type ChanceOf = (score: number) => number;

/**
 * Strongest first, then simplest, and after each the strongest of what is left when all that are kept have told what they can (see
 * `besideOne`): by who shows them and by when. Parts of a pattern that matters go this way, longer patterns that contain it, what is
 * done instead of it, and what comes along with several that matter. What chance would often give beside so many distinct findings
 * ends the list. In the end each has to be as rare by chance beside all the others as well, those found later included: what comes
 * along with a pattern may have had more luck than the pattern itself.
 */
export function strongest<C extends Candidate>(
  board: Board,
  candidates: readonly C[],
  chanceOf: ChanceOf,
  limits: Limits,
): { candidate: C; judged: Judged }[] {
  const scored = ratioScoreOf(limits.sought);
  const sorted = [...candidates].sort((a, b) => Math.abs(b.score) - Math.abs(a.score) || bySimplicity(a.sign, b.sign));
  let tried = triedOf(board, sorted.slice(0, MOST_TRIED));
  const kept: Kept<C>[] = [];
  while (kept.length < limits.findings) {
    const best = strongestOf(tried, scored);
    if (best === undefined || !isRare(best.score, kept.length + 1, chanceOf, limits)) break;
    const { one } = best;
    tried = tried.filter((other) => other !== one);
    const judged = judge(board, one.candidate.exposure, one.candidate.outcomes);
    if (judged === undefined || !isLarge(judged, limits)) continue;
    kept.push({ ...one, judged });
    putBeside(board, one.candidate, tried);
  }
  return standing(board, kept, scored, chanceOf, limits).map(({ candidate, judged }) => ({ candidate, judged }));
}

// The weakest of so many findings.
function isRare(score: number, findings: number, chanceOf: ChanceOf, { first, distinct }: Limits): boolean {
  return chanceOf(Math.max(0, score - CRUMB)) <= (findings === 1 ? first : distinct * findings);
}

// Without those that the others explain: the weakest goes first, of equal ones the last found, then the rest are looked at again.
function standing<C extends Candidate>(
  board: Board,
  kept: readonly Kept<C>[],
  scored: Scoring,
  chanceOf: ChanceOf,
  limits: Limits,
): Kept<C>[] {
  if (kept.length < 2) return [...kept];
  const scores = kept.map((one) => {
    const others = kept.filter((other) => other !== one).map(({ candidate }) => candidate);
    return besideAll(board, one, others, scored);
  });
  const least = Math.min(...scores);
  if (isRare(least, kept.length, chanceOf, limits)) return [...kept];
  const weakest = scores.findLastIndex((score) => score <= least + CRUMB);
  return standing(board, kept.toSpliced(weakest, 1), scored, chanceOf, limits);
}
