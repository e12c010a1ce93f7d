// Sightings as rows of numbers in a part, and made again from them without reading a call; counts nothing.
import { inGroup } from '../../base/collections.ts';
import type { KeptValue } from '../../store/kept.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { ErrorFact, Spot } from '../fact-types.ts';
import { eachRow, keptIn, type Part, type Parts, type Passing } from '../folds/part.ts';
import { columnOf, type Numbers, Table } from '../folds/table.ts';
import type { Quote } from '../quotes.ts';
import { borrowedBy, echoes } from '../trust.ts';
import type { Sighting } from './detector.ts';
import { againstAt, seenAt } from './seen.ts';

const SEEN = ['session', 'group', 'place', 'events', 'wasted', 'words', 'at'] as const;

// What lies beyond is one more than a place among the texts that the call repeats.
const WORDS = ['local', 'outside'] as const;

// Times are milliseconds since 1970, which end far below; from here on they are places among times in other words.
const ODD = 8.9e15;

/** How often something happened in a session, what it cost, and whose words it may carry in, where a finding is in such words. */
interface Seen {
  events: number;
  wasted: number;
  words?: ErrorFact['words'];
}

/** What is kept beside the rows. */
interface Beside {
  /** Times in other words. */
  odd: string[];
  /** What others said first, of calls that repeat it. */
  borrowed: string[][];
}

/** What was seen in the sessions of a part, in their order; what else is told of it, in columns of its own. */
export class SeenRows<Extra extends readonly string[]> {
  readonly #table: Table<[...typeof SEEN, ...Extra]>;
  readonly #beside: Beside = { odd: [], borrowed: [] };

  constructor(...extra: Extra) {
    this.#table = new Table<[...typeof SEEN, ...Extra]>(...SEEN, ...extra);
  }

  add({ number, session }: Passing, group: number, { place, at }: Spot, seen: Seen, ...extra: Numbers<Extra>): void {
    const words =
      seen.words === 'unsure' ? this.#borrowed(session.actions[place]) : WORDS.indexOf(seen.words ?? 'local');
    const time = at === undefined ? Number.NaN : this.#time(at);
    const row = [number, group, place, seen.events, seen.wasted, words, time, ...extra];
    this.#table.add(...(row as Numbers<[...typeof SEEN, ...Extra]>)); // the compiler does not put two lists of names together
  }

  // The call is read now, so that it need not be on every other day.
  #borrowed(action: Action | undefined): number {
    return WORDS.length + this.#beside.borrowed.push(action === undefined ? [] : borrowedBy(action)) - 1;
  }

  #time(at: string): number {
    const ms = Date.parse(at);
    if (Number.isFinite(ms) && new Date(ms).toISOString() === at) return ms;
    return ODD + this.#beside.odd.push(at) - 1;
  }

  /** With what else is to be kept. */
  kept(value: object, columns: KeptValue['columns'] = {}): KeptValue {
    return { value: { ...value, ...this.#beside }, columns: { ...this.#table.columns(), ...columns } };
  }
}

/** The rows of one part. */
export class SeenIn {
  readonly #sessions: readonly Extract[];
  readonly #places: Part['places'];
  readonly #columns: KeptValue['columns'];
  /** What was kept beside them. */
  readonly value: unknown;

  constructor(sessions: readonly Extract[], { places }: Part, { value, columns }: KeptValue) {
    this.#sessions = sessions;
    this.#places = places;
    this.#columns = columns;
    this.value = value;
  }

  number(row: number, column: string): number {
    return this.#columns[column]?.[row] ?? 0;
  }

  /** @param claim what the finding says in a tool's words */
  sighting(row: number, quote: (action: Action) => Quote, claim: string): Sighting {
    const at = this.#at(row);
    const spot = { place: this.number(row, 'place'), ...(at !== undefined && { at }) };
    const words = this.#words(this.number(row, 'words'), claim);
    const tally = { events: this.number(row, 'events'), wasted: this.number(row, 'wasted'), words };
    return seenAt(this.#session(row), spot, tally, quote);
  }

  #words(words: number, claim: string): (typeof WORDS)[number] {
    const known = WORDS[words];
    if (known !== undefined) return known;
    return echoes(besideIn(this.value).borrowed[words - WORDS.length] ?? [], claim) ? 'outside' : 'local';
  }

  /** Its session as one that speaks against a finding, by the call at a place. */
  against(row: number, place: number, quote: (action: Action) => Quote): { session: Extract; quote: Quote } {
    return againstAt(this.#session(row), place, quote);
  }

  #session(row: number): Extract {
    const session = this.#sessions[this.#places[this.number(row, 'session')] ?? -1];
    if (session === undefined) throw new Error('a row is of a session of its part');
    return session;
  }

  #at(row: number): string | undefined {
    const at = this.#columns.at?.[row] ?? Number.NaN;
    if (Number.isNaN(at)) return undefined;
    return at < ODD ? new Date(at).toISOString() : besideIn(this.value).odd[at - ODD];
  }
}

function besideIn(value: unknown): Beside {
  return value as Beside; // `SeenRows` put it there
}

/** All rows of one group, whichever parts they are in. */
export class RowsOf<Key> {
  readonly key: Key;
  readonly #parts: readonly SeenIn[];
  /** Part and row in turns: there may be very many. */
  readonly #refs: number[] = [];

  constructor(key: Key, parts: readonly SeenIn[]) {
    this.key = key;
    this.#parts = parts;
  }

  get length(): number {
    return this.#refs.length / 2;
  }

  add(part: number, row: number): void {
    this.#refs.push(part, row);
  }

  /** In the order of the sessions. */
  *[Symbol.iterator](): Generator<[part: SeenIn, row: number], void, void> {
    const refs = this.#refs;
    for (let i = 0; i < refs.length; i += 2) {
      const part = this.#parts[refs[i] ?? -1];
      if (part !== undefined) yield [part, refs[i + 1] ?? 0];
    }
  }

  sightings(quote: (action: Action) => Quote, claim = ''): Sighting[] {
    return Array.from(this, ([part, row]) => part.sighting(row, quote, claim));
  }
}

/** The rows of a fold by what their groups stand for, in the order in which the sessions show them. @param keyOf of a group of a part */
export function groupedRows<Key>(
  parts: Parts,
  fold: string,
  keyOf: (part: Part, kept: KeptValue, group: number) => Key | undefined,
): RowsOf<Key>[] {
  const { sessions, all } = parts;
  const kept = all.map((part) => keptIn(part, fold));
  const seen = all.map((part, i) => new SeenIn(sessions, part, kept[i] ?? keptIn(part, fold)));
  const groups = kept.map((one) => columnOf(one, 'group'));
  const known: (RowsOf<Key> | undefined)[][] = all.map(() => []);
  const found = new Map<Key, RowsOf<Key>>();
  const rowsOf = (number: number, group: number): RowsOf<Key> | undefined => {
    const [part, own] = [all[number], kept[number]];
    const key = part && own && keyOf(part, own, group);
    return key === undefined ? undefined : inGroup(found, key, () => new RowsOf(key, seen));
  };
  eachRow(parts, fold, (part, row) => {
    const group = groups[part]?.[row] ?? 0;
    const ofPart = known[part] ?? [];
    ofPart[group] ??= rowsOf(part, group);
    ofPart[group]?.add(part, row);
  });
  return [...found.values()];
}
