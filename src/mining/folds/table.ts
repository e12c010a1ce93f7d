// Rows of numbers while they are counted, and the narrow columns that are kept of them; knows no fact and no detector.
import type { Column, KeptValue } from '../../store/kept.ts';

/** Rows with a number under each name. */
export class Table<Name extends string> {
  readonly #lists: readonly [name: Name, numbers: number[]][];

  constructor(...names: readonly Name[]) {
    this.#lists = names.map((name) => [name, []]);
  }

  get length(): number {
    return this.#lists[0]?.[1].length ?? 0;
  }

  add(row: Readonly<Record<Name, number>>): void {
    for (const [name, numbers] of this.#lists) numbers.push(row[name]);
  }

  columns(): Record<string, Column> {
    return Object.fromEntries(this.#lists.map(([name, numbers]) => [name, narrow(numbers)]));
  }
}

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

/** Texts one after the other as bytes, and where each of them ends. */
export function bytesOfTexts(texts: readonly string[]): { bytes: Uint8Array; ends: Column } {
  const all = texts.map((text) => Buffer.from(text));
  let end = 0;
  return { bytes: new Uint8Array(Buffer.concat(all)), ends: narrow(all.map(({ length }) => (end += length))) };
}

/** One of them again. */
export function textIn(bytes: Column, ends: Column, which: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'utf8',
    ends[which - 1] ?? 0,
    ends[which] ?? 0,
  );
}
