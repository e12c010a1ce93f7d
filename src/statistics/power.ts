// How likely a proof with so many tasks and trials is to see a gain that is there; simulates, and runs no task.
import { normalQuantile } from './normal.ts';
import { type Random, uniform, uniformInt } from './random.ts';

/** A comparison of two arms on the same tasks. */
export interface PairedDesign {
  tasks: number;
  /** Trials of each task in each arm. */
  trials: number;
  /** Mean success rate of the first arm, and what the second adds to it; shares, both rates strictly between 0 and 1. */
  baseline: number;
  gain: number;
  /** How much tasks differ: standard deviation of their log odds of success. Default 2: gpt-4o on tau-bench airline has 2.05. */
  spread?: number;
  /** Two-sided level of the sign-flip test. */
  level?: number;
}

/**
 * Share of simulated proofs in which the sign-flip test on per-task differences, exact, is significant and favours the second arm.
 * Tasks' log odds are drawn from a normal distribution whose mean success rate is `baseline`; the second arm shifts all of them by
 * what adds `gain` in the mean, so that tasks which nearly always or never succeed hardly move. With `gain` 0 it is the false-accept
 * rate. The standard error is that of the simulation.
 */
export function pairedPower(
  design: PairedDesign,
  random: Random,
  simulations = 2000,
): { power: number; standardError: number } {
  const { tasks, trials, baseline, gain, spread = 2, level = 0.05 } = design;
  const before = ratesWithMean(baseline, spread);
  const after = ratesWithMean(baseline + gain, spread);
  let seen = 0;
  for (let i = 0; i < simulations; i++) {
    const differences = Int32Array.from({ length: tasks }, () => {
      const task = uniformInt(random, before.length);
      return successes(after[task] ?? 0, trials, random) - successes(before[task] ?? 0, trials, random);
    });
    if (upwardP(differences) <= level) seen++;
  }
  const power = seen / simulations;
  return { power, standardError: Math.sqrt((power * (1 - power)) / simulations) };
}

const GRID = Array.from({ length: 400 }, (_, i) => normalQuantile((i + 0.5) / 400));

// Success rates of 400 tasks, equally spaced in difficulty, whose mean is `mean`.
function ratesWithMean(mean: number, spread: number): number[] {
  if (!(mean > 0 && mean < 1)) throw new RangeError(`not a rate strictly between 0 and 1: ${mean}`);
  const rates = (centre: number) => GRID.map((z) => 1 / (1 + Math.exp(-(centre + spread * z))));
  const meanOf = (list: readonly number[]) => list.reduce((sum, rate) => sum + rate, 0) / list.length;
  let [low, high] = [-50 * (1 + spread), 50 * (1 + spread)];
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (meanOf(rates(middle)) < mean) low = middle;
    else high = middle;
  }
  return rates((low + high) / 2);
}

function successes(rate: number, trials: number, random: Random): number {
  let count = 0;
  for (let i = 0; i < trials; i++) if (uniform(random) < rate) count++;
  return count;
}

// Two-sided p of the sign-flip test on whole differences if their sum is above zero, else 1: all signs at once, by convolution.
function upwardP(differences: Int32Array): number {
  const total = differences.reduce((sum, d) => sum + d, 0);
  if (total <= 0) return 1;
  const reach = differences.reduce((sum, d) => sum + Math.abs(d), 0);
  // chance[s] is the probability that the differences which turned out negative add up to s.
  let chance = new Float64Array(reach + 1);
  chance[0] = 1;
  let top = 0;
  for (const difference of differences) {
    const size = Math.abs(difference);
    if (size === 0) continue;
    const next = new Float64Array(reach + 1);
    for (let s = 0; s <= top; s++) {
      const half = (chance[s] ?? 0) / 2;
      next[s] = (next[s] ?? 0) + half;
      next[s + size] = (next[s + size] ?? 0) + half;
    }
    chance = next;
    top += size;
  }
  // The sum is reach − 2s; as large as observed where s ≤ (reach − total) / 2.
  let p = 0;
  for (let s = 0; 2 * s <= reach - total; s++) p += chance[s] ?? 0;
  return 2 * p;
}
