// Confidence intervals by drawing whole clusters anew: tasks with all their trials; never draws single trials.
import { normalCdf, normalQuantile } from './normal.ts';
import { type Random, uniformInt } from './random.ts';

export interface Interval {
  lower: number;
  upper: number;
}

export interface Bootstrap {
  /** The statistic of the clusters as they are. */
  estimate: number;
  /** Percentile interval (Efron 1979). */
  percentile: Interval;
  /** Bias-corrected and accelerated (Efron 1987); better where the statistic is skewed. */
  bca: Interval;
}

export interface Resampling {
  random: Random;
  resamples?: number;
  /** Coverage of the intervals. */
  level?: number;
}

/**
 * Cluster bootstrap: n of the n clusters are drawn with replacement, and `statistic` is taken of them. Undefined for fewer than two
 * clusters, which tell nothing about how clusters differ. Throws RangeError if the statistic of a resample is no finite number.
 */
export function clusterBootstrap<T>(
  clusters: readonly T[],
  statistic: (sample: readonly T[]) => number,
  { random, resamples = 10_000, level = 0.95 }: Resampling,
): Bootstrap | undefined {
  if (clusters.length < 2) return undefined;
  const estimate = finite(statistic(clusters));
  const drawn = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    drawn[i] = finite(statistic(resampled(clusters, random)));
  }
  drawn.sort();
  const tail = (1 - level) / 2;
  const between = (low: number, high: number) => ({ lower: quantile(drawn, low), upper: quantile(drawn, high) });
  const bias = biasOf(drawn, estimate);
  const skew = accelerationOf(clusters, statistic);
  return {
    estimate,
    percentile: between(tail, 1 - tail),
    bca: between(shifted(tail, bias, skew), shifted(1 - tail, bias, skew)),
  };
}

function resampled<T>(clusters: readonly T[], random: Random): T[] {
  const sample: T[] = [];
  while (sample.length < clusters.length) {
    const place = uniformInt(random, clusters.length);
    sample.push(...clusters.slice(place, place + 1));
  }
  return sample;
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`the statistic of a resample is ${value}`);
  return value;
}

// z of the share of resamples below the estimate; ties count half, and a share of 0 or 1 is kept off the infinite ends.
function biasOf(sorted: Float64Array, estimate: number): number {
  let below = 0;
  for (const value of sorted) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  const edge = 0.5 / sorted.length;
  return normalQuantile(Math.min(1 - edge, Math.max(edge, below / sorted.length)));
}

// A sixth of the skewness of the jackknife's influence (Efron & Tibshirani 1993, 14.15); 0 where nothing varies.
function accelerationOf<T>(clusters: readonly T[], statistic: (sample: readonly T[]) => number): number {
  const without = clusters.map((_, i) => finite(statistic(clusters.toSpliced(i, 1))));
  const mean = without.reduce((sum, value) => sum + value, 0) / without.length;
  let squares = 0;
  let cubes = 0;
  for (const value of without) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

// The share at which BCa reads the resamples instead of `share` (Efron & Tibshirani 1993, 14.10).
function shifted(share: number, bias: number, skew: number): number {
  const z = bias + normalQuantile(share);
  const stretch = 1 - skew * z;
  return stretch <= 0 ? (z > 0 ? 1 : 0) : normalCdf(bias + z / stretch);
}

// Linear between order statistics, Hyndman & Fan (1996) type 7.
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
