// The exact binomial test; a pure function of counts, never an approximation.

/** Exact probability, under `p`, of at least `successes` of `trials`: the one-sided binomial test. 1 where there are no trials. */
export function binomialUpper(successes: number, trials: number, p: number): number {
  const likelihood = likelihoods(trials, p);
  let sum = 0;
  for (let k = trials; k >= successes && k >= 0; k--) sum += likelihood(k);
  return trials <= 0 ? 1 : Math.min(1, sum);
}

/**
 * Two-sided exact binomial p: the probability, under `p`, of every outcome that is no more likely than the one observed
 * (method of small p-values, as in R's `binom.test`). 1 where there are no trials.
 * @param successes whole number, 0 … `trials`
 * @param p probability of a success under the null hypothesis, strictly between 0 and 1
 */
export function binomialTwoSided(successes: number, trials: number, p = 0.5): number {
  if (trials <= 0) return 1;
  const likelihood = likelihoods(trials, p);
  // Outcomes that are equally likely on paper differ in the last bits here.
  const limit = likelihood(successes) * (1 + 1e-7);
  let sum = 0;
  for (let k = 0; k <= trials; k++) {
    const probability = likelihood(k);
    if (probability <= limit) sum += probability;
  }
  return Math.min(1, sum);
}

// Probability of each outcome, by logarithms so that nothing overflows.
function likelihoods(trials: number, p: number): (successes: number) => number {
  const logFactorial = logFactorials(Math.max(0, trials));
  const log = (n: number) => logFactorial[n] ?? 0;
  return (k) => Math.exp(log(trials) - log(k) - log(trials - k) + k * Math.log(p) + (trials - k) * Math.log1p(-p));
}

function logFactorials(n: number): Float64Array {
  const out = new Float64Array(n + 1);
  for (let i = 2; i <= n; i++) out[i] = (out[i - 1] ?? 0) + Math.log(i);
  return out;
}
