// What could have mattered about a session's call of a tool: its arguments, and what the agent had read before; judges none of it.
import { byCodeUnit } from '../../base/collections.ts';
import type { Action, Extract, ObservedValue } from '../extract-types.ts';
import type { FirstFact, Given, ShownFact } from '../fact-types.ts';
import { givenOf } from '../stored-extract.ts';
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
  /** Where there are others that are not told apart: whether any of them is a text. */
  rest?: { words: boolean };
  /** The numbers that occur, ascending; empty where there are categories. */
  levels: Float64Array;
  /** By place of the session: 1 + the place of its number or category, past the last for one of the rest, 0 where there is none. */
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
/** Sessions with a value, for a feature to be worth a look: two in each of three strata. */
const LEAST = 6;

/** What is known of the calls of tools, while the sessions pass by. */
export interface Features {
  /** Sessions are numbered in the order in which they come. */
  see(given: Given): void;
  /** Of each tool that at least six sessions called with success, the most used first; holds nothing any more afterwards. */
  groups(): FeatureGroup[];
}

export function newFeatures(): Features {
  let books = newBooks();
  return {
    see({ first, shown }) {
      for (const call of first) note(call, shown, books);
      books.cells.nextSession();
    },
    groups() {
      const found = groupsIn(books);
      books = newBooks();
      return found;
    },
  };
}

/** The same of sessions that are at hand. */
export function featuresOf(sessions: Iterable<Extract>): FeatureGroup[] {
  const features = newFeatures();
  for (const session of sessions) features.see(givenOf(session));
  return features.groups();
}

/** The call of a tool that speaks for the session. */
export function firstCall(session: Extract, tool: string): Action | undefined {
  const place = firstPlace(session, tool);
  return place === undefined ? undefined : session.actions[place];
}

/** Its place among the session's calls. */
export function firstPlace(session: Extract, tool: string): number | undefined {
  return givenOf(session).first.find((first) => first.tool === tool)?.place;
}

function groupsIn(books: Books): FeatureGroup[] {
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

function newBooks(): Books {
  return { cells: newCells(), keys: 0, tools: new Map(), readings: new Map(), named: [] };
}

function note({ tool, given, read }: FirstFact, shown: readonly ShownFact[], books: Books): void {
  const { tools, cells } = books;
  const book = tools.get(tool) ?? { sessions: 0, arguments: new Map(), readings: new Map() };
  tools.set(tool, book);
  book.sessions++;
  const keyIn = <K>(keys: Map<K, number>, name: K) => {
    const key = keys.get(name) ?? books.keys++;
    keys.set(name, key);
    return key;
  };
  for (const [pointer, value] of given) cells.put(keyIn(book.arguments, pointer), value);
  for (const number of read) {
    const seen = shown[number];
    if (seen !== undefined) cells.put(keyIn(book.readings, numberOf(seen, books)), seen[2]);
  }
}

function numberOf([source, pointer]: ShownFact, { readings, named }: Books): number {
  const known = readings.get(source) ?? new Map<string, number>();
  readings.set(source, known);
  const number = known.get(pointer) ?? named.push({ source, pointer }) - 1;
  known.set(pointer, number);
  return number;
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
  return column.categories.length < 2 && column.rest === undefined ? [] : [{ ...name, levels: NONE, ...column }];
}

const NONE = new Float64Array(0);
