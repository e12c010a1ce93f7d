// What a pack lists of its blocks: columns of numbers in frames, each written after the blocks that it names; opens no file.
import { crc32 } from 'node:zlib';
import type { Key } from '../base/hash.ts';
import { parseLine } from '../base/jsonl.ts';

/** How many numbers are kept of a block. */
export const NUMBERS = 8;

/** The files of a pack, and what lies in them of a block. */
export const PARTS = ['marks', 'heads', 'bodies'] as const;
export type Lengths = readonly [marks: number, head: number, body: number];

/** One block in the list. */
export interface Listed {
  key: Key;
  /** Bytes of its parts. */
  lengths: Lengths;
  numbers: readonly number[];
  /** A small JSON value. */
  meta: unknown;
}

const FRAME = 0x31_4b_43_50; // a machine that has its bytes the other way round reads another number
const PREFIX = 4; // numbers: the one above, the checksum of all that follows, the rows, and the bytes of the header

interface Header {
  /** Where the parts of its first block begin. */
  from: number[];
  /** Words that are new here, numbered on from those before. */
  words: string[];
  metas: unknown[];
}

/** The blocks of a pack by number, in the order in which they lie there. */
export class PackList {
  count = 0;
  keys = new Int32Array(4 * 256);
  numbers = new Uint32Array(NUMBERS * 256);
  readonly metas: unknown[] = [];
  /** Words that blocks share, by number. */
  readonly words: string[] = [];
  #lengths = new Uint32Array(PARTS.length * 256);
  #starts = new Float64Array(PARTS.length * 256);
  /** Where the next block begins. */
  #ends: number[] = PARTS.map(() => 0);
  #framed = { blocks: 0, words: 0 };

  /** @returns its number */
  add({ key, lengths, numbers, meta }: Listed): number {
    this.#reserve(this.count + 1);
    this.keys.set(key, 4 * this.count);
    this.numbers.set(numbers, NUMBERS * this.count);
    this.#place(this.count, lengths);
    this.metas.push(meta);
    return this.count++;
  }

  /** Where a part of a block begins in its file. */
  start(block: number, part: number): number {
    return this.#starts[PARTS.length * block + part] ?? 0;
  }

  length(block: number, part: number): number {
    return this.#lengths[PARTS.length * block + part] ?? 0;
  }

  /** All that was added since the last frame, as one. */
  frame(): Buffer {
    const { blocks, words } = this.#framed;
    const at = PARTS.map((_, part) => this.start(blocks, part));
    const header: Header = { from: at, words: this.words.slice(words), metas: this.metas.slice(blocks) };
    const text = JSON.stringify(header);
    const length = 8 * Math.ceil(Buffer.byteLength(text) / 8);
    const parts = [
      Buffer.from(text.padEnd(text.length + length - Buffer.byteLength(text))),
      bytesOf(this.keys.subarray(4 * blocks, 4 * this.count)),
      bytesOf(this.#lengths.subarray(PARTS.length * blocks, PARTS.length * this.count)),
      bytesOf(this.numbers.subarray(NUMBERS * blocks, NUMBERS * this.count)),
    ];
    const after = Buffer.concat(parts);
    const prefix = Uint32Array.of(FRAME, crc32(after), this.count - blocks, length);
    this.#framed = { blocks: this.count, words: this.words.length };
    return Buffer.concat([bytesOf(prefix), after]);
  }

  /** What such frames list, up to the first one that nobody can read: what is said after it may rest on its words. */
  static from(frames: ArrayBuffer): PackList {
    const list = new PackList();
    let at = 0;
    while (at + 4 * PREFIX <= frames.byteLength) {
      const [frame, sum, rows = 0, length = 0] = new Uint32Array(frames, at, PREFIX);
      const end = at + 4 * PREFIX + length + 4 * rows * (4 + PARTS.length + NUMBERS);
      if (frame !== FRAME || length % 4 !== 0 || end > frames.byteLength) break;
      const after = Buffer.from(frames, at + 4 * PREFIX, end - at - 4 * PREFIX);
      if (crc32(after) !== sum) break;
      const line = parseLine(after.subarray(0, length));
      if (line.kind !== 'object' || !isHeader(line.value, rows)) break;
      list.#take(line.value, frames, at + 4 * PREFIX + length, rows);
      at = end;
    }
    list.#framed = { blocks: list.count, words: list.words.length };
    return list;
  }

  #take({ from, words, metas }: Header, frames: ArrayBuffer, columns: number, rows: number): void {
    this.#reserve(this.count + rows);
    this.#ends = from;
    const keys = new Int32Array(frames, columns, 4 * rows);
    const lengths = new Uint32Array(frames, columns + keys.byteLength, PARTS.length * rows);
    this.keys.set(keys, 4 * this.count);
    this.numbers.set(
      new Uint32Array(frames, columns + keys.byteLength + lengths.byteLength, NUMBERS * rows),
      NUMBERS * this.count,
    );
    for (let row = 0; row < rows; row++) {
      const at = PARTS.length * row;
      this.#place(this.count + row, [lengths[at] ?? 0, lengths[at + 1] ?? 0, lengths[at + 2] ?? 0]);
    }
    for (const word of words) this.words.push(word);
    for (const meta of metas) this.metas.push(meta);
    this.count += rows;
  }

  #place(block: number, lengths: Lengths): void {
    for (let part = 0; part < PARTS.length; part++) {
      const from = this.#ends[part] ?? 0;
      const length = lengths[part] ?? 0;
      this.#starts[PARTS.length * block + part] = from;
      this.#lengths[PARTS.length * block + part] = length;
      this.#ends[part] = from + length;
    }
  }

  #reserve(blocks: number): void {
    if (NUMBERS * blocks <= this.numbers.length) return;
    const room = Math.max(blocks, this.numbers.length / 4); // twice as many
    this.keys = grown(this.keys, new Int32Array(4 * room));
    this.numbers = grown(this.numbers, new Uint32Array(NUMBERS * room));
    this.#lengths = grown(this.#lengths, new Uint32Array(PARTS.length * room));
    this.#starts = grown(this.#starts, new Float64Array(PARTS.length * room));
  }
}

function grown<Column extends Int32Array | Uint32Array | Float64Array>(old: Column, column: Column): Column {
  column.set(old);
  return column;
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function isHeader(value: object, rows: number): value is Header {
  const { from, words, metas } = value as Partial<Record<keyof Header, unknown>>; // each is looked at
  return (
    Array.isArray(from) &&
    from.length === PARTS.length &&
    from.every((n) => Number.isSafeInteger(n) && n >= 0) &&
    Array.isArray(words) &&
    words.every((word) => typeof word === 'string') &&
    Array.isArray(metas) &&
    metas.length === rows
  );
}
