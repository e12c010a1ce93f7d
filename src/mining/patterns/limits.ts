// How much is needed before anything is said about what goes with outcomes; the numbers of the design, and nothing else.
import type { Landmarks } from './board.ts';

export interface Limits {
  /** Least sessions of repeated tasks with an outcome, below which nothing is searched. */
  sessions: number;
  landmarks: Landmarks;
  /** Longest sequence, and how many runs apart the parts of a pair may be; the length of a tail is the latter too. */
  longest: number;
  window: number;
  /** A pattern needs max(`support`, `share` × sessions) sessions and so many strata. */
  support: number;
  share: number;
  strata: number;
  /** Most patterns that are searched, and most groups of criteria that the same sessions were judged by. */
  patterns: number;
  groups: number;
  /** Random orders of the outcomes within tasks; all of them where there are at most `exactUpTo`. */
  draws: number;
  exactUpTo: number;
  /** Keep rules, in the sessions that are searched: false-discovery rate, risk difference, shrunken odds ratio, informative tasks. */
  q: number;
  riskDifference: number;
  oddsRatio: number;
  informative: number;
  /**
   * Share of the newest sessions, kept for confirmation, and the one-sided p that they have to reach. Where nothing matters at all,
   * one world in 20 yields a finding (q) and one of these in five is confirmed: one world in a hundred makes a claim.
   */
  newest: number;
  confirmed: number;
  /**
   * How many distinct findings as strong as one chance alone may give in the mean, for each distinct one that there is. What comes
   * along with a strong pattern (its parts, what contains it) makes `q` lenient for everything else, and confirmation passes one in five.
   */
  distinct: number;
  /** A pattern beside a stronger one must still reach this p where that one is alike. */
  beside: number;
  /** Most findings. */
  findings: number;
}

export const LIMITS: Limits = {
  sessions: 1000,
  landmarks: [5, 10, 20, 40],
  longest: 4,
  window: 6,
  support: 30,
  share: 0.0005,
  strata: 5,
  patterns: 4000,
  groups: 5,
  draws: 200,
  exactUpTo: 200,
  q: 0.05,
  riskDifference: 0.05,
  oddsRatio: 1.5,
  informative: 20,
  newest: 0.3,
  confirmed: 0.2,
  distinct: 0.1,
  beside: 0.01,
  findings: 20,
};
