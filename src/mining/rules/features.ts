// What could have mattered about a session's call of a tool: its arguments, and what the agent had read before; judges none of it.
import { byCodeUnit } from '../../base/collections.ts';
import { isRecord, pointerOf } from '../arguments.ts';
import type { Action, Extract, ObservedValue } from '../extract-types.ts';

/** One number or category a session. */
export interface Feature {
  /** The tool whose call is looked at. */
  tool: string;
  role: 'argument' | 'reading';
  /** The tool that has the argument or showed the reading. */
  source: string;
  /** JSON pointer. */
  pointer: string;
  /** The values that occur, in their order, where they are categories; absent for numbers. */
  categories?: ObservedValue[];
  /** By place of the session: the number, or the place of its category; NaN where there is none. */
  values: Float64Array;
}

/** A tool, and by place of the session the call that speaks for it. */
export interface Called {
  tool: string;
  calls: (Action | undefined)[];
  sessions: number;
}

const MAX_ARGUMENTS = 24;
const MAX_READINGS = 12;
const MAX_LEAVES = 40;
const MAX_DEPTH = 4;
const MAX_WORD = 40;
const MAX_NAME = 60;
/** Sessions with a value, for a feature to be worth a look: two in each of three strata. */
const LEAST = 6;

/**
 * The tools that at least six sessions called with success, the most used first. The first successful call speaks for the
 * session: what came later depends on how long the session went on, and failing sessions go on longer whatever they do.
 */
export function calledTools(sessions: readonly Extract[]): Called[] {
  const tools = new Map<string, Called>();
  sessions.forEach(({ actions }, place) => {
    for (const action of [...actions].sort((a, b) => a.step - b.step)) {
      if (action.status !== 'ok') continue;
      const called = tools.get(action.tool) ?? { tool: action.tool, calls: [], sessions: 0 };
      tools.set(action.tool, called);
      if (called.calls[place] !== undefined) continue;
      called.calls[place] = action;
      called.sessions++;
    }
  });
  return [...tools.values()]
    .filter((called) => called.sessions >= LEAST)
    .sort((a, b) => b.sessions - a.sessions || byCodeUnit(a.tool, b.tool));
}

/** The arguments of the calls that are a single number, truth value or short word, the most often given first, at most 24. */
export function argumentsOf({ tool, calls }: Called, sessions: number): Feature[] {
  const table = new Map<string, Cells>();
  calls.forEach((call, place) => {
    if (call === undefined) return;
    for (const [pointer, value] of leavesOf(call.input)) put(table, pointer, place, value);
  });
  return most(table, MAX_ARGUMENTS).flatMap(([pointer, cells]) =>
    featureOf({ tool, role: 'argument', source: tool, pointer }, cells, sessions),
  );
}

/** What tools had shown, by tool and pointer: for each session the times and values. */
export type Readings = {
  source: string;
  pointer: string;
  seen: { place: number; at: number; value: ObservedValue }[];
}[];

/** All readings that at least six sessions made, in the order of tools and pointers. */
export function readingsOf(sessions: readonly Extract[]): Readings {
  const found = new Map<string, Readings[number]>();
  sessions.forEach(({ actions }, place) => {
    for (const { tool, values, answered } of actions) {
      if (values === undefined || answered === undefined) continue;
      for (const [pointer, value] of Object.entries(values)) {
        const key = JSON.stringify([tool, pointer]);
        const reading = found.get(key) ?? { source: tool, pointer, seen: [] };
        found.set(key, reading);
        reading.seen.push({ place, at: answered, value });
      }
    }
  });
  return [...found]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .flatMap(([, r]) => (new Set(r.seen.map((s) => s.place)).size >= LEAST ? [r] : []));
}

/** What the agent had read last before the call, by reading; the most often read first, at most 12. */
export function readBefore({ tool, calls }: Called, readings: Readings, sessions: number): Feature[] {
  const table = new Map<string, Cells>();
  const named = new Map<string, Readings[number]>();
  for (const reading of readings) {
    const key = JSON.stringify([reading.source, reading.pointer]);
    named.set(key, reading);
    const latest = new Map<number, number>();
    for (const { place, at, value } of reading.seen) {
      const call = calls[place];
      if (call === undefined || at >= call.step || at < (latest.get(place) ?? 0)) continue;
      latest.set(place, at);
      put(table, key, place, value);
    }
  }
  return most(table, MAX_READINGS).flatMap(([key, cells]) => {
    const { source, pointer } = named.get(key) ?? { source: tool, pointer: key };
    return featureOf({ tool, role: 'reading', source, pointer }, cells, sessions);
  });
}

/** By place of the session. */
type Cells = Map<number, ObservedValue>;

function put(table: Map<string, Cells>, key: string, place: number, value: ObservedValue): void {
  const cells = table.get(key) ?? new Map<number, ObservedValue>();
  table.set(key, cells);
  cells.set(place, value);
}

function most(table: Map<string, Cells>, limit: number): [string, Cells][] {
  return [...table]
    .filter(([, cells]) => cells.size >= LEAST)
    .sort((a, b) => b[1].size - a[1].size || byCodeUnit(a[0], b[0]))
    .slice(0, limit);
}

// Lists are not entered: the place of an item in a list means nothing across sessions.
function leavesOf(input: unknown): [string, ObservedValue][] {
  const leaves: [string, ObservedValue][] = [];
  const collect = (value: unknown, pointer: string, depth: number) => {
    if (leaves.length >= MAX_LEAVES) return;
    const single = singleOf(value);
    if (single !== undefined) leaves.push([pointer, single]);
    else if (isRecord(value) && depth < MAX_DEPTH) {
      for (const [key, item] of Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b)))
        if (key.length <= MAX_NAME) collect(item, pointer + pointerOf(key), depth + 1);
    }
  };
  if (isRecord(input)) collect(input, '', 0);
  return leaves;
}

function singleOf(value: unknown): ObservedValue | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && /^[\p{L}\p{N}_.,:/@+ -]+$/u.test(value) && value.length <= MAX_WORD
    ? value
    : undefined;
}

// Where most values are numbers, the others are as good as absent.
function featureOf(name: Omit<Feature, 'values' | 'categories'>, cells: Cells, sessions: number): Feature[] {
  const values = new Float64Array(sessions).fill(Number.NaN);
  const all = [...cells.values()];
  if (all.filter((v) => typeof v === 'number').length * 2 > all.length) {
    for (const [place, value] of cells) if (typeof value === 'number') values[place] = value;
    return [{ ...name, values }];
  }
  const keys = [...new Set(all.map((v) => JSON.stringify(v)))].sort(byCodeUnit);
  if (keys.length < 2) return [];
  const codes = new Map(keys.map((key, code) => [key, code]));
  for (const [place, value] of cells) values[place] = codes.get(JSON.stringify(value)) ?? Number.NaN;
  return [{ ...name, categories: keys.map((key) => JSON.parse(key) as ObservedValue), values }]; // of our own printing
}
