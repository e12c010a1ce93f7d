// What chance alone would have found among everything that was searched: outcomes dealt out anew within blocks; pools no blocks.
import { type Draws, forEachArrangement, type Visits } from './arrangements.ts';
import { LANES, laneSums } from './lanes.ts';
import { ownSpreads } from './own-variance.ts';
import {
  type Board,
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
export interface Family {
  /** 0 or 1 a session. */
  outcomes: Uint8Array;
  columns: readonly Column[];
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
   * nobody is left out, at landmarks nearly so; with `odds` what `ratioScoreOf` makes of it. Positive where the exposed have the outcome more often, 0 where nothing can vary.
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
  const scored: Scoring = odds === undefined ? scoreOf : ratioScoreOf(odds);
  const observed = families.map((family) => observedScores(board, family, ownVariance, scored));
  const ladder = ladderOf(observed);
  const { visits, words } = dealOut(blocks, families, draws);
  const maxima = new Float64Array(visits.visited);
  const sums = new Float64Array(LANES);
  for (const [f, { outcomes, columns }] of families.entries()) {
    const weigh = weigher(board, outcomes);
    const spreadsOf = ownVariance ? ownSpreads(blocks, words[f] ?? [], visits.visited) : undefined;
    for (const column of columns) {
      const weights = weigh(column);
      const add = laneSums(weights, blocks.length);
      const spreads = spreadsOf?.(column);
      for (const [round, word] of (words[f] ?? []).entries()) {
        add(word, sums);
        const first = round * LANES;
        const last = Math.min(LANES, visits.visited - first);
        for (let lane = 0; lane < last; lane++) {
          const score = Math.abs(scored(sums[lane] ?? 0, spreads?.[first + lane] ?? weights.spread));
          countOn(ladder, score);
          if (score > (maxima[first + lane] ?? 0)) maxima[first + lane] = score;
        }
      }
    }
  }
  return { ...visits, ...judge(observed, ladder, maxima.sort(), visits.exact) };
}

function observedScores(
  board: Board,
  { outcomes, columns }: Family,
  ownVariance: boolean,
  scored: Scoring,
): Float64Array {
  const weigh = weigher(board, outcomes);
  const spreadsOf = ownVariance ? ownSpreads(board.blocks, [Int32Array.from(outcomes)], 1) : undefined;
  return Float64Array.from(columns, (column) => {
    const { sessions, weights, spread }: Weights = weigh(column);
    let sum = 0;
    for (let k = 0; k < sessions.length; k++) sum += (outcomes[sessions[k] ?? 0] ?? 0) * (weights[k] ?? 0);
    return scored(sum, spreadsOf?.(column)[0] ?? spread);
  });
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
  families: readonly Family[],
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
function jointLabels(families: readonly Family[]): { labels: Int32Array; outcomesOf: Uint8Array[] } {
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
  const rungs = Float64Array.from(observed.flatMap((scores) => Array.from(scores, Math.abs))).sort();
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
