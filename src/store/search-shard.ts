// The file of what occurs in the sessions of one folder: columns with sums, and sets that lie in slices; replaced as a whole, and read as far as it is asked for.
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import { systemCode } from '../base/errors.ts';
import { bitOf, SLICES } from './grams.ts';
import { bytesAt } from './read-at.ts';

/** A session as the index knows it now. */
export interface Searched {
  readonly id: string;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly folder?: string;
  readonly mark?: number;
}

/** Times of a folder beside a transcript, -1 where there was none. */
export interface Beside {
  mtimeMs: number;
  ctimeMs: number;
}

/** The folder beside a transcript as it is now. */
export function besideOf(transcript: string): Beside {
  const stat = statSync(transcript.replace(/\.jsonl$/, '.d'), { throwIfNoEntry: false });
  return { mtimeMs: stat?.mtimeMs ?? -1, ctimeMs: stat?.ctimeMs ?? -1 };
}

/** What is kept of one session. */
export interface Row {
  mark: number;
  size: number;
  mtimeMs: number;
  beside: Beside;
  set: Uint8Array;
}

const MAGIC = Buffer.from(`agentmem grams 2${endianness()}`.padEnd(24));
const SUMS = 1 + SLICES; // CRC-32 of the columns, and of each slice
const HEAD = MAGIC.length + 16 + 4 * SUMS; // with the number of rows, and their units in all
const TIMES = ['size', 'mtimeMs', 'besideMs', 'besideCtimeMs'] as const;

/** The bytes of the file: the head, columns of eight bytes, columns of four, and the sets: the first slice of all of them, then the second. */
export function bytesOf(rows: readonly Row[]): Buffer {
  const units = rows.map(({ set }) => set.length / SLICES);
  const all = units.reduce((sum, n) => sum + n, 0);
  const sets = Buffer.alloc(all * SLICES);
  let before = 0;
  for (const [i, { set }] of rows.entries()) {
    const own = units[i] ?? 0;
    for (let slice = 0; slice < SLICES; slice++)
      sets.set(set.subarray(slice * own, (slice + 1) * own), slice * all + before);
    before += own;
  }
  const times = TIMES.map((name) => Float64Array.from(rows, (row) => timeOf(row, name)));
  const numbers = [Uint32Array.from(rows, ({ mark }) => mark), Uint32Array.from(units)];
  const columns = Buffer.concat([...times, ...numbers].map(({ buffer }) => Buffer.from(buffer)));
  const sums = Array.from({ length: SLICES }, (_, slice) => crc32(sets.subarray(slice * all, (slice + 1) * all)));
  const head = [new Float64Array([rows.length, all]), new Uint32Array([crc32(columns), ...sums])];
  return Buffer.concat([MAGIC, ...head.map(({ buffer }) => Buffer.from(buffer)), columns, sets]);
}

function timeOf({ size, mtimeMs, beside }: Row, name: (typeof TIMES)[number]): number {
  if (name === 'size') return size;
  if (name === 'mtimeMs') return mtimeMs;
  return name === 'besideMs' ? beside.mtimeMs : beside.ctimeMs;
}

/** What lies in one file. */
export class SignedShard {
  readonly #fd: number;
  readonly #sums: Uint32Array;
  readonly #count: number;
  readonly #all: number;
  readonly #times: Record<(typeof TIMES)[number], Float64Array>;
  readonly #marks: Uint32Array;
  readonly #units: Uint32Array;
  /** Units of the rows before each. */
  readonly #before: Float64Array;
  readonly #slices: number;

