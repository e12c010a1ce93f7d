// The exact binomial test; a pure function of counts, never an approximation.

/**
 * Two-sided exact binomial p: the probability, under `p`, of every outcome that is no more likely than the one observed
 * (method of small p-values, as in R's `binom.test`). 1 where there are no trials.
 * @param successes whole number, 0 … `trials`
 * @param p probability of a success under the null hypothesis, strictly between 0 and 1
 */
export function binomialTwoSided(successes: number, trials: number, p = 0.5): number {
  if (trials <= 0) return 1;
  const logFactorial = logFactorials(trials);
  const logChoose = (k: number) =>
    (logFactorial[trials] ?? 0) - (logFactorial[k] ?? 0) - (logFactorial[trials - k] ?? 0);
  const likelihood = (k: number) => Math.exp(logChoose(k) + k * Math.log(p) + (trials - k) * Math.log1p(-p));
  // Outcomes that are equally likely on paper differ in the last bits here.
  const limit = likelihood(successes) * (1 + 1e-7);
  let sum = 0;
  for (let k = 0; k <= trials; k++) {
    const probability = likelihood(k);
    if (probability <= limit) sum += probability;
  }
  return Math.min(1, sum);
}

function logFactorials(n: number): Float64Array {
  const out = new Float64Array(n + 1);
  for (let i = 2; i <= n; i++) out[i] = (out[i - 1] ?? 0) + Math.log(i);
  return out;
}
