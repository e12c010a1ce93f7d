// The chance that all of k tries at a task succeed; a pure function of counts.

/** How often a task was tried, and how often that succeeded. */
export interface Tries {
  successes: number;
  trials: number;
}

/**
 * pass^k of one task: C(successes, k) / C(trials, k), the share of all choices of k of its trials in which every one succeeded.
 * Without bias for the chance that k new tries all succeed (Yao et al. 2024, τ-bench). Undefined where there are fewer than k trials.
 * @param k whole number, 1 or more
 */
export function passHat({ successes, trials }: Tries, k: number): number | undefined {
  if (trials < k) return undefined;
  let share = 1;
  for (let i = 0; i < k; i++) share *= Math.max(0, successes - i) / (trials - i);
  return share;
}

/** Mean pass^k over the tasks with at least k trials, every task counting the same; undefined where there is none. */
export function meanPassHat(tasks: Iterable<Tries>, k: number): { mean: number; tasks: number } | undefined {
  let sum = 0;
  let count = 0;
  for (const task of tasks) {
    const share = passHat(task, k);
    if (share === undefined) continue;
    sum += share;
    count++;
  }
  return count === 0 ? undefined : { mean: sum / count, tasks: count };
}
