// Sequential landmarks: what goes with outcomes within tasks, found among all sessions and tried on the older and the newest apart; words no claim.
import { normalCdf } from '../../statistics/normal.ts';
import { scoreOf, sumWith } from '../../statistics/stratified-scores.ts';
import type { Criterion } from '../outcomes.ts';
import { type Board, boardOf, type Exposure, weigherOn } from './board.ts';
import { compareAll, outcomesOn } from './compare.ts';
import type { Sign } from './describe.ts';
import { type Group, groupsOf } from './groups.ts';
import { type Judged, judge } from './judge.ts';
import type { Limits } from './limits.ts';
import type { Population } from './population.ts';
import { type Signs, signsOf } from './signs.ts';
import { strongest } from './strongest.ts';
import { boardByTime, isMatterOfTime } from './time.ts';

/** Something that went with meeting a criterion or not. */
export interface Association extends Judged {
  sign: Sign;
  criterion: Criterion;
  /** False-discovery rate among everything that was searched, by permutation. */
  q: number;
  /** In the newest sessions and in those before: absent where they cannot tell. */
  newest?: Part;
  older?: Part;
  /** True where less than half of the difference is left among sessions that are neighbours in time. */
  time: boolean;
}

/** A part of the sessions by itself: one-sided p of the difference that all of them show, and the risk difference there. */
export interface Part {
  p: number;
  riskDifference: number;
}

export interface Searched {
  /** Sessions of repeated tasks with an outcome. */
  sessions: number;
  /** True where they are too few to search. */
  few: boolean;
  criteria: number;
  /** Patterns and endings that were compared, patterns that were too many, criteria that were judged in too few sessions or too differently. */
  signs: number;
  left: number;
  unsearched: number;
  /** The least false-discovery rate that anything came to, and how many came to `limits.q` before the other rules. */
  least: number;
  significant: number;
  found: Association[];
}

export function searchAssociations(population: Population, limits: Limits): Searched {
  const groups = groupsOf(population.criteria).filter((group) => group.members.length >= limits.sessions);
  const searched = groups.slice(0, limits.groups);
  const base = {
    sessions: population.strata.length,
    criteria: searched.reduce((sum, g) => sum + g.criteria.length, 0),
    unsearched: population.criteria.length - searched.reduce((sum, g) => sum + g.criteria.length, 0),
  };
  if (searched.length === 0) return { ...base, few: true, signs: 0, left: 0, least: 1, significant: 0, found: [] };
  const signs = signsOf(population.runs, population.strata, limits);
  const results = searched.map((group) => searchGroup(population, group, signs, limits, searched.length));
  return {
    ...base,
    few: false,
    signs: Math.max(...results.map((r) => r.searched)),
    left: signs.left,
    least: Math.min(1, ...results.map((r) => r.least)),
    significant: results.reduce((sum, r) => sum + r.significant, 0),
    found: results
      .flatMap((r) => r.found)
      .sort((a, b) => a.q - b.q || b.test.chiSquare - a.test.chiSquare)
      .slice(0, limits.findings),
  };
}

function searchGroup(
  population: Population,
  { criteria, members }: Group,
  signs: Signs,
  limits: Limits,
  groups: number,
): { searched: number; least: number; significant: number; found: Association[] } {
  const { strata, runs, times } = population;
  const boardOfPlaces = (places: readonly number[]) =>
    boardOf(Uint32Array.from(places), strata, runs.lengths, limits.landmarks);
  const board = boardOfPlaces(members);
  const { searched, significant, least, chanceOf } = compareAll(
    { board, criteria, signs, seed: population.seed, groups },
    limits,
  );
  const kept = strongest(board, significant, chanceOf, limits);
  const [older, newest] = [0, 1].map((side) => boardOfPlaces(members.filter((p) => population.newest[p] === side)));
  const byTime = boardByTime(board, strata, runs.lengths, limits.landmarks, times);
  const found = kept.map(({ candidate, judged }): Association => {
    const { sign, criterion, q, exposure, outcomes } = candidate;
    const parts = {
      older: older && partOf(older, exposure, outcomesOn(older, criterion), judged),
      newest: newest && partOf(newest, exposure, outcomesOn(newest, criterion), judged),
    };
    const time = isMatterOfTime(byTime, exposure, outcomes, judged);
    return {
      ...judged,
      sign,
      criterion,
      q,
      time,
      ...(parts.older && { older: parts.older }),
      ...(parts.newest && { newest: parts.newest }),
    };
  });
  return { searched, least, significant: significant.length, found };
}

// The variance is that among orders of the outcomes, as in the search.
function partOf(board: Board, exposure: Exposure, outcomes: Uint8Array, { test }: Judged): Part | undefined {
  const judged = judge(board, exposure, outcomes);
  if (judged === undefined) return undefined;
  const weights = weigherOn(board, outcomes)(exposure);
  const sign = Math.sign(test.riskDifference.estimate);
  const score = scoreOf(sumWith(weights, outcomes), weights.spread);
  return { p: 1 - normalCdf(sign * score), riskDifference: judged.test.riskDifference.estimate };
}
