// The Cochran-Mantel-Haenszel test and its effects over many two-by-two tables; never pools strata, never answers NaN.
import { chiSquareTail, normalQuantile } from './normal.ts';
import type { Estimate, TwoByTwo } from './two-by-two.ts';

/**
 * The common odds ratio of Mantel & Haenszel. `zero` or `infinite` where no stratum has a failure or a success on the side that
 * it takes; there is no interval then.
 */
export type OddsRatio = ({ kind: 'finite' } & Estimate) | { kind: 'zero' } | { kind: 'infinite' };

export interface CmhTest {
  kind: 'tested';
  /** Strata that hold both exposures and both outcomes; only these speak. */
  informative: number;
  /** Exposed sessions with the outcome in them: observed, and expected if exposure made no difference. */
  observed: number;
  expected: number;
  variance: number;
  chiSquare: number;
  /** Two-sided, from chi-square with one degree of freedom. */
  p: number;
  oddsRatio: OddsRatio;
  /** Common risk difference, exposed minus not exposed, −1 to 1. */
  riskDifference: Estimate;
}

/** No stratum holds both exposures and both outcomes: nothing can be said, which is not the same as "no effect". */
export interface NothingToTest {
  kind: 'nothing-to-test';
}

/** Sums over strata. */
interface Sums {
  informative: number;
  observed: number;
  expected: number;
  variance: number;
  ratio: { r: number; s: number; pr: number; psqr: number; qs: number };
  difference: { weight: number; weighted: number; p: number; q: number };
}

/**
 * Cochran (1954), Mantel & Haenszel (1959): E = n₁m₁/n, V = n₁n₀m₁m₀ / (n²(n−1)), χ² = (|Σa−ΣE|−½)² / ΣV, where the correction of
 * ½ never goes past zero. Odds ratio Σ(ad/n) / Σ(bc/n) with the interval of Robins, Breslow & Greenland (1986); risk difference
 * Σ((an₀−cn₁)/n) / Σ(n₁n₀/n) with that of Sato (1989). Strata with one outcome weigh in the risk difference alone (as a difference
 * of zero, which it is), those with one exposure or one session nowhere. The order of the strata only moves the last bits.
 * @param level coverage of both intervals
 */
export function cochranMantelHaenszel(strata: Iterable<TwoByTwo>, level = 0.95): CmhTest | NothingToTest {
  const sums = sumUp(strata);
  if (sums.informative === 0) return { kind: 'nothing-to-test' };
  const { informative, observed, expected, variance } = sums;
  const chiSquare = Math.max(0, Math.abs(observed - expected) - 0.5) ** 2 / variance;
  const z = normalQuantile((1 + level) / 2);
  return {
    kind: 'tested',
    informative,
    observed,
    expected,
    variance,
    chiSquare,
    p: chiSquareTail(chiSquare),
    oddsRatio: oddsRatioOf(sums.ratio, z),
    riskDifference: riskDifferenceOf(sums.difference, z),
  };
}

function sumUp(strata: Iterable<TwoByTwo>): Sums {
  const sums: Sums = {
    informative: 0,
    observed: 0,
    expected: 0,
    variance: 0,
    ratio: { r: 0, s: 0, pr: 0, psqr: 0, qs: 0 },
    difference: { weight: 0, weighted: 0, p: 0, q: 0 },
  };
  for (const table of strata) {
    if (table.a + table.b === 0 || table.c + table.d === 0) continue;
    addDifference(sums.difference, table);
    if (table.a + table.c === 0 || table.b + table.d === 0) continue;
    addTest(sums, table);
    addRatio(sums.ratio, table);
  }
  return sums;
}

function addTest(sums: Sums, { a, b, c, d }: TwoByTwo): void {
  const n = a + b + c + d;
  sums.informative++;
  sums.observed += a;
  sums.expected += ((a + b) * (a + c)) / n;
  sums.variance += (((a + b) * (c + d)) / n) * (((a + c) * (b + d)) / n / (n - 1));
}

function addRatio(sums: Sums['ratio'], { a, b, c, d }: TwoByTwo): void {
  const n = a + b + c + d;
  const [p, q, r, s] = [(a + d) / n, (b + c) / n, (a * d) / n, (b * c) / n];
  sums.r += r;
  sums.s += s;
  sums.pr += p * r;
  sums.psqr += p * s + q * r;
  sums.qs += q * s;
}

function addDifference(sums: Sums['difference'], { a, b, c, d }: TwoByTwo): void {
  const [exposed, unexposed] = [a + b, c + d];
  const n = exposed + unexposed;
  sums.weight += (exposed * unexposed) / n;
  sums.weighted += (a * unexposed - c * exposed) / n;
  const [x, y] = [exposed / n, unexposed / n];
  sums.p += x * x * c - y * y * a + (x * y * (unexposed - exposed)) / 2;
  sums.q += (a * d + c * b) / (2 * n);
}

function oddsRatioOf({ r, s, pr, psqr, qs }: Sums['ratio'], z: number): OddsRatio {
  if (r === 0) return { kind: 'zero' };
  if (s === 0) return { kind: 'infinite' };
  const half = z * Math.sqrt(pr / (2 * r * r) + psqr / (2 * r * s) + qs / (2 * s * s));
  const estimate = r / s;
  return { kind: 'finite', estimate, lower: estimate * Math.exp(-half), upper: estimate * Math.exp(half) };
}

function riskDifferenceOf({ weight, weighted, p, q }: Sums['difference'], z: number): Estimate {
  const estimate = weighted / weight;
  // A variance that is zero on paper may come out a crumb below it.
  const half = (z * Math.sqrt(Math.max(0, estimate * p + q))) / weight;
  return { estimate, lower: Math.max(-1, estimate - half), upper: Math.min(1, estimate + half) };
}
