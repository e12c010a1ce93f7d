// What calls of a tool are like when nothing failed, and whether repairs differ from that; finds no remedy itself.
import { inGroup } from '../../base/collections.ts';
import { binomialUpper } from '../../statistics/binomial.ts';
import { difference, valueAt } from '../arguments.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { Doings } from '../fact-types.ts';
import { hashOf, isAdjustment, wayOf } from '../facts/changes.ts';
import { lanesOf } from '../lanes.ts';
import type { ChangeTally } from './tally.ts';

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

/** Collects ordinary neighbours of each tool, in the order of the sessions; reads the calls of none that has nothing to add. */
export function newHabits(): { see(session: Extract, facts: Doings): void; of(tool: string): Habits } {
  const habits = new Map<string, Pair[]>();
  const isFull = (tool: string) => (habits.get(tool)?.length ?? 0) >= MAX_PAIRS;
  return {
    see(session, { tools }) {
      if (tools.every(({ tool, followed }) => followed === 0 || isFull(tool))) return;
      for (const lane of lanesOf(session)) {
        const last = new Map<string, Action>();
        for (const action of lane) {
          const before = last.get(action.tool);
          if (before?.status === 'ok' && !isFull(action.tool))
            inGroup(habits, action.tool, () => []).push({
              before: before.input,
              after: action.input,
              changed: difference(before.input, action.input),
            });
          last.set(action.tool, action);
        }
      }
    },
    of: (tool) => habits.get(tool) ?? [],
  };
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
  { values, adjusted, named, up, down }: ChangeTally,
  repaired: number,
  habits: Habits,
): string | undefined {
  const beyond = (seen: number, usual: number | undefined) =>
    seen * 2 > repaired && (usual === undefined || binomialUpper(seen, repaired, usual) <= LEVEL);
  const value = mostFrequent(values);
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

// Among equally frequent ones the first, whichever that is: neither is given in most repairs.
function mostFrequent(seen: ReadonlyMap<number, number>): { hash: number; count: number } {
  const best = { hash: Number.NaN, count: 0 };
  for (const [hash, count] of seen) if (count > best.count) Object.assign(best, { hash, count });
  return best;
}
