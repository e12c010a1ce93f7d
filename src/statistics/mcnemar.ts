// McNemar's test of paired yes/no outcomes, exact and mid-p; looks only at the pairs that disagree.
import { binomialTwoSided } from './binomial.ts';

export interface McNemarTest {
  /** Exact conditional p; never too small, often much too large. */
  exact: number;
  /**
   * Mid-p (Lancaster 1961; advised by Fagerland, Lydersen & Laake 2013): half of what was observed counts, not all of it.
   * Near the level on the average; at 5 % it errs up to 7.7 % of the time for some numbers of pairs (16).
   */
  midP: number;
}

/**
 * Two-sided McNemar (1947). 1 where no pair disagrees.
 * @param wins pairs in which only the second of the two succeeded
 * @param losses pairs in which only the first did
 */
export function mcnemar(wins: number, losses: number): McNemarTest {
  const fewer = Math.min(wins, losses);
  const pairs = wins + losses;
  const exact = binomialTwoSided(fewer, pairs);
  if (wins === losses) return { exact, midP: 1 };
  return { exact, midP: Math.max(0, exact - likelihood(fewer, pairs)) };
}

// What the exact test adds with the observed split itself: the step between it and one split more extreme, on one side.
function likelihood(fewer: number, pairs: number): number {
  const beyond = fewer === 0 ? 0 : binomialTwoSided(fewer - 1, pairs);
  return (binomialTwoSided(fewer, pairs) - beyond) / 2;
}
