// What calls of a tool are like when nothing failed, and whether repairs differ from that; finds no remedy itself.
import { canonicalJson } from '../../base/hash.ts';
import { binomialUpper } from '../../statistics/binomial.ts';
import { difference, isRecord, likeness, pointerOf, topKey, valueAt } from '../arguments.ts';
import type { Action, Extract } from '../extract-types.ts';
import { uncut } from '../shrink.ts';
import { inGroup, lanesOf } from './detector.ts';
import type { Repaired } from './repair.ts';

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

/** Ordinary neighbours of each tool, taken in the order of the sessions. */
export function habitsOf(sessions: readonly Extract[]): Map<string, Habits> {
  const habits = new Map<string, Pair[]>();
  for (const session of sessions) {
    for (const lane of lanesOf(session)) {
      const last = new Map<string, Action>();
      for (const action of lane) {
        const before = last.get(action.tool);
        if (before?.status === 'ok') {
          const pairs = inGroup(habits, action.tool, () => []);
          if (pairs.length < MAX_PAIRS)
            pairs.push({ before: before.input, after: action.input, changed: difference(before.input, action.input) });
        }
        last.set(action.tool, action);
      }
    }
  }
  return habits;
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
export function doubtAbout(pointer: string, repaired: readonly Repaired[], habits: Habits): string | undefined {
  const changing = repaired.filter((r) => r.vote.aftermath.changed.includes(pointer));
  const beyond = (seen: number, usual: number | undefined) =>
    seen * 2 > repaired.length && (usual === undefined || binomialUpper(seen, repaired.length, usual) <= LEVEL);
  const value = mostFrequent(changing.map((r) => canonicalJson(valueAt(r.fix.input, pointer))));
  const usualValue = shareOf(habits, (pair) => canonicalJson(valueAt(pair.after, pointer)) === value.key);
  if (beyond(value.count, usualValue)) return undefined;
  const adjusted = changing.filter((r) => isAdjustment(r.vote.error.input, r.fix.input, pointer)).length;
  if (adjusted * 2 <= repaired.length)
    return 'the calls that worked were other calls altogether, so they show no remedy';
  const named = changing.filter((r) => names(r.vote.error.error ?? '', r.vote.error.input, pointer)).length;
  if (named * 2 > repaired.length) return undefined;
  const usual = shareOf(
    habits,
    (pair) => pair.changed.includes(pointer) && isAdjustment(pair.before, pair.after, pointer),
  );
  if (beyond(adjusted, usual)) return undefined;
  const way = commonWay(changing, pointer);
  const usualWay = shareOf(habits, (pair) => wayOf(pair.before, pair.after, pointer) === way.way);
  if (way.way !== 0 && beyond(way.count, usualWay)) return undefined;
  return 'calls of the tool change in the same way where nothing failed';
}

// A number that differs from call to call is a remedy where repairs move it one way, and ordinary calls move it both ways.
function commonWay(changing: readonly Repaired[], pointer: string): { way: number; count: number } {
  const ways = changing.map((r) => wayOf(r.vote.error.input, r.fix.input, pointer));
  const [up, down] = [ways.filter((w) => w > 0).length, ways.filter((w) => w < 0).length];
  return { way: Math.sign(up - down), count: Math.max(up, down) };
}

function wayOf(before: unknown, after: unknown, pointer: string): number {
  const [from, to] = [valueAt(before, pointer), valueAt(after, pointer)];
  return typeof from === 'number' && typeof to === 'number' ? Math.sign(to - from) : 0;
}

// Laplace's rule of succession, so that a share of 0 or 1 never makes anything certain.
function shareOf(habits: Habits, test: (pair: Pair) => boolean): number | undefined {
  return habits.length < MIN_PAIRS ? undefined : (habits.filter(test).length + 1) / (habits.length + 2);
}

function mostFrequent(values: readonly string[]): { key: string; count: number } {
  const seen = new Map<string, number>();
  for (const value of values) seen.set(value, (seen.get(value) ?? 0) + 1);
  const [best] = [...seen].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return { key: best?.[0] ?? '', count: best?.[1] ?? 0 };
}

/** Whether a call is the failing one tried otherwise: most of its arguments stayed, not only texts that look alike. */
export function isSameJob(before: unknown, after: unknown): boolean {
  const all = argumentsOf(before, after);
  const kept = all.filter((key) => isKept(before, after, key));
  return kept.length > 0 && kept.length * 2 >= all.length;
}

function isKept(before: unknown, after: unknown, key: string): boolean {
  return canonicalJson(valueAt(before, pointerOf(key))) === canonicalJson(valueAt(after, pointerOf(key)));
}

// The same job tried again rather than another one: most other arguments stayed, or the value itself was only adjusted. Switches are not
// counted, since they stay from job to job.
function isAdjustment(before: unknown, after: unknown, pointer: string): boolean {
  const others = argumentsOf(before, after).filter((key) => key !== topKey(pointer));
  const kept = others.filter((key) => isKept(before, after, key));
  if (kept.length > 0 && kept.length * 2 >= others.length) return true;
  const [from, to] = [valueAt(before, pointer), valueAt(after, pointer)];
  if (typeof from === 'string' && typeof to === 'string') return likeness(from, to) >= 0.3;
  return others.length === 0 && typeof from === typeof to;
}

// Top keys of either input whose values can tell jobs apart.
function argumentsOf(a: unknown, b: unknown): string[] {
  const keys = [a, b].flatMap((input) => (isRecord(input) ? Object.keys(input) : []));
  const tells = (input: unknown, key: string) =>
    !['boolean', 'undefined'].includes(typeof valueAt(input, pointerOf(key)));
  return [...new Set(keys)].filter((key) => tells(a, key) || tells(b, key));
}

/** Whether an error quotes the value that it complains about; of a long text its first line is enough. */
export function quotes(error: string, value: unknown): boolean {
  if (typeof value === 'number')
    return new RegExp(`(?<![\\w.])${String(value).replace(/[^\d-]/g, '\\$&')}(?![\\w])`).test(error);
  const text = typeof value === 'string' ? (uncut(value).trim().split('\n')[0] ?? '').slice(0, 100) : '';
  return text.length >= 3 && error.includes(text);
}

// Quotes the value, or uses a word of the argument's name (`payment` for `paymentMethods`).
function names(error: string, input: unknown, pointer: string): boolean {
  if (quotes(error, valueAt(input, pointer))) return true;
  const words =
    (topKey(pointer) ?? '')
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]{4,}/g) ?? [];
  const said = new Set(error.toLowerCase().match(/[a-z]{3,}/g) ?? []);
  return words.some((word) => said.has(word) || said.has(word.replace(/s$/, '')) || said.has(`${word}s`));
}
