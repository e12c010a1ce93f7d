// Which trial runs when, in which arm, with which entries: drawn once from a seed, so that a resumed proof orders the very same; runs nothing.
import type { PlannedTrial, ProofArm } from '../domain/proof.ts';
import { type Random, seeded, uniformInt } from '../statistics/random.ts';

export interface ScheduleRequest {
  /** Seeds the order and the draws of arm E. */
  seed: string;
  tasks: readonly string[];
  trials: number;
  /** Entries that arm E has in for half of the trials of each task; none = no arm E. */
  perEntry: readonly string[];
  /** All of them are out of all trials of arm E, which is then compared with arm B. */
  together?: boolean | undefined;
  /** Task by task, so that a bet can be settled after each; otherwise trial by trial over all tasks. */
  sequential: boolean;
  /** What makes a trial's chances: the same in every arm. */
  seedOf: (task: string, trial: number) => string;
}

/** All trials in the order in which they begin. Arms take turns within each task and trial, in an order drawn anew each time. */
export function scheduleOf(request: ScheduleRequest): PlannedTrial[] {
  const { seed, trials, perEntry, sequential, seedOf } = request;
  const random = seeded(`${seed}/schedule`);
  const tasks = shuffled(request.tasks, random);
  const numbers = Array.from({ length: trials }, (_, i) => i + 1);
  const pairs = sequential
    ? tasks.flatMap((task) => numbers.map((trial) => ({ task, trial })))
    : numbers.flatMap((trial) => tasks.map((task) => ({ task, trial })));
  const left = request.together ? new Map<string, string[]>() : leftOut(tasks, trials, perEntry, seed);
  const always = request.together ? [...perEntry] : [];
  const arms: ProofArm[] = perEntry.length > 0 ? ['A', 'B', 'P', 'E'] : ['A', 'B', 'P'];
  return pairs.flatMap(({ task, trial }) =>
    shuffled(arms, random).map((arm) => ({
      task,
      arm,
      trial,
      seed: seedOf(task, trial),
      without: arm === 'E' ? (left.get(keyOf(task, trial)) ?? always) : [],
    })),
  );
}

/** Names a trial within its proof. */
export function trialKey({ task, arm, trial }: Pick<PlannedTrial, 'task' | 'arm' | 'trial'>): string {
  return JSON.stringify([task, arm, trial]);
}

// Each entry is out in half of a task's trials, which half is drawn; with an odd number of trials a coin decides about the
// last. So every entry is in with probability ½, and within a task labels may be exchanged freely.
function leftOut(tasks: readonly string[], trials: number, entries: readonly string[], seed: string) {
  const out = new Map<string, string[]>();
  for (const entry of entries) {
    const random = seeded(`${seed}/entry/${entry}`);
    for (const task of tasks) {
      const odd = trials % 2 === 1 && uniformInt(random, 2) === 1 ? 1 : 0;
      const order = shuffled(
        Array.from({ length: trials }, (_, i) => i + 1),
        random,
      );
      for (const trial of order.slice(0, Math.floor(trials / 2) + odd)) {
        const key = keyOf(task, trial);
        out.set(key, [...(out.get(key) ?? []), entry]);
      }
    }
  }
  return out;
}

function keyOf(task: string, trial: number): string {
  return JSON.stringify([task, trial]);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const other = uniformInt(random, last + 1);
    const [kept] = list.splice(last, 1, ...list.slice(other, other + 1));
    if (other < last && kept !== undefined) list[other] = kept;
  }
  return list;
}
