// The distribution of one cell of a two-by-two table whose margins are fixed; a pure function of counts.
import type { TwoByTwo } from './two-by-two.ts';

/** Which counts the cell can take, and how likely each is when exposure and outcome have nothing to do with each other. */
export interface Hypergeometric {
  /** Smallest count that the margins allow. */
  low: number;
  /** Natural logarithm of the probability of `low + i`; −∞ where it is below the smallest number. */
  logP: Float64Array;
}

/** The null distribution of cell `a` given both margins (Fisher 1935). The support has min(row, column) − low + 1 counts. */
export function hypergeometric({ a, b, c, d }: TwoByTwo): Hypergeometric {
  const [exposed, having, unexposed] = [a + b, a + c, c + d];
  const low = Math.max(0, having - unexposed);
  const logP = new Float64Array(Math.min(exposed, having) - low + 1);
  // Each count from the one before: exact up to rounding, without factorials.
  for (let i = 1; i < logP.length; i++) {
    const x = low + i;
    const ratio = ((exposed - x + 1) * (having - x + 1)) / (x * (unexposed - having + x));
    logP[i] = (logP[i - 1] ?? 0) + Math.log(ratio);
  }
  const total = logSum(logP);
  return { low, logP: logP.map((log) => log - total) };
}

function logSum(logs: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const log of logs) most = Math.max(most, log);
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - most);
  return most + Math.log(sum);
}
