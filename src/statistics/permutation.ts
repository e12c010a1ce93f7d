// What chance alone would have found among everything that was searched: outcomes dealt out anew within blocks; pools no blocks.
import type { Draws } from './arrangements.ts';
import { dealOut } from './dealing.ts';
import { below, CRUMB, countOn, falseDiscoveryRates, type Ladder, ladderOf } from './ladder.ts';
import { LANES, laneSums } from './lanes.ts';
import { ownSpreads } from './own-variance.ts';
import {
  boardOf,
  type Column,
  type Rows,
  ratioScoreOf,
  type Scoring,
  scoreOf,
  sumWith,
  type Weights,
  weigher,
} from './stratified-scores.ts';

/** One outcome of all sessions, and the exposures it is compared under. */
export interface Family<C = Column> {
  /** 0 or 1 a session. */
  outcomes: Uint8Array;
  columns: readonly C[];
}

/** Everything that was looked at. What is left out of it must not be claimed. */
export interface Search {
  /** The block of each session, 0 and up: the task and model within which outcomes may be exchanged. */
  blocks: Int32Array;
  /** Where rows are not sessions (landmarks); strata must lie within blocks. Otherwise rows are sessions and strata are blocks. */
  rows?: Rows;
  /** Outcomes of the same sessions, dealt out together, so that what goes with what among them stays. */
  families: readonly Family[];
  /**
   * Scales every score by the variance of the sessions that its column compares (see `ownSpreads`) instead of that among whole blocks:
   * the test of those sessions alone, under every arrangement. Not with `rows`.
   */
  ownVariance?: boolean;
  /** As in `Weighed`. */
  odds?: readonly [number, number];
}

/** The same of exposures of any kind that can be weighed. */
export interface Weighed<C> {
  blocks: Int32Array;
  families: readonly Family<C>[];
  /** A function that weighs exposures under these outcomes; its answer is used before it is called again. */
  weigherOf: (outcomes: Uint8Array) => (column: C) => Weights;
  /** See `ownSpreads`; the spread of the weights where it is absent. */
  spreadsOf?: (words: readonly Int32Array[], visited: number) => (column: C) => Float64Array;
  /** Exposures that pull in fewer blocks are not looked at: whatever the order of the outcomes, they cannot pull in more. */
  leastBlocks?: number;
  /**
   * Odds ratios above 1, least and most, that are worth finding: scores are then signed roots of twice the log-likelihood ratio of the
   * likeliest of these (or of their reciprocals) against no effect; see `ratioScoreOf`.
   */
  odds?: readonly [number, number];
}

export interface SearchResult {
  /** Whether every arrangement was visited, or so many random ones. */
  exact: boolean;
  visited: number;
  /** The largest |score| of each arrangement, ascending: the null distribution of the best of everything. */
  maxima: Float64Array;
  families: FamilyResult[];
}

/** One number a column. */
export interface FamilyResult {
  /**
   * (Σa − ΣE ∓ ½) / its standard deviation: the signed root of the chi-square of `cochranMantelHaenszel` with `ownVariance` or where
   * nobody is left out, at landmarks nearly so; with `odds` what `ratioScoreOf` makes of it. Positive where the exposed have the
   * outcome more often, 0 where nothing can vary, NaN where the column was not looked at (`leastBlocks`).
   */
  scores: Float64Array;
  /** Probability, if no exposure mattered, that the best of everything scores so high: single-step maxT. */
  familyWise: Float64Array;
  /** False-discovery rate when this column and all that score as high are claimed. */
  falseDiscovery: Float64Array;
}

/**
 * Westfall & Young (1993), single-step maxT: the family-wise error is at most the level at which `familyWise` is cut, whatever the
 * sample size and however the columns depend on each other, if outcomes within a block could as well have come in another order.
 * Exact where the distinct arrangements are few; otherwise
 * (b + 1) / (m + 1) of m random ones (Phipson & Smyth 2010), so never below 1 / (m + 1). `falseDiscovery` counts, over the same
 * arrangements, what chance finds at each threshold against what was found (Storey & Tibshirani 2003, taking all as null).
 * Equal seeds and sessions in equal order give equal answers; where all arrangements are visited the order does not matter.
 */
export function searchByPermutation(
  { blocks, rows, families, ownVariance = false, odds }: Search,
  draws: Draws,
): SearchResult {
  const board = boardOf(blocks, rows);
  const weighed: Weighed<Column> = {
    blocks,
    families,
    weigherOf: (outcomes) => weigher(board, outcomes),
    ...(ownVariance && { spreadsOf: (words, visited) => ownSpreads(blocks, words, visited) }),
    ...(odds !== undefined && { odds }),
  };
  return searchWeighed(weighed, draws);
}

// Scores of chance that are kept until all that were observed are known, 16 MB of them. The rest are worked out a second time.
const ROOM = 2 ** 21;

