// What single entries do: trials that had them in against trials of the same task that had not, labels dealt anew within tasks; pure.
import { byCodeUnit, groupBy } from '../base/collections.ts';
import type { EntryEffect } from '../domain/proof.ts';
import { forEachArrangement } from '../statistics/arrangements.ts';
import { holm } from '../statistics/holm.ts';
import { seeded } from '../statistics/random.ts';
import { mean } from './compare.ts';
import type { Trial } from './trial.ts';

const LEVEL = 0.05;
const DRAWS = 20_000;

/**
 * One effect for each entry of arm E, in the order given, Holm-corrected over all of them. Whether an entry was in is what was
 * drawn for the trial, not what its prompt held: the draw is what makes it a comparison. Trials that say neither are left out.
 */
export function entryEffects(
  trials: readonly Trial[],
  entries: readonly string[],
  seed: string,
  together = false,
): EntryEffect[] {
  // Entries that are out together all have the one effect of arm B against arm E.
  const arms = together ? ['B', 'E'] : ['E'];
  const drawn = trials.filter((t) => arms.includes(t.arm) && t.passed !== null).sort(inOrder);
  const effects = entries.map((entry) =>
    effectOf(drawn, entry, together ? `${seed}/together` : `${seed}/effect/${entry}`),
  );
  const corrected = together ? effects.map((e) => e.p) : holm(effects.map((e) => e.p));
  return effects.map((effect, i) => {
    const adjusted = corrected[i] ?? 1;
    const sure = adjusted <= LEVEL && effect.difference !== 0;
    return { ...effect, holm: adjusted, effect: sure ? (effect.difference > 0 ? 'helps' : 'hurts') : 'undecided' };
  });
}

function effectOf(trials: readonly Trial[], entry: string, draws: string): EntryEffect {
  const tasks = [...groupBy(trials, (t) => t.task).values()];
  const both = tasks.filter((list) => list.some((t) => isIn(t, entry)) && list.some((t) => !isIn(t, entry)));
  const blocks = both.flatMap((list, task) => list.map((trial) => ({ task, trial })));
  const labels = blocks.map(({ trial }) => Number(isIn(trial, entry)));
  const outcomes = blocks.map(({ trial }) => Number(trial.passed));
  const weights = weightsOf(
    blocks.map((b) => b.task),
    labels,
    both.length,
  );
  const statistic = (arranged: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < outcomes.length; i++)
      sum += (outcomes[i] ?? 0) * (weights[i]?.[arranged[i] === 1 ? 1 : 0] ?? 0);
    return sum;
  };
  const difference = both.length === 0 ? 0 : statistic(labels);
  const { p, exact } = permuted(
    blocks.map((b) => b.task),
    labels,
    statistic,
    draws,
    difference,
  );
  const part = (isWith: boolean) => ({
    trials: labels.filter((label) => (label === 1) === isWith).length,
    rate: mean(both.map((list) => mean(list.filter((t) => isIn(t, entry) === isWith).map((t) => Number(t.passed))))),
  });
  return {
    entry,
    tasks: both.length,
    with: part(true),
    without: part(false),
    loaded: trials.filter((t) => isIn(t, entry) && t.loaded.includes(entry)).length,
    difference,
    p,
    holm: p,
    exact,
    effect: 'undecided',
  };
}

// Every task counts the same, whatever its number of trials: mean of (rate with − rate without). Dealing labels anew within
// a task keeps how many are in, so these weights stay.
function weightsOf(tasks: readonly number[], labels: readonly number[], count: number): [number, number][] {
  const inside = new Map<number, number>();
  const all = new Map<number, number>();
  tasks.forEach((task, i) => {
    all.set(task, (all.get(task) ?? 0) + 1);
    inside.set(task, (inside.get(task) ?? 0) + (labels[i] ?? 0));
  });
  return tasks.map((task) => {
    const withIt = inside.get(task) ?? 0;
    return [-1 / (count * ((all.get(task) ?? 0) - withIt)), 1 / (count * withIt)];
  });
}

function permuted(
  tasks: readonly number[],
  labels: readonly number[],
  statistic: (labels: ArrayLike<number>) => number,
  seed: string,
  observed: number,
): { p: number; exact: boolean } {
  const crumb = 1e-9; // sums that are equal on paper differ in the last bits
  let beyond = 0;
  const { exact, visited } = forEachArrangement(tasks, labels, { draws: DRAWS, random: seeded(seed) }, (arranged) => {
    if (Math.abs(statistic(arranged)) >= Math.abs(observed) - crumb) beyond++;
  });
  return { p: exact ? beyond / visited : (beyond + 1) / (visited + 1), exact };
}

function isIn({ without }: Trial, entry: string): boolean {
  return !without.includes(entry);
}

function inOrder(a: Trial, b: Trial): number {
  return byCodeUnit(a.task, b.task) || a.trial - b.trial;
}
