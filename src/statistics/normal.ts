// The normal distribution and the tail of chi-square with one degree of freedom; accurate in the far tails, tables of nothing.

const HALF_WIDTH = 2; // below it the series needs few terms, above it the continued fraction does

/** Probability that a standard normal number is at most `z`; relative error below 1e-12 down to the smallest number. */
export function normalCdf(z: number): number {
  return erfc(-z / Math.SQRT2) / 2;
}

/** Probability that chi-square with one degree of freedom is at least `x`: the p-value of a squared z. 1 for x ≤ 0. */
export function chiSquareTail(x: number): number {
  return x <= 0 ? 1 : erfc(Math.sqrt(x / 2));
}

/**
 * The z below which a standard normal number falls with probability `p`, 0 to 1; infinite at the ends.
 * Starts from Abramowitz & Stegun (1964) 26.2.23, error below 4.5e-4, and improves it by Halley's steps on `normalCdf`.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`not a probability: ${p}`);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let z = above / below - t;
  for (let step = 0; step < 3; step++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    if (density === 0) break; // so far out that only the start is left
    const miss = (normalCdf(z) - p) / density;
    z -= miss / (1 + (z * miss) / 2);
  }
  return z;
}

/** Complementary error function: Abramowitz & Stegun 7.1.6 near 0, the continued fraction 7.1.14 elsewhere. */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  return x < HALF_WIDTH ? 1 - erfBySeries(x) : erfcByFraction(x);
}

function erfBySeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

// Evaluated from a depth at which it has settled for every x it is asked about.
function erfcByFraction(x: number): number {
  if (x > 28) return 0; // below the smallest number
  let fraction = x;
  for (let n = 120; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
