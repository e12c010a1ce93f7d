// The made-up worlds in which the verdict of a proof is judged, and how often each verdict falls in them; knows no real task.
import type { ProofVerdict } from '../../src/domain/proof.ts';
import { simulatedVerdict, type WorldOfProofs } from '../../src/proving/simulate.ts';
import { seeded } from '../../src/statistics/random.ts';

export interface Cell {
  name: string;
  world: WorldOfProofs;
  /** What must not happen in it more often than `bar` (a share): a verdict that would be wrong. */
  wrong?: ProofVerdict;
}

export interface CellResult {
  cell: Cell;
  sequential: boolean;
  simulations: number;
  counts: Record<ProofVerdict, number>;
  /** Mean number of tasks that it took. */
  tasks: number;
}

/** The bars of the errors: share of null worlds in which a dream is validated. */
export const BARS = { fixed: 0.05, sequential: 0.03 };

const sizes = [
  { tasks: 16, trials: 4 },
  { tasks: 25, trials: 4 },
  { tasks: 50, trials: 2 },
  { tasks: 100, trials: 1 },
] as const;

/** Worlds in which nothing got better, or no better than with neutral text: `validated` is wrong in each. */
export const nullCells: Cell[] = [
  ...sizes.map((size) => nothing(`nothing changed, ${sizeOf(size)}`, { ...size, baseline: 0.5, gain: 0 })),
  nothing('nothing changed, easy tasks', { tasks: 25, trials: 4, baseline: 0.85, gain: 0 }),
  nothing('nothing changed, tasks all alike', { tasks: 25, trials: 4, baseline: 0.5, gain: 0, spread: 0 }),
  nothing('helps here, hurts there, nothing in all', { tasks: 25, trials: 4, baseline: 0.5, gain: 0, mixed: 1 }),
  nothing('any text helps as much', { tasks: 25, trials: 4, baseline: 0.4, gain: 0.15, placeboGain: 0.15 }),
  nothing('a little worse', { tasks: 25, trials: 4, baseline: 0.5, gain: -0.05 }),
];

/** Worlds in which the branch helps: how often that is seen. */
export const gainCells: Cell[] = sizes.flatMap((size) =>
  [0.05, 0.1, 0.15, 0.2, 0.3].map((gain) => ({
    name: `+${Math.round(gain * 100)} points, ${sizeOf(size)}`,
    world: { ...size, baseline: 0.5, gain },
  })),
);

/** Worlds in which it hurts: how often that is seen, and how often it passes for no proven harm. */
export const harmCells: Cell[] = [
  ...[0, -0.1, -0.2, -0.3].map((gain) => ({
    name: gain === 0 ? 'nothing changed' : `−${Math.round(-gain * 100)} points`,
    world: { tasks: 25, trials: 4, baseline: 0.5, gain },
  })),
  {
    name: '+14 points, but a required criterion that always held now fails in a fifth',
    world: { tasks: 25, trials: 4, baseline: 0.5, gain: 0.3, criterion: { rate: 0.99, gain: -0.2 } },
  },
];

/** Judges `simulations` proofs of a cell; the same seed gives the same counts. */
export function runCell(cell: Cell, sequential: boolean, simulations: number, seed: string, resamples = 0): CellResult {
  const counts = { validated: 0, 'no proven harm': 0, 'not proven': 0, harmful: 0 };
  const random = seeded(`${seed}/${cell.name}/${sequential}`);
  let tasks = 0;
  for (let i = 0; i < simulations; i++) {
    const found = simulatedVerdict(cell.world, random, { sequential, flips: 1000, resamples });
    counts[found.verdict]++;
    tasks += found.tasks;
  }
  return { cell, sequential, simulations, counts, tasks: tasks / simulations };
}

function nothing(name: string, world: WorldOfProofs): Cell {
  return { name, world, wrong: 'validated' };
}

function sizeOf({ tasks, trials }: { tasks: number; trials: number }): string {
  return `${tasks} tasks × ${trials} ${trials === 1 ? 'trial' : 'trials'}`;
}
