// The paired permutation test: had the two arms changed places in any task, its difference would have the other sign.
import type { Random } from './random.ts';

export interface SignFlipTest {
  /** Whether all signs were tried, or so many random choices of them. */
  exact: boolean;
  flips: number;
  /** Probability, if the arms are alike, of a sum of differences as far from zero, or as far above it. */
  twoSided: number;
  greater: number;
}

/** How many random flips, and up to how many differences all 2ⁿ are tried instead. */
export interface Flips {
  random: Random;
  flips?: number;
  exactUpTo?: number;
}

/**
 * Fisher's (1935) sign-flip test on paired differences, one a task, by their sum. Differences of zero change nothing and are left
 * out, so `exactUpTo` counts the others. Random flips give (b + 1) / (m + 1). 1 where nothing differs.
 * @param differences finite numbers
 */
export function signFlip(
  differences: readonly number[],
  { random, flips = 20_000, exactUpTo = 14 }: Flips,
): SignFlipTest {
  const sizes = differences.map(Math.abs).filter((size) => size > 0);
  const total = differences.reduce((sum, d) => sum + d, 0);
  const span = sizes.reduce((sum, size) => sum + size, 0);
  // Sums that are equal on paper differ in the last bits.
  const crumb = span * 1e-10;
  const exact = sizes.length <= exactUpTo;
  const tried = exact ? 2 ** sizes.length : flips;
  const counts = { above: 0, beyond: 0 };
  for (let i = 0; i < tried; i++) {
    const sum = exact ? sumUnder(sizes, i, span) : randomSum(sizes, random, span);
    if (sum >= total - crumb) counts.above++;
    if (Math.abs(sum) >= Math.abs(total) - crumb) counts.beyond++;
  }
  const extra = exact ? 0 : 1;
  const share = (count: number) => (count + extra) / (tried + extra);
  return { exact, flips: tried, twoSided: share(counts.beyond), greater: share(counts.above) };
}

// Bit i of `signs` makes difference i negative.
function sumUnder(sizes: readonly number[], signs: number, span: number): number {
  let sum = span;
  for (let i = 0; i < sizes.length; i++) if ((signs >>> i) & 1) sum -= 2 * (sizes[i] ?? 0);
  return sum;
}

function randomSum(sizes: readonly number[], random: Random, span: number): number {
  let sum = span;
  let bits = 0;
  for (let i = 0; i < sizes.length; i++) {
    bits = i % 32 === 0 ? random.word() : bits >>> 1;
    if (bits & 1) sum -= 2 * (sizes[i] ?? 0);
  }
  return sum;
}
