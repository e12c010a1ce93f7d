// How often chance scores as high as what was observed, by counting on the sorted scores that were; draws nothing.

/** The |scores| that were observed, ascending; `reached[i]` scores of chance are as high as rung i − 1, but not as rung i. */
export interface Ladder {
  rungs: Float64Array;
  reached: Float64Array;
}

/** Scores that are equal on paper differ in the last bits. */
export const CRUMB = 1e-9;

/** The rungs of what was observed; columns that were not looked at (NaN) have none. */
export function ladderOf(observed: readonly Float64Array[]): Ladder {
  const looked = observed.flatMap((scores) => Array.from(scores, Math.abs)).filter((score) => !Number.isNaN(score));
  const rungs = Float64Array.from(looked).sort();
  return { rungs, reached: new Float64Array(rungs.length + 1) };
}

/** Counts a score of chance. */
export function countOn({ rungs, reached }: Ladder, score: number): void {
  const place = below(rungs, score + CRUMB);
  reached[place] = (reached[place] ?? 0) + 1;
}

/** How many of the ascending numbers lie below `limit`. */
export function below(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * False-discovery rates; for rung i: the least, over the thresholds up to it, of what chance finds in the mean against what was
 * found. `total`: arrangements in all, of which `extra` are the observed one itself.
 */
export function falseDiscoveryRates({ rungs, reached }: Ladder, total: number, extra: number): Float64Array {
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
