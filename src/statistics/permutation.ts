// What chance alone would have found among everything that was searched: outcomes dealt out anew within blocks; pools no blocks.
import { type Draws, forEachArrangement, type Visits } from './arrangements.ts';
import { LANES, laneSums } from './lanes.ts';
import { ownSpreads } from './own-variance.ts';
import {
  boardOf,
  type Column,
  type Rows,
  ratioScoreOf,
  type Scoring,
  scoreOf,
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
  const sums = new Float64Array(LANES);
  return (column, chance) => {
    const weights = weigh(column);
    if (!pulls(weights.sessions, leastBlocks)) return Number.NaN;
    let sum = 0;
    for (let k = 0; k < weights.sessions.length; k++)
      sum += (outcomes[weights.sessions[k] ?? 0] ?? 0) * (weights.weights[k] ?? 0);
    const score = scored(sum, observedSpread?.(column)[0] ?? weights.spread);
    if (chance === undefined) return score;
    const add = laneSums(weights, blocks.length);
    const spreads = chanceSpreads?.(column);
    for (const [round, word] of words.entries()) {
      add(word, sums);
      const first = round * LANES;
      const last = Math.min(LANES, visited - first);
      for (let lane = 0; lane < last; lane++)
        chance[first + lane] = Math.abs(scored(sums[lane] ?? 0, spreads?.[first + lane] ?? weights.spread));
    }
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

/** For each family, the outcomes under the first 32 arrangements in the bits of its first list of words, and so on; see `laneSums`. */
function dealOut(
  blocks: Int32Array,
  families: readonly Pick<Family, 'outcomes'>[],
  draws: Draws,
): { visits: Visits; words: Int32Array[][] } {
  const { labels, outcomesOf } = jointLabels(families);
  const words: Int32Array[][] = families.map(() => []);
  let visited = 0;
  const visits = forEachArrangement(blocks, labels, draws, (dealt) => {
    const lane = visited++ % LANES;
    for (const [f, rounds] of words.entries()) {
      if (lane === 0) rounds.push(new Int32Array(blocks.length + 1));
      const round = rounds.at(-1) ?? new Int32Array(0);
      const outcome = outcomesOf[f] ?? new Uint8Array(0);
      for (let i = 0; i < dealt.length; i++) round[i] = (round[i] ?? 0) | ((outcome[dealt[i] ?? 0] ?? 0) << lane);
    }
  });
  return { visits, words };
}

/** Sessions with the same outcome in every family share a label; `outcomesOf[f][label]` is the outcome in family f. */
function jointLabels(families: readonly Pick<Family, 'outcomes'>[]): { labels: Int32Array; outcomesOf: Uint8Array[] } {
  const known = new Map<string, number>();
  const labels = Int32Array.from(families[0]?.outcomes ?? [], (_, i) => {
    const key = families.map(({ outcomes }) => outcomes[i] ?? 0).join('');
    const label = known.get(key) ?? known.size;
    known.set(key, label);
    return label;
  });
  const keys = [...known.keys()];
  return { labels, outcomesOf: families.map((_, f) => Uint8Array.from(keys, (key) => Number(key[f]))) };
}

/** The |scores| that were observed, ascending; `reached[i]` scores of chance are as high as rung i − 1, but not as rung i. */
interface Ladder {
  rungs: Float64Array;
  reached: Float64Array;
}

// Scores that are equal on paper differ in the last bits.
const CRUMB = 1e-9;

function ladderOf(observed: readonly Float64Array[]): Ladder {
  const looked = observed.flatMap((scores) => Array.from(scores, Math.abs)).filter((score) => !Number.isNaN(score));
  const rungs = Float64Array.from(looked).sort();
  return { rungs, reached: new Float64Array(rungs.length + 1) };
}

function countOn({ rungs, reached }: Ladder, score: number): void {
  const place = below(rungs, score + CRUMB);
  reached[place] = (reached[place] ?? 0) + 1;
}

/** How many of the ascending numbers lie below `limit`. */
function below(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function judge(
  observed: readonly Float64Array[],
  { rungs, reached }: Ladder,
  maxima: Float64Array,
  exact: boolean,
): { maxima: Float64Array; families: FamilyResult[] } {
  const extra = exact ? 0 : 1;
  const rates = falseDiscoveryRates(rungs, reached, maxima.length + extra, extra);
  const families = observed.map((scores) => ({
    scores,
    familyWise: scores.map((z) => familyWiseOf({ maxima, exact }, z)),
    falseDiscovery: scores.map((z) => rates[below(rungs, Math.abs(z) - CRUMB)] ?? 1),
  }));
  return { maxima, families };
}

/** For rung i: the least, over the thresholds up to it, of what chance finds in the mean against what was found. */
function falseDiscoveryRates(rungs: Float64Array, reached: Float64Array, total: number, extra: number): Float64Array {
  const rates = new Float64Array(rungs.length);
  let byChance = 0;
  for (let i = rungs.length - 1; i >= 0; i--) {
    byChance += reached[i + 1] ?? 0;
    const found = rungs.length - i;
    rates[i] = Math.min(1, (byChance + extra * found) / total / found);
  }
  for (let i = 1; i < rates.length; i++) rates[i] = Math.min(rates[i] ?? 1, rates[i - 1] ?? 1);
  return rates;
}
