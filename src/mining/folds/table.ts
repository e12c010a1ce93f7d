// Rows of numbers while they are counted, and the narrow columns that are kept of them; knows no fact and no detector.
import type { Column, KeptValue } from '../../store/kept.ts';

/** Rows with a number under each of its names. */
export class Table<Names extends readonly string[]> {
  readonly #names: Names;
  readonly #lists: readonly number[][];

  constructor(...names: Names) {
    this.#names = names;
    this.#lists = names.map(() => []);
  }

  get length(): number {
    return this.#lists[0]?.length ?? 0;
  }

  /** @param row in the order of the names */
  add(...row: Numbers<Names>): void {
    for (let i = 0; i < row.length; i++) this.#lists[i]?.push(row[i] ?? 0);
  }

  columns(): Record<string, Column> {
    return Object.fromEntries(this.#names.map((name, i) => [name, narrow(this.#lists[i] ?? [])]));
  }
}

/** A number under each name. */
export type Numbers<Names extends readonly string[]> = { [Place in keyof Names]: number };

/** The same numbers in as few bytes as hold them. */
export function narrow(numbers: readonly number[]): Column {
  let most = 0;
  for (const n of numbers) {
    if (!Number.isInteger(n) || n < 0) return Float64Array.from(numbers);
    if (n > most) most = n;
  }
  if (most < 2 ** 8) return Uint8Array.from(numbers);
  if (most < 2 ** 16) return Uint16Array.from(numbers);
  return most < 2 ** 32 ? Uint32Array.from(numbers) : Float64Array.from(numbers);
}

/** A column of what was kept; one that is not there has no rows. */
export function columnOf({ columns }: Pick<KeptValue, 'columns'>, name: string): Column {
  return columns[name] ?? NONE;
}

const NONE = new Uint8Array(0);

/** Texts one after the other as bytes, and where each of them ends; none of them may end amid a character. */
export function bytesOfTexts(texts: readonly string[]): { bytes: Uint8Array; ends: Column } {
  let end = 0;
  const ends = texts.map((text) => {
    end += Buffer.byteLength(text);
    return end;
  });
  // In one go: a buffer for each would be more garbage than all that is kept.
  return { bytes: Buffer.from(texts.join('')), ends: narrow(ends) };
}

/** One of them again. */
export function textIn(bytes: Column, ends: Column, which: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'utf8',
    ends[which - 1] ?? 0,
    ends[which] ?? 0,
  );
}
