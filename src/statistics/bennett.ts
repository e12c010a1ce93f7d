// A bound on how likely a stratified excess is by chance, without a single permutation; never less than the exact probability.

/**
 * Two-sided bound on the probability that Σa of independent hypergeometric counts lies as far from its mean. Such a count is
 * distributed as a sum of independent trials (Vatutin & Mikhailov 1982), so Bennett's (1962) inequality holds at every sample
 * size: P ≤ 2 exp(−V h(|x| / V)), h(u) = (1 + u) ln(1 + u) − u. 1 where nothing can vary.
 * @param over Σa − ΣE
 * @param variance Σ n₁n₀m₁m₀ / n²(n−1)
 */
export function bennettBound(over: number, variance: number): number {
  if (variance <= 0) return 1;
  const u = Math.abs(over) / variance;
  return Math.min(1, 2 * Math.exp(-variance * ((1 + u) * Math.log1p(u) - u)));
}
