// q-values for many p-values at once; a pure function, which decides nothing about where to cut.

/**
 * Adjusted p-values of Benjamini & Hochberg (1995): the smallest false-discovery rate at which each hypothesis would be rejected,
 * min over the p-values that are as large or larger of p · m / rank. In the order of `pValues`; equal p-values get equal q-values,
 * and no q-value is below its p-value or above 1. Throws RangeError for what is no probability.
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(pValues).sort();
  for (const p of sorted) if (!(p >= 0 && p <= 1)) throw new RangeError(`not a probability: ${p}`);
  const order = Uint32Array.from(pValues, (_, i) => i).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
  const out = new Float64Array(sorted.length);
  let least = 1;
  for (let rank = sorted.length; rank >= 1; rank--) {
    least = Math.min(least, (sorted[rank - 1] ?? 1) * (sorted.length / rank));
    out[order[rank - 1] ?? 0] = least;
  }
  return out;
}
