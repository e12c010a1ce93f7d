// Made-up proofs whose truth is known, judged like real ones: what power and error rates the verdict has; runs no task.

import type { ProofArm, ProofVerdict } from '../domain/proof.ts';
import { normalQuantile } from '../statistics/normal.ts';
import { type Random, uniform, uniformInt } from '../statistics/random.ts';
import { analyse } from './analysis.ts';
import { type Bets, betsOn, isSettled } from './bets.ts';
import type { Trial } from './trial.ts';
import { verdictOf } from './verdict.ts';

/** A world in which every proof is drawn. Rates are means over tasks, whose log odds are normal around them. */
export interface WorldOfProofs {
  tasks: number;
  trials: number;
  baseline: number;
  /** What B and P add to the baseline. */
  gain: number;
  placeboGain?: number;
  /** Standard deviation of tasks' log odds; 2 as in `pairedPower`. */
  spread?: number;
  /** Standard deviation by which B moves single tasks' log odds up or down around its gain: lessons that help here and hurt there. */
  mixed?: number;
  /** A required criterion beside the whole that passes at this rate in A and moves by this much in B. */
  criterion?: { rate: number; gain: number };
}

export interface Judging {
  sequential: boolean;
  flips?: number;
  /** 0 leaves out the interval, and with it the verdict `no proven harm`. */
  resamples?: number;
}

/** One proof of that world, judged. `tasks` says after how many tasks it ended. */
export function simulatedVerdict(
  world: WorldOfProofs,
  random: Random,
  { sequential, flips = 2000, resamples = 0 }: Judging,
): { verdict: ProofVerdict; tasks: number } {
  const all = trialsOf(world, random);
  const order = Array.from({ length: world.tasks }, (_, i) => String(i).padStart(5, '0'));
  const required = new Set(world.criterion === undefined ? [] : ['criterion']);
  let trials = all;
  let bets: Bets | undefined;
  let tasks = world.tasks;
  if (sequential) {
    for (tasks = 1; tasks <= world.tasks; tasks++) {
      const soFar = new Set(order.slice(0, tasks));
      trials = all.filter((t) => soFar.has(t.task));
      bets = betsOn(trials, order, required);
      if (isSettled(bets)) break;
    }
    tasks = Math.min(tasks, world.tasks);
  }
  const names = order.slice(0, tasks).map((id) => ({ id, key: id }));
  const seed = String(random.word());
  const analysis = analyse({ trials, tasks: names, required, perEntry: [], seed, flips, resamples });
  return { verdict: verdictOf(analysis, bets).verdict, tasks };
}

const GRID = Array.from({ length: 400 }, (_, i) => normalQuantile((i + 0.5) / 400));

function trialsOf(world: WorldOfProofs, random: Random): Trial[] {
  const { spread = 2, mixed = 0 } = world;
  const centre = centreFor(world.baseline, spread);
  const arms: [ProofArm, number, number][] = [
    ['A', centre, 0],
    ['B', centreFor(clamp(world.baseline + world.gain), spread), mixed],
    ['P', centreFor(clamp(world.baseline + (world.placeboGain ?? 0)), spread), 0],
  ];
  return Array.from({ length: world.tasks }, (_, i) => i).flatMap((i) => {
    const ability = spread * (GRID[uniformInt(random, GRID.length)] ?? 0);
    const own = mixed * (GRID[uniformInt(random, GRID.length)] ?? 0);
    return arms.flatMap(([arm, mid, moved]) =>
      Array.from({ length: world.trials }, (_, k) => {
        const rate = 1 / (1 + Math.exp(-(mid + ability + (moved === 0 ? 0 : own))));
        return drawnTrial(world, arm, String(i).padStart(5, '0'), k + 1, rate, random);
      }),
    );
  });
}

function drawnTrial(
  { criterion }: WorldOfProofs,
  arm: ProofArm,
  task: string,
  trial: number,
  rate: number,
  random: Random,
): Trial {
  const criteria = new Map<string, boolean | null>();
  let passes = uniform(random) < rate;
  if (criterion !== undefined) {
    const met = uniform(random) < clamp(criterion.rate + (arm === 'B' ? criterion.gain : 0));
    criteria.set('criterion', met);
    passes &&= met;
  }
  return {
    ...{ task, arm, trial, criteria, without: [], loaded: [] },
    ...{ session: `${task}.${arm}.${trial}`, model: 'made-up', passed: passes },
    ...{ usd: 1, tokens: 1000, steps: 10, minutes: 1, handed_off: false, gave_up: false },
  };
}

function clamp(rate: number): number {
  return Math.min(0.995, Math.max(0.005, rate));
}

const centres = new Map<string, number>();

// The centre of log odds at which tasks of this spread pass at `rate` in the mean.
function centreFor(rate: number, spread: number): number {
  const key = `${rate}/${spread}`;
  const known = centres.get(key);
  if (known !== undefined) return known;
  let [low, high] = [-40, 40];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    const mean = GRID.reduce((sum, z) => sum + 1 / (1 + Math.exp(-(middle + spread * z))), 0) / GRID.length;
    if (mean < rate) low = middle;
    else high = middle;
  }
  centres.set(key, (low + high) / 2);
  return (low + high) / 2;
}

/** The spread of tasks' log odds at which their rates, `rate` in the mean, have this variance; between 0 and 5. */
export function spreadFor(rate: number, variance: number): number {
  let [low, high] = [0, 5];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    const centre = centreFor(rate, middle);
    const rates = GRID.map((z) => 1 / (1 + Math.exp(-(centre + middle * z))));
    const found = rates.reduce((sum, r) => sum + (r - rate) ** 2, 0) / rates.length;
    if (found < variance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
