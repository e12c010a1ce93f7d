// Runs the miner and the naive recipe over made-up worlds, one session in memory at a time, and tallies them; prints nothing.
import { extractSession } from '../../src/mining/extract.ts';
import { mine } from '../../src/mining/mine.ts';
import { type Cell, cells } from './cells.ts';
import { countGrams, naiveClaims, noCounts } from './naive.ts';
import { diceOf } from './random.ts';
import { addWorld, type Judged, newTally, type Tally } from './score.ts';
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
  /** Told before each world. */
  progress(line: string): void;
}

/** The thresholds that settings start with. */
const SETTINGS = { min_sessions: 3, min_tasks: 2 };

export function runBench(options: BenchOptions): Row[] {
  const wanted = cells.filter((c) => options.cell === undefined || c.name.includes(options.cell));
  return wanted.flatMap((cell): Row[] => {
    const usual = options.quick ? cell.worlds.quick : cell.worlds.full;
    const count = options.worlds ?? usual;
    const tally = newTally();
    for (let i = 0; i < count; i++) {
      options.progress(`${cell.name}: world ${i + 1} of ${count}`);
      addWorld(tally, judgeWorld(cell.make(`${options.seed}/${cell.name}/${i}`)), cell.scope);
    }
    return count === 0 ? [] : [{ cell, tally }];
  });
}

export function judgeWorld(world: World): Judged {
  const counts = noCounts();
  const extracts = [];
  for (const draft of world.drafts()) {
    const events = eventsOf(draft, diceOf(`${world.name}/${draft.id}`));
    extracts.push(extractSession(asStored(events)));
    countGrams(counts, draft);
  }
  const { cards, collapsed } = mine(extracts, SETTINGS);
  return { world, cards, sessions: extracts.length, collapsed, naive: naiveClaims(counts) };
}
