// How much an exposure goes with outcomes beside others that do: what is left of its sum when theirs have told what they can; chooses none.
import { type Scoring, scalesOf, sumWith, type Weights } from './stratified-scores.ts';

/** Outcomes of sessions in blocks, as they vary when they are dealt out anew within blocks. */
export interface Ground {
  blocks: Int32Array;
  outcomes: Uint8Array;
  /** By session: the variance of its outcome; 0 in blocks with one outcome, which say nothing. */
  variance: Float64Array;
  /** Of the blocks that speak: sessions less blocks. */
  freedom: number;
}

/**
 * One number a session, adding up to 0 in every block that speaks, whose sum over the sessions with the outcome has variance 1 and
 * no covariance with that of another direction when outcomes are dealt out anew.
 */
export interface Direction {
  values: Float64Array;
  /** That sum. */
  sum: number;
}

/** A sum of weights over the sessions with the outcome, of mean 0, and its variance among orders of the outcomes. */
export interface Pull {
  sum: number;
  variance: number;
}

export function groundOf(blocks: Int32Array, outcomes: Uint8Array): Ground {
  const scales = scalesOf(blocks, outcomes);
  const variance = Float64Array.from(blocks, (block) => scales[block] ?? 0);
  const speaking = new Set(blocks.filter((block) => (scales[block] ?? 0) > 0)).size;
  const sessions = variance.reduce((count, v) => count + (v > 0 ? 1 : 0), 0);
  return { blocks, outcomes, variance, freedom: sessions - speaking };
}

// A covariate of which less than this is new tells nothing that the directions before it do not.
const NEW = 1e-4;

/** What a covariate (one number a session) adds to the directions before it; undefined where that is next to nothing. */
export function directionOf(
  { blocks, outcomes, variance }: Ground,
  covariate: ArrayLike<number>,
  before: readonly Direction[],
): Direction | undefined {
  const values = centred(blocks, variance, covariate);
  const whole = product(variance, values, values);
  // Twice, since what is taken away the first time leaves crumbs.
  for (const { values: known } of [...before, ...before]) {
    const common = product(variance, known, values);
    for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) - common * (known[i] ?? 0);
  }
  const left = product(variance, values, values);
  if (!(left > NEW * whole)) return undefined;
  const scale = 1 / Math.sqrt(left);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] = (values[i] ?? 0) * scale;
    sum += (values[i] ?? 0) * (outcomes[i] ?? 0);
  }
  return { values, sum };
}

/** The pull of weights by themselves. */
export function pullOf({ outcomes }: Ground, weights: Weights): Pull {
  return { sum: sumWith(weights, outcomes), variance: weights.spread * weights.spread };
}

/**
 * What is left of a pull beside one more direction: its residual in the linear regression on the direction's sum over all orders of
 * the outcomes. One after the other this is the score of a candidate beside covariates in the conditional logistic model, at no
 * effect (Mantel 1963; Day & Byar 1979), its covariances being those of sampling without replacement.
 */
export function besideOne({ variance }: Ground, { sessions, weights }: Weights, pull: Pull, one: Direction): Pull {
  let common = 0;
  for (let k = 0; k < sessions.length; k++) {
    const who = sessions[k] ?? 0;
    common += (variance[who] ?? 0) * (weights[k] ?? 0) * (one.values[who] ?? 0);
  }
  return { sum: pull.sum - common * one.sum, variance: pull.variance - common * common };
}

/**
 * The share of the variance of outcomes within blocks that directions leave unexplained, adjusted for their number: about 1 where
 * they are nothing but chance. 0 where nothing is left that could vary.
 */
export function unexplained({ freedom }: Ground, directions: readonly Direction[]): number {
  const left = freedom - directions.length;
  if (left <= 0) return 0;
  const explained = directions.reduce((total, { sum }) => total + sum * sum, 0);
  return Math.max(0, (freedom - explained) / freedom) * (freedom / left);
}

// A pull of which less than this is left is told by the others.
const LEFT = 0.02;
const CRUMB = 1e-9;

/**
 * The score of what is left of a pull, its variance being `share` of that among all orders, since the others explain the rest. 0
 * where next to nothing is left, or where it turned round: that is not what was seen of the exposure by itself.
 * @param whole the pull by itself
 */
export function adjustedScore(scored: Scoring, whole: Pull, left: Pull, share: number): number {
  if (left.variance < LEFT * whole.variance || share < CRUMB || left.sum * whole.sum < 0) return 0;
  // Log odds are sum / variance, whatever the share.
  return scored(left.sum / share, Math.sqrt(left.variance / share));
}

/** A covariate, less its mean over the block; 0 in blocks that say nothing. */
function centred(blocks: Int32Array, variance: Float64Array, covariate: ArrayLike<number>): Float64Array {
  const blockCount = blocks.reduce((most, b) => Math.max(most, b + 1), 0);
  const size = new Uint32Array(blockCount);
  const total = new Float64Array(blockCount);
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i] ?? 0;
    size[block] = (size[block] ?? 0) + 1;
    total[block] = (total[block] ?? 0) + (covariate[i] ?? 0);
  }
  const values = new Float64Array(blocks.length);
  for (let i = 0; i < values.length; i++) {
    const block = blocks[i] ?? 0;
    if (variance[i] !== 0) values[i] = (covariate[i] ?? 0) - (total[block] ?? 0) / (size[block] ?? 1);
  }
  return values;
}

function product(variance: Float64Array, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (variance[i] ?? 0) * (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
