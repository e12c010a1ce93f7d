// Wilson's score interval for a proportion; a pure function of counts.

/**
 * Wilson (1927) score interval for `successes` of `trials`, without continuity correction; shares between 0 and 1.
 * [0, 1] where there are no trials.
 * @param z normal quantile of the coverage, 1.96 for 95 %
 */
export function wilson(successes: number, trials: number, z = 1.959963984540054): { lower: number; upper: number } {
  if (trials <= 0) return { lower: 0, upper: 1 };
  const share = successes / trials;
  const z2 = z * z;
  const scale = 1 + z2 / trials;
  const centre = (share + z2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  // The interval ends exactly at 0 and 1 there, but rounding leaves crumbs such as 1e-17.
  return { lower: successes === 0 ? 0 : centre - half, upper: successes === trials ? 1 : centre + half };
}
