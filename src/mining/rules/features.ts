// What could have mattered about a session's call of a tool: its arguments, and what the agent had read before; judges none of it.
import { byCodeUnit } from '../../base/collections.ts';
import { isRecord, pointerOf } from '../arguments.ts';
import type { Action, Extract, ObservedValue } from '../extract-types.ts';
import { type Cells, type CodedColumn, type Codes, newCells } from './cells.ts';

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
  /** The numbers that occur, ascending; empty where there are categories. */
  levels: Float64Array;
  /** By place of the session: 1 + the place of its number or category, 0 where there is none. */
  codes: Codes;
}

/** What is known of the calls of a tool. */
export interface FeatureGroup {
  tool: string;
  /** The arguments that are a single number, truth value or short word, the most often given first, at most 24. */
  arguments: Feature[];
  /** What the agent had read last before the call; the most often read first, at most 12. */
  readings: Feature[];
}

const MAX_ARGUMENTS = 24;
const MAX_READINGS = 12;
const MAX_LEAVES = 40;
const MAX_DEPTH = 4;
const MAX_WORD = 40;
const MAX_NAME = 60;
/** Sessions with a value, for a feature to be worth a look: two in each of three strata. */
const LEAST = 6;

/** Of each tool that at least six sessions called with success, the most used first; each session is looked at once. */
export function featuresOf(sessions: Iterable<Extract>): FeatureGroup[] {
  const books: Books = { cells: newCells(), keys: 0, tools: new Map(), readings: new Map(), named: [] };
  for (const { actions } of sessions) {
    const readings = readingsIn(actions, books);
    for (const call of firstCalls(actions).values()) note(call, readings, books);
    books.cells.nextSession();
  }
  const tools = [...books.tools]
    .filter(([, { sessions: called }]) => called >= LEAST)
    .sort(([a, one], [b, other]) => other.sessions - one.sessions || byCodeUnit(a, b))
    .map(([tool, book]) => ({ tool, given: argumentsOf(tool, book, books), read: readingsBefore(book, books) }));
  const columns = books.cells.columns(tools.flatMap(({ given, read }) => [...given, ...read].map(({ key }) => key)));
  let next = 0;
  return tools.map(({ tool, given, read }) => ({
    tool,
    arguments: given.flatMap((one) => featureOf(tool, 'argument', one, columns[next++])),
    readings: read.flatMap((one) => featureOf(tool, 'reading', one, columns[next++])),
  }));
}

/**
 * The call that speaks for a session: the first successful one. What came later depends on how long the session went on, and failing
 * sessions go on longer whatever they do.
 */
export function firstCall({ actions }: Extract, tool: string): Action | undefined {
  return firstCalls(actions).get(tool);
}

function firstCalls(actions: readonly Action[]): Map<string, Action> {
  const first = new Map<string, Action>();
  for (const action of actions) {
    if (action.status !== 'ok') continue;
    const known = first.get(action.tool);
    if (known === undefined || action.step < known.step) first.set(action.tool, action);
  }
  return first;
}

/** What was put into the cells under which numbers. */
interface Books {
  cells: Cells;
  /** How many keys there are. */
  keys: number;
  /** By tool that is called. */
  tools: Map<string, Book>;
  /** By tool that showed it and pointer: the number of a reading. */
  readings: Map<string, Map<string, number>>;
  /** By number of a reading. */
  named: { source: string; pointer: string }[];
}

interface Book {
  sessions: number;
  /** Keys by pointer, and by number of the reading. */
  arguments: Map<string, number>;
  readings: Map<number, number>;
}

interface Seen {
  reading: number;
  at: number;
  value: ObservedValue;
}

function readingsIn(actions: readonly Action[], { readings, named }: Books): Seen[] {
  const seen: Seen[] = [];
  for (const { tool, values, answered } of actions) {
    if (values === undefined || answered === undefined) continue;
    const known = readings.get(tool) ?? new Map<string, number>();
    readings.set(tool, known);
    for (const [pointer, value] of Object.entries(values)) {
      const reading = known.get(pointer) ?? named.push({ source: tool, pointer }) - 1;
      known.set(pointer, reading);
      seen.push({ reading, at: answered, value });
    }
  }
  return seen;
}

function note(call: Action, readings: readonly Seen[], books: Books): void {
  const { tools, cells } = books;
  const book = tools.get(call.tool) ?? { sessions: 0, arguments: new Map(), readings: new Map() };
  tools.set(call.tool, book);
  book.sessions++;
  const keyIn = <K>(keys: Map<K, number>, name: K) => {
    const key = keys.get(name) ?? books.keys++;
    keys.set(name, key);
    return key;
  };
  for (const [pointer, value] of leavesOf(call.input)) cells.put(keyIn(book.arguments, pointer), value);
  const latest = new Map<number, Seen>();
  for (const seen of readings)
    if (seen.at < call.step && seen.at >= (latest.get(seen.reading)?.at ?? 0)) latest.set(seen.reading, seen);
  for (const [reading, { value }] of latest) cells.put(keyIn(book.readings, reading), value);
}

/** A key that was chosen to become a feature. */
interface Chosen extends Pick<Feature, 'source' | 'pointer'> {
  key: number;
  /** What equally common ones are ordered by. */
  order: string;
}

function argumentsOf(tool: string, { arguments: keys }: Book, { cells }: Books): Chosen[] {
  const given = [...keys].map(([pointer, key]) => ({ key, order: pointer, source: tool, pointer }));
  return most(given, cells, MAX_ARGUMENTS);
}

function readingsBefore({ readings }: Book, { cells, named }: Books): Chosen[] {
  const read = [...readings].flatMap(([reading, key]) => {
    const name = named[reading];
    return name === undefined ? [] : [{ key, order: JSON.stringify([name.source, name.pointer]), ...name }];
  });
  return most(read, cells, MAX_READINGS);
}

function most(list: readonly Chosen[], cells: Cells, limit: number): Chosen[] {
  return list
    .filter(({ key }) => cells.sessionsWith(key) >= LEAST)
    .sort((a, b) => cells.sessionsWith(b.key) - cells.sessionsWith(a.key) || byCodeUnit(a.order, b.order))
    .slice(0, limit);
}

function featureOf(
  tool: string,
  role: Feature['role'],
  { source, pointer }: Chosen,
  column: CodedColumn | undefined,
): Feature[] {
  if (column === undefined) return [];
  const name = { tool, role, source, pointer };
  if ('levels' in column) return [{ ...name, ...column }];
  return column.categories.length < 2 ? [] : [{ ...name, levels: NONE, ...column }];
}

const NONE = new Float64Array(0);

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
  return typeof value === 'string' && value.length <= MAX_WORD && /^[\p{L}\p{N}_.,:/@+ -]+$/u.test(value)
    ? value
    : undefined;
}
