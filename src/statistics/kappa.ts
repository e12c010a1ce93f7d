// Cohen's kappa of two raters; agreement beyond chance, and never a verdict on who is right.
import { normalQuantile } from './normal.ts';
import type { Estimate } from './two-by-two.ts';

export interface Agreement extends Estimate {
  standardError: number;
  /** Share of the things that both put into the same category, and the share expected if each rated by their own habits alone. */
  agreed: number;
  expected: number;
}

/**
 * Cohen's kappa (1960) with the large-sample standard error of Fleiss, Cohen & Everitt (1969), and the interval that follows, cut
 * at −1 and 1. Undefined where nothing was rated, or where both used one and the same category throughout, so that chance alone
 * explains everything.
 * @param counts square table: `counts[i][j]` things that the first put into category i and the second into j
 */
export function cohenKappa(counts: readonly (readonly number[])[], level = 0.95): Agreement | undefined {
  const first = counts.map((row) => sum(row));
  const second = counts.map((_, j) => sum(counts.map((row) => row[j] ?? 0)));
  const n = sum(first);
  const at = (list: readonly number[], i: number) => (list[i] ?? 0) / n;
  const agreed = sum(counts.map((row, i) => at(row, i)));
  const expected = sum(counts.map((_, i) => at(first, i) * at(second, i)));
  if (n === 0 || counts.some((row, i) => row[i] === n)) return undefined;
  const estimate = (agreed - expected) / (1 - expected);
  const odd = 1 - estimate;
  let spread = -((estimate - expected * odd) ** 2);
  for (const [i, row] of counts.entries()) {
    for (let j = 0; j < counts.length; j++) {
      const chance = i === j ? 1 - (at(first, i) + at(second, i)) * odd : (at(second, i) + at(first, j)) * odd;
      spread += at(row, j) * chance ** 2;
    }
  }
  // Nothing at all varies in a table of perfect agreement; rounding leaves a crumb on either side of zero.
  const standardError = Math.sqrt(Math.max(0, spread) / n) / (1 - expected);
  const half = normalQuantile((1 + level) / 2) * standardError;
  return {
    estimate,
    lower: Math.max(-1, estimate - half),
    upper: Math.min(1, estimate + half),
    standardError,
    agreed,
    expected,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0);
}
