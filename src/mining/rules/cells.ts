// Single values by session and by what they are values of, eight bytes each, so that those of a hundred thousand sessions fit in memory; knows no meaning of either.
import { byCodeUnit } from '../../base/collections.ts';
import type { ObservedValue } from '../extract-types.ts';

/** A table that is written session by session, each key at most once in a session, and read by key. */
export interface Cells {
  /** Keys are numbered from 0. */
  put(key: number, value: ObservedValue): void;
  /** What is put from now on belongs to the next session. */
  nextSession(): void;
  /** In how many sessions a key has a value. */
  sessionsWith(key: number): number;
  /** The columns of these keys, in their order. */
  columns(keys: readonly number[]): CodedColumn[];
}

/** By place of the session 0 where there is no value, else 1 + the place of its value among those that occur. */
export type Codes = Uint16Array | Uint32Array;

/**
 * Numbers where most values are numbers, ascending, the others being as good as absent; else categories, ordered as JSON. Of very many
 * categories those of fewer than `LEAST` sessions are not told apart: with `rest` all of them have the code after the last.
 */
export type CodedColumn = { codes: Codes } & (
  | { levels: Float64Array }
  | { categories: ObservedValue[]; rest?: { words: boolean } }
);

/** Sessions with a category, for it to be worth a look: one in each of three strata. */
export const LEAST = 3;

const CHUNK = 1 << 16;
const AT_ONCE = 16; // columns; all of them would take too much memory before they are coded
const MANY = 64; // categories, such as names of files: the most are nowhere else, and it takes seconds to order them

export function newCells(): Cells {
  const dictionary = newDictionary();
  const chunks: { keys: Uint32Array; values: Uint32Array }[] = [];
  const ends: number[] = [];
  const sessions: number[] = [];
  const numbers: number[] = [];
  let count = 0;
  return {
    put(key, value) {
      if (count === chunks.length * CHUNK)
        chunks.push({ keys: new Uint32Array(CHUNK), values: new Uint32Array(CHUNK) });
      const chunk = chunks.at(-1);
      if (chunk === undefined) return;
      chunk.keys[count % CHUNK] = key;
      chunk.values[count % CHUNK] = dictionary.numberOf(value);
      sessions[key] = (sessions[key] ?? 0) + 1;
      if (typeof value === 'number') numbers[key] = (numbers[key] ?? 0) + 1;
      count++;
    },
    nextSession: () => ends.push(count),
    sessionsWith: (key) => sessions[key] ?? 0,
    columns(keys) {
      const coded: CodedColumn[] = [];
      const sheet = new Uint32Array(dictionary.size() + 1);
      for (let from = 0; from < keys.length; from += AT_ONCE) {
        const some = keys.slice(from, from + AT_ONCE);
        for (const [i, raw] of gathered(some).entries()) {
          const key = some[i] ?? 0;
          coded.push(columnOf(raw, dictionary, sheet, (numbers[key] ?? 0) * 2 > (sessions[key] ?? 0)));
        }
      }
      return coded;
    },
  };

  // By key and session: 1 + the number of its value.
  function gathered(keys: readonly number[]): Uint32Array[] {
    const raw = keys.map(() => new Uint32Array(ends.length));
    const place = new Int32Array(sessions.length).fill(-1);
    for (const [i, key] of keys.entries()) place[key] = i;
    let cell = 0;
    for (let session = 0; session < ends.length; session++) {
      for (const end = ends[session] ?? 0; cell < end; cell++) {
        const chunk = chunks[Math.floor(cell / CHUNK)];
        const column = raw[place[chunk?.keys[cell % CHUNK] ?? 0] ?? -1];
        if (column !== undefined) column[session] = (chunk?.values[cell % CHUNK] ?? 0) + 1;
      }
    }
    return raw;
  }
}

/** Every value that occurs, once. */
interface Dictionary {
  numberOf(value: ObservedValue): number;
  valueOf(number: number): ObservedValue;
  size(): number;
}

function newDictionary(): Dictionary {
  const numbers = new Map<ObservedValue, number>();
  const values: ObservedValue[] = [];
  return {
    numberOf(value) {
      const known = numbers.get(value);
      if (known !== undefined) return known;
      numbers.set(value, values.length);
      return values.push(value) - 1;
    },
    valueOf: (number) => values[number] ?? 0,
    size: () => values.length,
  };
}

/** @param sheet with room for every value, blank before and after */
function columnOf(raw: Uint32Array, dictionary: Dictionary, sheet: Uint32Array, areNumbers: boolean): CodedColumn {
  const numbers: number[] = [];
  for (let place = 0; place < raw.length; place++) {
    const number = raw[place] ?? 0;
    if (number === 0) continue;
    if (sheet[number] === 0) numbers.push(number);
    sheet[number] = (sheet[number] ?? 0) + 1;
  }
  const common = numbers.length > MANY ? numbers.filter((number) => (sheet[number] ?? 0) >= LEAST) : numbers;
  for (const number of numbers) sheet[number] = 0;
  return areNumbers ? levelsOf(raw, numbers, dictionary, sheet) : categoriesOf(raw, numbers, common, dictionary, sheet);
}

function levelsOf(
  raw: Uint32Array,
  numbers: readonly number[],
  dictionary: Dictionary,
  sheet: Uint32Array,
): CodedColumn {
  const levels = numbers.flatMap((number) => {
    const value = dictionary.valueOf(number - 1);
    return typeof value === 'number' ? [{ number, value }] : [];
  });
  levels.sort((a, b) => a.value - b.value);
  const ordered = levels.map(({ number }) => number);
  return { codes: coded(raw, ordered, [], sheet), levels: Float64Array.from(levels, ({ value }) => value) };
}

function categoriesOf(
  raw: Uint32Array,
  numbers: readonly number[],
  common: readonly number[],
  dictionary: Dictionary,
  sheet: Uint32Array,
): CodedColumn {
  const named = common.map((number) => {
    const value = dictionary.valueOf(number - 1);
    return { number, value, key: JSON.stringify(value) };
  });
  named.sort((a, b) => byCodeUnit(a.key, b.key));
  const ordered = named.map(({ number }) => number);
  const categories = named.map(({ value }) => value);
  if (common.length === numbers.length) return { codes: coded(raw, ordered, [], sheet), categories };
  const known = new Set(ordered);
  const words = numbers.some((number) => !known.has(number) && typeof dictionary.valueOf(number - 1) === 'string');
  return { codes: coded(raw, ordered, numbers, sheet), categories, rest: { words } };
}

/** By place, 1 + the place of its number among the ordered; that of the others is after them. */
function coded(raw: Uint32Array, ordered: readonly number[], others: readonly number[], sheet: Uint32Array): Codes {
  for (const number of others) sheet[number] = ordered.length + 1;
  for (const [i, number] of ordered.entries()) sheet[number] = i + 1;
  const codes = ordered.length + 1 < 2 ** 16 ? new Uint16Array(raw.length) : new Uint32Array(raw.length);
  for (let place = 0; place < raw.length; place++) codes[place] = sheet[raw[place] ?? 0] ?? 0;
  for (const number of others) sheet[number] = 0;
  for (const number of ordered) sheet[number] = 0;
  return codes;
}
