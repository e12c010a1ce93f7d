// What a proof would cost and how much of a gain it would see, out of earlier trials and simulation; promises nothing and runs nothing.
import { groupBy } from '../base/collections.ts';
import { seeded } from '../statistics/random.ts';
import { mean } from './compare.ts';
import { simulatedVerdict, spreadFor } from './simulate.ts';

/** What is known of a trial that was run before. */
export interface EarlierTrial {
  task: string;
  passed: boolean | null;
  /** Null where a request had no known price. */
  usd: number | null;
  minutes: number;
}

export interface EstimateRequest {
  tasks: number;
  trials: number;
  arms: number;
  jobs: number;
  sequential: boolean;
  earlier: readonly EarlierTrial[];
  seed: string;
  /** Simulated proofs for each gain. */
  simulations?: number;
}

/** What `agent prove --estimate --json` prints. */
export interface Estimate {
  /** All trials, over all arms. */
  trials: number;
  /** Earlier trials that this is reckoned from. */
  from: number;
  /** Absent where no earlier trial tells. */
  usd?: number;
  minutes?: number;
  /** The rate of success that is assumed for the memory in force, and how much tasks differ (standard deviation of log odds). */
  baseline: number;
  spread: number;
  /** True where both come from earlier trials. */
  known: boolean;
  /** Chance of `validated` if the branch really adds so much. */
  power: { gain: number; validated: number }[];
}

const GAINS = [0.05, 0.1, 0.15, 0.2, 0.3];
const USUAL = { baseline: 0.5, spread: 2 };
const FEWEST = 8; // graded trials that make a rate worth naming

export function estimateOf(request: EstimateRequest): Estimate {
  const { tasks, trials, arms, jobs, sequential, earlier, seed, simulations = 200 } = request;
  const all = tasks * trials * arms;
  const priced = earlier.flatMap((t) => t.usd ?? []);
  const graded = earlier.filter((t) => t.passed !== null);
  const known = graded.length >= FEWEST;
  const baseline = known ? inside(mean(graded.map((t) => Number(t.passed)))) : USUAL.baseline;
  const spread = (known ? spreadOf(graded) : undefined) ?? USUAL.spread;
  const random = seeded(`${seed}/estimate`);
  const power = GAINS.filter((gain) => baseline + gain < 0.995).map((gain) => {
    let seen = 0;
    for (let i = 0; i < simulations; i++) {
      const world = { tasks, trials, baseline, gain, spread };
      if (simulatedVerdict(world, random, { sequential, flips: 400 }).verdict === 'validated') seen++;
    }
    return { gain, validated: seen / simulations };
  });
  return {
    trials: all,
    from: earlier.length,
    ...(priced.length > 0 && priced.length === earlier.length && { usd: all * mean(priced) }),
    ...(earlier.length > 0 && { minutes: (all * mean(earlier.map((t) => t.minutes))) / Math.min(jobs, all) }),
    ...{ baseline, spread, known, power },
  };
}

// Variance of the tasks' rates, less what trials of one task would differ by chance; undefined with too few tasks tried twice.
function spreadOf(trials: readonly EarlierTrial[]): number | undefined {
  const tasks = [...groupBy(trials, (t) => t.task).values()].filter((list) => list.length >= 2);
  if (tasks.length < 5) return undefined;
  const rates = tasks.map((list) => mean(list.map((t) => Number(t.passed))));
  const middle = mean(rates);
  const variance = rates.reduce((sum, r) => sum + (r - middle) ** 2, 0) / (rates.length - 1);
  const chance = mean(tasks.map((list, i) => ((rates[i] ?? 0) * (1 - (rates[i] ?? 0))) / (list.length - 1)));
  return spreadFor(inside(middle), Math.max(0, variance - chance));
}

function inside(rate: number): number {
  return Math.min(0.95, Math.max(0.05, rate));
}
