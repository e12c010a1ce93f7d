// What share is really positive when the judge that counted errs at known rates; never trusts a judge no better than chance.
import { normalQuantile } from './normal.ts';
import type { Estimate } from './two-by-two.ts';

/** So many of so many. */
export interface Share {
  count: number;
  of: number;
}

/**
 * The rate of Rogan & Gladen (1978), (q + specificity − 1) / (sensitivity + specificity − 1), with the interval of Lang & Reiczigel
 * (2014), which counts in that the judge's own rates were estimated; all cut to 0 … 1. Undefined where something was never tried,
 * or where sensitivity + specificity ≤ 1: such a judge tells nothing.
 * @param positive what the judge called positive, of all that it judged
 * @param sensitivity of those known to be positive, what the judge called positive
 * @param specificity of those known to be negative, what the judge called negative
 */
export function roganGladen(
  positive: Share,
  sensitivity: Share,
  specificity: Share,
  level = 0.95,
): Estimate | undefined {
  if (positive.of <= 0 || sensitivity.of <= 0 || specificity.of <= 0) return undefined;
  const z = normalQuantile((1 + level) / 2);
  const plain = corrected(rate(positive, 0), rate(sensitivity, 0), rate(specificity, 0));
  // Half of z² successes and failures are added to the sample, one of each to the two validations (as by Agresti & Coull 1998).
  const [q, se, sp] = [rate(positive, (z * z) / 2), rate(sensitivity, 1), rate(specificity, 1)];
  const centre = corrected(q, se, sp);
  if (plain === undefined || centre === undefined) return undefined;
  const judgeSe = (se * (1 - se)) / (sensitivity.of + 2);
  const judgeSp = (sp * (1 - sp)) / (specificity.of + 2);
  const variance = (q * (1 - q)) / (positive.of + z * z) + centre ** 2 * judgeSe + (1 - centre) ** 2 * judgeSp;
  const shift = 2 * z * z * (centre * judgeSe - (1 - centre) * judgeSp);
  const half = (z * Math.sqrt(variance)) / (se + sp - 1);
  return { estimate: cut(plain), lower: cut(centre + shift - half), upper: cut(centre + shift + half) };
}

function rate({ count, of }: Share, added: number): number {
  return (count + added) / (of + 2 * added);
}

function corrected(q: number, se: number, sp: number): number | undefined {
  const youden = se + sp - 1;
  return youden <= 0 ? undefined : (q + sp - 1) / youden;
}

function cut(share: number): number {
  return Math.min(1, Math.max(0, share));
}
