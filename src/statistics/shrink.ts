// An odds ratio drawn towards 1 as far as few data deserve; always finite and above zero, and never pools strata.
import { hypergeometric } from './hypergeometric.ts';
import type { TwoByTwo } from './two-by-two.ts';

// Prior odds ratios lie between 1/4 and 4 with 95 % (Greenland 2006, "Bayesian perspectives for epidemiological research: I").
const PRIOR_VARIANCE = 0.5;

/**
 * The common odds ratio that is most probable after the strata, when its logarithm is normal about 0 with variance `priorVariance`
 * beforehand. The likelihood is the exact conditional one (product of noncentral hypergeometrics, Breslow & Day 1980, 4.4), so
 * that no ½ is added anywhere and empty cells do no harm. 1 where no stratum tells anything. It lies between 1 and the conditional
 * maximum-likelihood estimate, and goes to the latter as data grow. The order of the strata only moves the last bits.
 */
export function shrunkenOddsRatio(strata: Iterable<TwoByTwo>, priorVariance = PRIOR_VARIANCE): number {
  const tables: Table[] = [];
  for (const table of strata) {
    const { low, logP } = hypergeometric(table);
    if (logP.length > 1) tables.push({ observed: table.a - low, logP });
  }
  // The slope falls everywhere, so its zero lies between the slopes' extremes times the prior variance.
  let low = -priorVariance * tables.reduce((sum, { observed, logP }) => sum + logP.length - 1 - observed, 0);
  let high = priorVariance * tables.reduce((sum, { observed }) => sum + observed, 0);
  let logOdds = 0;
  for (let step = 0; step < 200 && high - low > 1e-12; step++) {
    const { slope, curve } = posterior(tables, logOdds, priorVariance);
    if (slope > 0) low = logOdds;
    else high = logOdds;
    const newton = logOdds + slope / curve;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - logOdds) < 1e-13) break;
    logOdds = next;
  }
  return Math.exp(logOdds);
}

/** One stratum, its counts taken from the smallest possible on. */
interface Table {
  observed: number;
  logP: Float64Array;
}

// First derivative of the logarithm of the posterior, and minus the second.
function posterior(tables: readonly Table[], logOdds: number, priorVariance: number): { slope: number; curve: number } {
  let slope = -logOdds / priorVariance;
  let curve = 1 / priorVariance;
  for (const { observed, logP } of tables) {
    const { mean, variance } = tilted(logP, logOdds);
    slope += observed - mean;
    curve += variance;
  }
  return { slope, curve };
}

// Mean and variance of the count when every further one is exp(logOdds) times as likely.
function tilted(logP: Float64Array, logOdds: number): { mean: number; variance: number } {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logP.length; i++) most = Math.max(most, (logP[i] ?? 0) + i * logOdds);
  let [sum, first, second] = [0, 0, 0];
  for (let i = 0; i < logP.length; i++) {
    const weight = Math.exp((logP[i] ?? 0) + i * logOdds - most);
    sum += weight;
    first += weight * i;
    second += weight * i * i;
  }
  const mean = first / sum;
  return { mean, variance: Math.max(0, second / sum - mean * mean) };
}
