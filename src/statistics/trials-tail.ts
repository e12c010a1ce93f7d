// How likely so many successes are in independent trials of unequal chances, as a bound that is never too small; approximates nothing.

/** No single count of independent trials is likelier than this over their standard deviation (Baillon, Cominetti & Vaisman 2016). */
const PEAK = 0.4688223555;
const HALVINGS = 50;

/** How many trials have which chance of success. */
export type Trials = ReadonlyMap<number, number>;

/**
 * −ln of an upper bound on the probability of at least `count` successes; 0 where `count` is no more than is expected, infinite where
 * there cannot be so many. With the odds of every trial times eᵗ, so that `count` is what they lead one to expect, the probability
 * is e^(K(t) − t·count), K(t) = Σ ln(1 − p + p eᵗ), times the mean of e^(−t(S − count)) over S ≥ count. That mean is at most 1
 * (Chernoff 1952), and at most the greatest probability of a single count times 1 + e^(−t) + e^(−2t) + …
 */
export function natsBeyond(trials: Trials, count: number): number {
  const open = [...trials].filter(([p]) => p > 0 && p < 1);
  const wanted = count - (trials.get(1) ?? 0);
  const most = open.reduce((sum, [, times]) => sum + times, 0);
  if (wanted <= open.reduce((sum, [p, times]) => sum + p * times, 0)) return 0;
  if (wanted > most) return Number.POSITIVE_INFINITY;
  if (wanted === most) return open.reduce((sum, [p, times]) => sum - times * Math.log(p), 0);
  const t = tiltTo(open, wanted);
  const { variance, log } = tilted(open, t);
  const peak = PEAK / Math.sqrt(variance) / -Math.expm1(-t);
  return t * wanted - log - Math.log(Math.min(1, peak));
}

interface Tilted {
  mean: number;
  variance: number;
  /** K(t). */
  log: number;
}

function tilted(trials: readonly (readonly [number, number])[], t: number): Tilted {
  const sum: Tilted = { mean: 0, variance: 0, log: 0 };
  for (const [p, times] of trials) {
    // Divided by eᵗ, so that nothing overflows.
    const all = p + (1 - p) * Math.exp(-t);
    const share = p / all;
    sum.mean += times * share;
    sum.variance += times * share * (1 - share);
    sum.log += times * (t + Math.log(all));
  }
  return sum;
}

// By halves, since any tilt above 0 gives a bound, and the best need not be met exactly.
function tiltTo(trials: readonly (readonly [number, number])[], count: number): number {
  let [low, high] = [0, 1];
  while (tilted(trials, high).mean < count && high < 512) high *= 2;
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (tilted(trials, middle).mean < count) low = middle;
    else high = middle;
  }
  return high;
}
