// Sightings as rows of numbers in a part, and made again from them without reading a call; counts nothing.
import { inGroup } from '../../base/collections.ts';
import type { KeptValue } from '../../store/kept.ts';
import type { Action, Extract } from '../extract-types.ts';
import type { Spot } from '../fact-types.ts';
import { eachRow, keptIn, type Part, type Parts } from '../folds/part.ts';
import { columnOf, Table } from '../folds/table.ts';
import type { Quote } from '../quotes.ts';
import type { Sighting } from './detector.ts';
import { againstAt, seenAt, type Tally } from './seen.ts';

type Seen = 'session' | 'group' | 'place' | 'events' | 'wasted' | 'words' | 'at';

const WORDS = [undefined, 'outside', 'local'] as const;

// Times are milliseconds since 1970, which end far below; from here on they are places among times in other words.
const ODD = 8.9e15;

/** What was seen in the sessions of a part, in their order; what else is told of it, in columns of its own. */
export class SeenRows<Extra extends string = never> {
  readonly #table: Table<Seen | Extra>;
  readonly #odd: string[] = [];

  constructor(...extra: Extra[]) {
    this.#table = new Table<Seen | Extra>('session', 'group', 'place', 'events', 'wasted', 'words', 'at', ...extra);
  }

  /** @param session its number in the part */
  add(session: number, group: number, { place, at }: Spot, tally: Tally, extra: Record<Extra, number>): void {
    const { events, wasted, words } = tally;
    const time = at === undefined ? Number.NaN : this.#numberOf(at);
    this.#table.add({ ...extra, session, group, place, events, wasted, words: WORDS.indexOf(words), at: time });
  }

  #numberOf(at: string): number {
    const ms = Date.parse(at);
    if (Number.isFinite(ms) && new Date(ms).toISOString() === at) return ms;
    return ODD + this.#odd.push(at) - 1;
  }

  /** With what else is to be kept. */
  kept(value: object, columns: KeptValue['columns'] = {}): KeptValue {
    return { value: { ...value, odd: this.#odd }, columns: { ...this.#table.columns(), ...columns } };
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

  sighting(row: number, quote: (action: Action) => Quote): Sighting {
    const at = this.#at(row);
    const words = WORDS[this.number(row, 'words')];
    const spot = { place: this.number(row, 'place'), ...(at !== undefined && { at }) };
    const tally = { events: this.number(row, 'events'), wasted: this.number(row, 'wasted'), ...(words && { words }) };
    return seenAt(this.#session(row), spot, tally, quote);
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
    return at < ODD ? new Date(at).toISOString() : oddIn(this.value)[at - ODD];
  }
}

function oddIn(value: unknown): readonly string[] {
  return (value as { odd: string[] }).odd; // `SeenRows` put it there
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

  sightings(quote: (action: Action) => Quote): Sighting[] {
    return Array.from(this, ([part, row]) => part.sighting(row, quote));
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
