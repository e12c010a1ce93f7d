// Fisher's exact test of a two-by-two table; knows nothing of strata, so what it finds may be the strata's doing.
import { hypergeometric } from './hypergeometric.ts';
import type { TwoByTwo } from './two-by-two.ts';

export interface FisherTest {
  /** The probability of every table, with these margins, that is no more likely than the one observed (as in R's `fisher.test`). */
  twoSided: number;
  /** The probability of as many exposed with the outcome, or more. */
  greater: number;
  /** The probability of as many exposed with the outcome, or fewer. */
  less: number;
}

/** Fisher's exact test (1935). Every p is 1 where a row or a column is empty, since then only one table is possible. */
export function fisherExact(table: TwoByTwo): FisherTest {
  const { low, logP } = hypergeometric(table);
  const observed = table.a - low;
  // Tables that are equally likely on paper differ in the last bits here.
  const limit = (logP[observed] ?? 0) + 1e-7;
  const test = { twoSided: 0, greater: 0, less: 0 };
  for (let i = 0; i < logP.length; i++) {
    const p = Math.exp(logP[i] ?? 0);
    if ((logP[i] ?? 0) <= limit) test.twoSided += p;
    if (i >= observed) test.greater += p;
    if (i <= observed) test.less += p;
  }
  return { twoSided: Math.min(1, test.twoSided), greater: Math.min(1, test.greater), less: Math.min(1, test.less) };
}
