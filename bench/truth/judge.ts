// Runs the miner and the naive recipe over one made-up world after the other, one session in memory at a time, and tallies them; prints nothing.
import { extractSession } from '../../src/mining/extract.ts';
import { mine } from '../../src/mining/mine.ts';
import { type Cell, cells } from './cells.ts';
import { countGrams, naiveClaims, noCounts } from './naive.ts';
import { diceOf } from './random.ts';
import { addTally, addWorld, type Judged, newTally, type Tally } from './score.ts';
import { asStored, eventsOf } from './transcript.ts';
import type { World } from './truth.ts';

export interface Row {
  cell: Cell;
  tally: Tally;
}

export interface BenchOptions {
  seed: string;
  quick: boolean;
  /** Worlds a cell, instead of the usual number. */
  worlds?: number;
  /** Only cells whose name contains this. */
  cell?: string;
}

/** One world of a cell, by its number. */
export interface Job {
  cell: string;
  index: number;
  seed: string;
}

/** The thresholds that settings start with. */
const SETTINGS = { min_sessions: 3, min_tasks: 2 };

/** The worlds that a run makes, the largest first, so that two processes end at about the same time. */
export function jobsOf(options: BenchOptions): Job[] {
  return [...wantedCells(options)]
    .reverse()
    .flatMap(({ cell, count }) =>
      Array.from({ length: count }, (_, index) => ({ cell: cell.name, index, seed: options.seed })),
    );
}

/** The table's rows out of the tallies of its worlds, whatever the order in which they were made. */
export function rowsOf(options: BenchOptions, tallyOf: (job: Job) => Tally): Row[] {
  return wantedCells(options).map(({ cell, count }) => {
    const tally = newTally();
    for (let index = 0; index < count; index++)
      addTally(tally, tallyOf({ cell: cell.name, index, seed: options.seed }));
    return { cell, tally };
  });
}

/** Makes one world and judges the miner on it; the same job gives the same tally but for its seconds. */
export function runJob({ cell: name, index, seed }: Job): Tally {
  const cell = cells.find((c) => c.name === name);
  if (cell === undefined) throw new Error(`no cell is named ${name}`);
  const tally = newTally();
  addWorld(tally, judgeWorld(cell.make(`${seed}/${cell.name}/${index}`)), cell.scope);
  return tally;
}

function wantedCells({ quick, worlds, cell: part }: BenchOptions): { cell: Cell; count: number }[] {
  return cells
    .filter((c) => part === undefined || c.name.includes(part))
    .map((cell) => ({ cell, count: worlds ?? (quick ? cell.worlds.quick : cell.worlds.full) }))
    .filter(({ count }) => count > 0);
}

function judgeWorld(world: World): Judged {
  const counts = noCounts();
  const extracts = [];
  for (const draft of world.drafts()) {
    const events = eventsOf(draft, diceOf(`${world.name}/${draft.id}`));
    extracts.push(extractSession(asStored(events)));
    countGrams(counts, draft);
  }
  const before = process.cpuUsage();
  const { cards, collapsed } = mine(extracts, SETTINGS);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  return { world, cards, sessions: extracts.length, collapsed, naive: naiveClaims(counts), seconds };
}
