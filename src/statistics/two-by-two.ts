// The shape of a two-by-two table of counts; computes nothing.

/** Sessions by exposure and outcome; whole numbers, none negative. */
export interface TwoByTwo {
  /** Exposed, with the outcome. */
  a: number;
  /** Exposed, without it. */
  b: number;
  /** Not exposed, with the outcome. */
  c: number;
  /** Not exposed, without it. */
  d: number;
}

/** An estimate with the ends of its confidence interval. */
export interface Estimate {
  estimate: number;
  lower: number;
  upper: number;
}
