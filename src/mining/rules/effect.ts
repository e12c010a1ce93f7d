// The effect of following a rule, and the counts that its claim is made of; compares within strata only.
import { cochranMantelHaenszel } from '../../statistics/cmh.ts';
import { hypergeometric } from '../../statistics/hypergeometric.ts';
import { shrunkenOddsRatio } from '../../statistics/shrink.ts';
import type { TwoByTwo } from '../../statistics/two-by-two.ts';
import type { Rule } from './choose.ts';
import { type Ground, informativeStrata, isInformative, tablesOf, tasksIn } from './ground.ts';
import { LEFT, sidesOf } from './splits.ts';

export interface Effect {
  /** Odds ratio and risk difference of following the rule: above 1 and above 0. */
  or: number;
  rd: number;
  /** 95 % interval of the odds ratio. */
  ci: [number, number];
  /** Over the strata with both sides and both outcomes: followed or not, met or not. */
  counts: TwoByTwo;
  tasks: number;
  strata: number;
  /** By place of the session in these strata: 1 followed, 0 not, LEFT elsewhere. */
  followed: Int8Array;
}

const PRIOR_VARIANCE = 0.5;

export function effectOf(ground: Ground, rule: Rule): Effect {
  const raw = sidesOf(rule.question);
  const sides = raw.map((side) => (side === LEFT ? LEFT : side === (rule.high ? 1 : 0) ? 1 : 0));
  const all = tablesOf(ground, rule.criterion, sides);
  const speaking = informativeStrata(all);
  const tables = [...all.values()];
  const or = shrunkenOddsRatio(tables);
  const test = cochranMantelHaenszel(tables);
  const half = 1.959964 * spreadAt(tables.filter(isInformative), Math.log(or));
  return {
    or: rounded(or),
    rd: rounded(test.kind === 'tested' ? test.riskDifference.estimate : 0),
    ci: [rounded(or * Math.exp(-half)), rounded(or * Math.exp(half))],
    counts: total(tables.filter(isInformative)),
    tasks: tasksIn(ground, speaking),
    strata: speaking.size,
    followed: sides.map((side, place) => (speaking.has(ground.strata[place] ?? -1) ? side : LEFT)),
  };
}

/**
 * Standard deviation of the logarithm of the shrunken odds ratio: the normal approximation at its mode, whose curvature is that of
 * the prior and the variance of the noncentral hypergeometric of each stratum. Finite whatever cells are empty.
 */
export function spreadAt(tables: readonly TwoByTwo[], logOdds: number): number {
  let curve = 1 / PRIOR_VARIANCE;
  for (const table of tables) {
    const { logP } = hypergeometric(table);
    const weights = logP.map((l, i) => l + i * logOdds);
    const most = weights.reduce((m, w) => Math.max(m, w), Number.NEGATIVE_INFINITY);
    let [sum, first, second] = [0, 0, 0];
    weights.forEach((w, i) => {
      const weight = Math.exp(w - most);
      sum += weight;
      first += weight * i;
      second += weight * i * i;
    });
    curve += Math.max(0, second / sum - (first / sum) ** 2);
  }
  return 1 / Math.sqrt(curve);
}

function total(tables: readonly TwoByTwo[]): TwoByTwo {
  const sum = { a: 0, b: 0, c: 0, d: 0 };
  for (const { a, b, c, d } of tables) {
    sum.a += a;
    sum.b += b;
    sum.c += c;
    sum.d += d;
  }
  return sum;
}

// Sums in another order may differ in the last bits, and cards are compared byte for byte.
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
