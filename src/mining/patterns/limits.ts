// How much is needed before anything is said about what goes with outcomes; the numbers of the design, and nothing else.
import type { Landmarks } from './board.ts';

export interface Limits {
  /** Least sessions of repeated tasks with an outcome, below which nothing is searched. */
  sessions: number;
  /**
   * Every step is one: the coarser they are, the more sessions end before the next and are not compared, and the more it matters who got
   * how far in between.
   */
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
  /**
   * The odds ratios that the search has an eye for, least and most, or their reciprocals: the least is that of the keep rules, so what
   * could not be kept raises no bar, and the most is so low that what is rare has to show more than luck to be ahead of what is common.
   */
  sought: readonly [number, number];
  /** Keep rules, in the sessions that are searched: false-discovery rate, risk difference, shrunken odds ratio, informative tasks. */
  q: number;
  riskDifference: number;
  oddsRatio: number;
  informative: number;
  /**
   * Share of the newest sessions, and the one-sided p that a finding has to reach in them and, before, in all older ones, to be confirmed.
   */
  newest: number;
  confirmed: number;
  older: number;
  /**
   * How many distinct findings as strong as this chance alone may give in the mean: `first` for the strongest, then `distinct` for each
   * that there is with it, of what is left of it beside all the others; so of what is reported about that share is chance. What comes
   * along with a strong pattern (its parts, what contains it) makes `q` lenient for everything else. Where nothing matters at all,
   * `first` is the share of worlds that make a claim.
   */
  first: number;
  distinct: number;
  /** Most findings. */
  findings: number;
}

export const LIMITS: Limits = {
  sessions: 1000,
  landmarks: Array.from({ length: 40 }, (_, i) => i + 1),
  longest: 4,
  window: 6,
  support: 30,
  share: 0.0005,
  strata: 5,
  patterns: 4000,
  groups: 5,
  draws: 200,
  exactUpTo: 200,
  sought: [1.25, 2],
  q: 0.05,
  riskDifference: 0.05,
  oddsRatio: 1.25,
  informative: 20,
  newest: 0.3,
  confirmed: 0.05,
  older: 0.025,
  first: 0.016,
  distinct: 0.05,
  findings: 20,
};
