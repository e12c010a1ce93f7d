// Whether a rule holds under a condition only: its effect where a reading was high or low against that where it was not; pools no tasks.
import { chiSquareTail } from '../../statistics/normal.ts';
import type { Criterion } from '../outcomes.ts';
import type { Feature } from './features.ts';
import { excessOf, type Ground, informativeStrata, tablesOf, tasksIn } from './ground.ts';
import { LEAST_STRATA } from './questions.ts';
import { type Condition, type Split, sidesOf, splitsOf } from './splits.ts';

const SIGNIFICANT = 0.05;
/** One-sided 5 %: with so much effect on the other side too, the plain rule is the truer one. */
const ALSO_THERE = 1.645;
const THRESHOLDS = 15;

/** The effect of a split on one side of a condition: Peto's log odds ratio (O − E) / V with variance 1 / V, in the rule's direction. */
interface Half {
  effect: number;
  variance: number;
  score: number;
}

/**
 * The condition under which the effect of a split differs most from that where it does not hold; undefined where none does. The
 * difference is compared with its standard error, two-sided, among all conditions that were tried (Bonferroni); both sides need
 * three tasks that can speak, and the other side must not show the same effect by itself.
 * @param sign of the effect
 */
export function conditionOf(
  ground: Ground,
  criterion: Criterion,
  split: Split,
  sign: number,
  readings: readonly Feature[],
): Condition | undefined {
  let best: { condition: Condition; p: number } | undefined;
  let tried = 0;
  for (const reading of readings) {
    if (reading === split.feature) continue;
    for (const when of splitsOf(reading, ground.speaking, THRESHOLDS)) {
      const [held, other] = [true, false].map((holds) =>
        halfOf(ground, criterion, split, sign, { split: when, holds }),
      );
      if (held === undefined || other === undefined) continue;
      tried++;
      const holds = held.effect > other.effect;
      const p = chiSquareTail((held.effect - other.effect) ** 2 / (held.variance + other.variance));
      if ((holds ? other : held).score >= ALSO_THERE || (holds ? held : other).score <= 0) continue;
      if (best === undefined || p < best.p) best = { condition: { split: when, holds }, p };
    }
  }
  return best !== undefined && best.p * tried <= SIGNIFICANT ? best.condition : undefined;
}

function halfOf(
  ground: Ground,
  criterion: Criterion,
  split: Split,
  sign: number,
  condition: Condition,
): Half | undefined {
  const sides = sidesOf({ split, condition });
  const tables = tablesOf(ground, criterion, sides, ground.speaking);
  if (tasksIn(ground, informativeStrata(tables)) < LEAST_STRATA) return undefined;
  const { over, variance } = excessOf(ground, criterion, sides, ground.speaking);
  return {
    effect: (sign * over) / variance,
    variance: 1 / variance,
    score: (sign * over) / Math.sqrt(variance),
  };
}
