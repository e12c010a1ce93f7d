// Two arms on the same tasks: how far the second is ahead, how sure that is; pure, and draws whole tasks, never single trials.
import { groupBy } from '../base/collections.ts';
import type { Comparison, ProofArm } from '../domain/proof.ts';
import { clusterBootstrap } from '../statistics/bootstrap.ts';
import { mcnemar } from '../statistics/mcnemar.ts';
import { seeded } from '../statistics/random.ts';
import { signFlip } from '../statistics/sign-flip.ts';
import type { Trial } from './trial.ts';

/** What is compared: a number of a trial, null where it says nothing. Yes and no are 1 and 0. */
export type Measure = (trial: Trial) => number | null;

export interface Effort {
  /** Seeds flips and resamples. */
  seed: string;
  flips?: number;
  /** Bootstrap resamples; 0 leaves the interval out. */
  resamples?: number;
}

/** A task's mean in both arms. */
export interface Pair {
  task: string;
  before: number;
  after: number;
  /** Trials behind the two means. */
  trials: [number, number];
}

/** Whether the work passed. */
export const passed: Measure = ({ passed }) => (passed === null ? null : Number(passed));

/** The tasks in which both arms have something to say, in the order of their names. */
export function pairsOf(trials: readonly Trial[], first: ProofArm, second: ProofArm, measure: Measure): Pair[] {
  const byTask = groupBy(trials, (t) => t.task);
  return [...byTask.keys()].sort().flatMap((task) => {
    const of = (arm: ProofArm) => (byTask.get(task) ?? []).flatMap((t) => (t.arm === arm ? (measure(t) ?? []) : []));
    const [a, b] = [of(first), of(second)];
    if (a.length === 0 || b.length === 0) return [];
    return [{ task, before: mean(a), after: mean(b), trials: [a.length, b.length] as [number, number] }];
  });
}

/** Compares the second arm with the first. Without any common task every number is 0 and every p is 1. */
export function compare(pairs: readonly Pair[], { seed, flips, resamples = 10_000 }: Effort): Comparison {
  const differences = pairs.map(({ before, after }) => after - before);
  const test = (signed: readonly number[], name: string) =>
    signFlip(signed, { random: seeded(`${seed}/${name}`), ...(flips !== undefined && { flips }) });
  const up = test(differences, 'better');
  const down = test(
    differences.map((d) => -d),
    'worse',
  );
  const wins = differences.filter((d) => d > 0).length;
  const losses = differences.filter((d) => d < 0).length;
  const once = pairs.length > 0 && pairs.every(({ trials: [a, b] }) => a === 1 && b === 1);
  const drawn =
    resamples === 0
      ? undefined
      : clusterBootstrap(differences, mean, { random: seeded(`${seed}/interval`), resamples });
  return {
    tasks: pairs.length,
    before: mean(pairs.map((p) => p.before)),
    after: mean(pairs.map((p) => p.after)),
    difference: mean(differences),
    interval: drawn === undefined ? null : [drawn.percentile.lower, drawn.percentile.upper],
    better: up.greater,
    worse: down.greater,
    exact: up.exact,
    wins,
    losses,
    ties: pairs.length - wins - losses,
    ...(once && { mid_p: mcnemar(wins, losses).midP }),
  };
}

/** 0 for nothing at all. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, v) => sum + v, 0) / values.length;
}