  constructor(fd: number, sums: Uint32Array, rows: number, units: number, columns: ArrayBuffer) {
    const numbers = 8 * rows * TIMES.length;
    this.#fd = fd;
    this.#sums = sums;
    this.#count = rows;
    this.#all = units;
    const [size, mtimeMs, besideMs, besideCtimeMs] = TIMES.map((_, i) => new Float64Array(columns, 8 * rows * i, rows));
    const none = new Float64Array();
    this.#times = {
      size: size ?? none,
      mtimeMs: mtimeMs ?? none,
      besideMs: besideMs ?? none,
      besideCtimeMs: besideCtimeMs ?? none,
    };
    this.#marks = new Uint32Array(columns, numbers, rows);
    this.#units = new Uint32Array(columns, numbers + 4 * rows, rows);
    this.#slices = HEAD + columns.byteLength;
    this.#before = new Float64Array(rows);
    let before = 0;
    for (const [row, own] of this.#units.entries()) {
      this.#before[row] = before;
      before += own;
    }
  }

  /** Finds rows by their marks; quickest in the order in which they lie here. */
  finder(): (mark: number) => number | undefined {
    let next = 0;
    let byMark: Map<number, number> | undefined;
    return (mark) => {
      if (this.#marks[next] === mark) return next++;
      byMark ??= new Map([...this.#marks].map((one, row) => [one, row]));
      const row = byMark.get(mark);
      if (row !== undefined) next = row + 1;
      return row;
    };
  }

  /** Whether the row is of this session as it is now, with the files beside it as they are. */
  isOf(row: number, session: Searched, transcript: (session: Searched) => string): boolean {
    if (this.#times.size[row] !== session.size || this.#times.mtimeMs[row] !== session.mtimeMs) return false;
    const then = this.#besideOf(row);
    if (Number.isNaN(then.mtimeMs)) return true;
    const now = besideOf(transcript(session));
    return now.mtimeMs === then.mtimeMs && now.ctimeMs === then.ctimeMs;
  }

  #besideOf(row: number): Beside {
    return {
      mtimeMs: this.#times.besideMs[row] ?? Number.NaN,
      ctimeMs: this.#times.besideCtimeMs[row] ?? Number.NaN,
    };
  }

  /** Undefined where it is damaged. */
  slice(at: number): Buffer | undefined {
    const bytes = bytesAt(this.#fd, this.#slices + at * this.#all, this.#all);
    return crc32(bytes) === this.#sums[1 + at] ? bytes : undefined;
  }

  /** Whether the run at `place` occurs in the row, perhaps; `slice` is the one of that place. */
  has(slice: Buffer, row: number, place: number): boolean {
    const bit = bitOf(place, this.#units[row] ?? 0);
    return (((slice[(this.#before[row] ?? 0) + (bit >>> 3)] ?? 0xff) >>> (bit & 7)) & 1) === 1;
  }

  /** All of them, or none where some part is damaged. */
  *rows(): Generator<Row> {
    const slices = Array.from({ length: SLICES }, (_, at) => this.slice(at)).filter((slice) => slice !== undefined);
    if (slices.length < SLICES) return;
    for (let row = 0; row < this.#count; row++) {
      const [own, before] = [this.#units[row] ?? 0, this.#before[row] ?? 0];
      const set = new Uint8Array(own * SLICES);
      for (const [at, slice] of slices.entries()) set.set(slice.subarray(before, before + own), at * own);
      const [mark, size, mtimeMs] = [this.#marks[row] ?? 0, this.#times.size[row] ?? 0, this.#times.mtimeMs[row] ?? 0];
      yield { mark, size, mtimeMs, set, beside: this.#besideOf(row) };
    }
  }
}

/** Hands on what the file holds; nothing where it is missing, damaged or of another version. */
export function withShard(file: string, use: (shard: SignedShard) => void): void {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    const head = bytesAt(fd, 0, HEAD);
    if (!head.subarray(0, MAGIC.length).equals(MAGIC)) return;
    const [rows = -1, units = -1] = new Float64Array(head.buffer, MAGIC.length, 2);
    const columns = rows * (8 * TIMES.length + 8);
    const isWhole = [rows, units].every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!isWhole || fstatSync(fd).size !== HEAD + columns + units * SLICES) return;
    const bytes = bytesAt(fd, HEAD, columns);
    const sums = new Uint32Array(head.buffer, MAGIC.length + 16, SUMS);
    if (crc32(bytes) === sums[0]) use(new SignedShard(fd, sums, rows, units, bytes.buffer));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
