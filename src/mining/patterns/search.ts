// Sequential landmarks: what goes with outcomes within tasks, found in the oldest sessions and tried on the newest; words no claim.
import { normalCdf } from '../../statistics/normal.ts';
import { searchByPermutation } from '../../statistics/permutation.ts';
import { seeded } from '../../statistics/random.ts';
import type { Column } from '../../statistics/stratified-scores.ts';
import type { Criterion } from '../outcomes.ts';
import { type Board, boardOf, columnOf } from './board.ts';
import { compareAll, outcomesOn } from './compare.ts';
import type { Sign } from './describe.ts';
import { type Group, groupsOf } from './groups.ts';
import { type Judged, judge } from './judge.ts';
import type { Limits } from './limits.ts';
import type { Population } from './population.ts';
import { type Signs, signsOf } from './signs.ts';
import { isMatterOfTime, strongest } from './strongest.ts';

/** Something that went with meeting a criterion or not, in the oldest sessions. */
export interface Association extends Judged {
  sign: Sign;
  criterion: Criterion;
  /** False-discovery rate among everything that was searched, by permutation. */
  q: number;
  /** In the newest sessions: one-sided p and the risk difference; absent where they cannot tell. */
  newest?: { p: number; riskDifference: number };
  /** True where the difference shrinks to less than a third when early and late sessions of a task are compared apart. */
  time: boolean;
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
    sessions: population.sessions.length,
    criteria: searched.reduce((sum, g) => sum + g.criteria.length, 0),
    unsearched: population.criteria.length - searched.reduce((sum, g) => sum + g.criteria.length, 0),
  };
  if (searched.length === 0) return { ...base, few: true, signs: 0, left: 0, least: 1, significant: 0, found: [] };
  const signs = signsOf(population.sessions, population.strata, limits);
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
  const boardOfSide = (side: number) => {
    const places = Uint32Array.from(members.filter((place) => population.newest[place] === side));
    return boardOf(places, population.strata, signs.lengths, limits.landmarks);
  };
  const [board, fresh] = [boardOfSide(0), boardOfSide(1)];
  const { searched, significant, least } = compareAll(
    { board, criteria, signs, seed: population.seed, groups },
    limits,
  );
  const found = strongest(board, significant, limits).map(({ candidate, judged }): Association => {
    const { sign, criterion, q, exposure, column, outcomes } = candidate;
    const newest = confirmation(fresh, columnOf(fresh, exposure), outcomesOn(fresh, criterion), judged);
    const time = isMatterOfTime(board, column, outcomes, judged, population.sessions);
    return { ...judged, sign, criterion, q, time, ...(newest && { newest }) };
  });
  return { searched, least, significant: significant.length, found };
}

// The variance is that among orders of the outcomes, as in the search; one order is enough to have it worked out.
function confirmation(
  board: Board,
  column: Column,
  outcomes: Uint8Array,
  { test }: Judged,
): Association['newest'] | undefined {
  const judged = judge(board, column, outcomes);
  if (judged === undefined) return undefined;
  const { blocks, rows } = board;
  const random = seeded('none is used');
  const families = [{ outcomes, columns: [column] }];
  const score = searchByPermutation({ blocks, rows, families }, { draws: 1, exactUpTo: 0, random }).families[0]
    ?.scores[0];
  const sign = Math.sign(test.riskDifference.estimate);
  return { p: 1 - normalCdf(sign * (score ?? 0)), riskDifference: judged.test.riskDifference.estimate };
}