/** The same where the caller knows how exposures pull. */
export function searchWeighed<C>(search: Weighed<C>, draws: Draws): SearchResult {
  const { blocks, families } = search;
  const { visits, words } = dealOut(blocks, families, draws);
  const { visited } = visits;
  const looks = families.map((family, f) => lookerAt(search, family, words[f] ?? [], visited));
  const columns = families.reduce((sum, family) => sum + family.columns.length, 0);
  const kept = new Float64Array(visited * Math.min(columns, Math.floor(ROOM / visited)));
  let used = 0;
  const observed = families.map((family, f) =>
    Float64Array.from(family.columns, (column) => {
      const room = used < kept.length ? kept.subarray(used, used + visited) : undefined;
      const score = looks[f]?.(column, room) ?? Number.NaN;
      if (room !== undefined && !Number.isNaN(score)) used += visited;
      return score;
    }),
  );
  const ladder = ladderOf(observed);
  const maxima = new Float64Array(visited);
  const sheet = new Float64Array(visited);
  let next = 0;
  for (const [f, family] of families.entries()) {
    for (const [c, column] of family.columns.entries()) {
      if (Number.isNaN(observed[f]?.[c])) continue;
      const scores = next < used ? kept.subarray(next, next + visited) : sheet;
      if (scores === sheet) looks[f]?.(column, sheet);
      next += visited;
      countChance(scores, ladder, maxima);
    }
  }
  return { ...visits, ...judge(observed, ladder, maxima.sort(), visits.exact) };
}

/** Gives the score of a column, NaN where it is not to be looked at, and writes the sizes of those of chance where there is room. */
type Look<C> = (column: C, chance: Float64Array | undefined) => number;

function lookerAt<C>(search: Weighed<C>, family: Family<C>, words: readonly Int32Array[], visited: number): Look<C> {
  const { blocks, weigherOf, spreadsOf, leastBlocks = 0, odds } = search;
  const { outcomes } = family;
  const scored: Scoring = odds === undefined ? scoreOf : ratioScoreOf(odds);
  const weigh = weigherOf(outcomes);
  const observedSpread = spreadsOf?.([Int32Array.from(outcomes)], 1);
  const chanceSpreads = spreadsOf?.(words, visited);
  const pulls = pullsIn(blocks);
  const add = laneSums(words);
  const sums = new Float64Array(LANES * words.length);
  return (column, chance) => {
    const weights = weigh(column);
    if (!pulls(weights.sessions, leastBlocks)) return Number.NaN;
    const score = scored(sumWith(weights, outcomes), observedSpread?.(column)[0] ?? weights.spread);
    if (chance === undefined) return score;
    add(weights, sums);
    const spreads = chanceSpreads?.(column);
    for (let k = 0; k < visited; k++) chance[k] = Math.abs(scored(sums[k] ?? 0, spreads?.[k] ?? weights.spread));
    return score;
  };
}

/** A function that says whether sessions are of so many blocks at least. */
function pullsIn(blocks: Int32Array): (sessions: Uint32Array, least: number) => boolean {
  const seen = new Uint32Array(blocks.length);
  let asked = 0;
  return (sessions, least) => {
    asked++;
    let count = 0;
    for (let k = 0; k < sessions.length && count < least; k++) {
      const block = blocks[sessions[k] ?? 0] ?? 0;
      if (seen[block] !== asked) count++;
      seen[block] = asked;
    }
    return count >= least;
  };
}

function countChance(scores: Float64Array, ladder: Ladder, maxima: Float64Array): void {
  for (let k = 0; k < scores.length; k++) {
    const score = scores[k] ?? 0;
    countOn(ladder, score);
    if (score > (maxima[k] ?? 0)) maxima[k] = score;
  }
}

/** `familyWise` of any score: the probability, if no exposure mattered, that the best of everything scores so high. */
export function familyWiseOf({ maxima, exact }: Pick<SearchResult, 'maxima' | 'exact'>, score: number): number {
  // What was observed is itself one arrangement; among random ones it has to be added.
  const extra = exact ? 0 : 1;
  return (maxima.length - below(maxima, Math.abs(score) - CRUMB) + extra) / (maxima.length + extra);
}

function judge(
  observed: readonly Float64Array[],
  ladder: Ladder,
  maxima: Float64Array,
  exact: boolean,
): { maxima: Float64Array; families: FamilyResult[] } {
  const extra = exact ? 0 : 1;
  const rates = falseDiscoveryRates(ladder, maxima.length + extra, extra);
  const families = observed.map((scores) => ({
    scores,
    familyWise: scores.map((z) => familyWiseOf({ maxima, exact }, z)),
    falseDiscovery: scores.map((z) => rates[below(ladder.rungs, Math.abs(z) - CRUMB)] ?? 1),
  }));
  return { maxima, families };
}
