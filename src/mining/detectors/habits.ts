// What calls of a tool are like when nothing failed, and whether repairs differ from that; finds no remedy itself.
import { inGroup } from '../../base/collections.ts';
import { binomialUpper } from '../../statistics/binomial.ts';
import type { KeptValue } from '../../store/kept.ts';
import { difference, valueAt } from '../arguments.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { Doings } from '../fact-types.ts';
import { hashOf, isAdjustment, wayOf } from '../facts/changes.ts';
import type { Part } from '../folds/part.ts';
import { columnOf, Table } from '../folds/table.ts';
import { lanesOf } from '../lanes.ts';
import type { ChangeTally } from './change-tally.ts';

const MAX_PAIRS = 200; // per tool; more would not change a share that is compared at 5 %
const MIN_PAIRS = 5;
const LEVEL = 0.05;

/** Ordinary neighbours: a call that worked and the next call of the same tool in its lane. */
export type Habits = readonly Pair[];

interface Pair {
  before: unknown;
  after: unknown;
  /** Pointers of the arguments in which they differ. */
  changed: string[];
}

/** Tells which sessions of a part have ordinary neighbours of each tool, as far as they could be among the first of all. */
export class HabitRows {
  readonly #tools = new Map<string, { number: number; pairs: number }>();
  readonly #table = new Table('habitTool', 'habitSession');

  /** @param session its number in the part */
  see(session: number, { tools }: Doings): void {
    for (const { tool, followed } of tools) {
      if (followed === 0) continue;
      const known = inGroup(this.#tools, tool, () => ({ number: this.#tools.size, pairs: 0 }));
      if (known.pairs >= MAX_PAIRS) continue;
      known.pairs += followed;
      this.#table.add(known.number, session);
    }
  }

  kept(): { tools: string[]; columns: KeptValue['columns'] } {
    return { tools: [...this.#tools.keys()], columns: this.#table.columns() };
  }
}

/** Where the rows of a tool are, in which part. */
export interface HabitRowsIn {
  part: Part;
  kept: Pick<KeptValue, 'columns'>;
  /** The tool's number in the part. */
  number: number;
}

/** The ordinary neighbours of a tool: the first in the order of the sessions. Calls are read only of those. */
export function habitsIn(sessions: readonly Extract[], rows: readonly HabitRowsIn[], tool: string): Habits {
  const found: Pair[] = [];
  for (const place of Int32Array.from(placesIn(rows)).sort()) {
    const session = sessions[place];
    if (session === undefined || found.length >= MAX_PAIRS) break;
    for (const lane of lanesOf(session)) addNeighbours(found, lane, tool);
  }
  return found;
}

function* placesIn(rows: readonly HabitRowsIn[]): Generator<number> {
  for (const { part, kept, number } of rows) {
    const [tools, sessions] = [columnOf(kept, 'habitTool'), columnOf(kept, 'habitSession')];
    for (let row = 0; row < tools.length; row++)
      if (tools[row] === number) yield part.places[sessions[row] ?? -1] ?? -1;
  }
}

function addNeighbours(found: Pair[], lane: readonly Action[], tool: string): void {
  let before: Action | undefined;
  for (const action of lane) {
    if (action.tool !== tool) continue;
    if (before?.status === 'ok' && found.length < MAX_PAIRS)
      found.push({ before: before.input, after: action.input, changed: difference(before.input, action.input) });
    before = action;
  }
}

/** Share of ordinary neighbours that differ in an argument; 0 where there are too few to tell. */
export function changeRate(habits: Habits, pointer: string): number {
  return shareOf(habits, (pair) => pair.changed.includes(pointer)) ?? 0;
}

/**
 * Why a changed argument is no remedy, or undefined if it may be one. In most repairs the call must be the same job again, or
 * get the same new value; and that must be more than what ordinary neighbours do (one-sided exact binomial test against their
 * share, 5 %), unless the error text itself names the argument or quotes its value; a number may also move one way more than theirs.
 */
export function doubtAbout(
  pointer: string,
  { mostFrequent, adjusted, named, up, down }: ChangeTally,
  repaired: number,
  habits: Habits,
): string | undefined {
  const beyond = (seen: number, usual: number | undefined) =>
    seen * 2 > repaired && (usual === undefined || binomialUpper(seen, repaired, usual) <= LEVEL);
  const value = mostFrequent();
  const usualValue = shareOf(habits, (pair) => hashOf(valueAt(pair.after, pointer)) === value.hash);
  if (beyond(value.count, usualValue)) return undefined;
  if (adjusted * 2 <= repaired) return 'the calls that worked were other calls altogether, so they show no remedy';
  if (named * 2 > repaired) return undefined;
  const usual = shareOf(
    habits,
    (pair) => pair.changed.includes(pointer) && isAdjustment(pair.before, pair.after, pointer),
  );
  if (beyond(adjusted, usual)) return undefined;
  // A number that differs from call to call is a remedy where repairs move it one way, and ordinary calls move it both ways.
  const way = Math.sign(up - down);
  const usualWay = shareOf(habits, (pair) => wayOf(pair.before, pair.after, pointer) === way);
  if (way !== 0 && beyond(Math.max(up, down), usualWay)) return undefined;
  return 'calls of the tool change in the same way where nothing failed';
}

// Laplace's rule of succession, so that a share of 0 or 1 never makes anything certain.
function shareOf(habits: Habits, test: (pair: Pair) => boolean): number | undefined {
  return habits.length < MIN_PAIRS ? undefined : (habits.filter(test).length + 1) / (habits.length + 2);
}
