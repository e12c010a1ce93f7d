// The index of one folder of sessions as one file: a head, columns that lists read, and a row of JSON a session; a cache, replaced as a whole or not at all.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import { systemCode, UserError } from '../base/errors.ts';
import { parseLine } from '../base/jsonl.ts';
import { writeAtomic } from './atomic.ts';
import { bytesAt } from './read-at.ts';
import type { Brief } from './session-brief.ts';
import { bytesOf, type ColumnsHead, columnsOf, isColumnsHead } from './session-columns.ts';
import { rowsIn } from './stored-brief.ts';

/** What a folder looked like when its files were looked at. */
export interface Stamp {
  mtimeMs: number;
  ctimeMs: number;
  /** What the clock of the disk said before, in milliseconds; 0 where it was not to be had. */
  looked: number;
}

/** A file that holds no readable header: named in warnings, not listed. */
export interface Unreadable {
  path: string;
  size: number;
  mtimeMs: number;
  unreadable: true;
}

/** What is known of one folder. */
export interface Shard {
  stamp: Stamp;
  /** Ids of sessions that somebody was writing. */
  busy: string[];
  unreadable: Unreadable[];
  /** In the order of lists. */
  briefs: Brief[];
  /** The whole entry of each brief as JSON. */
  row: (at: number) => string | Uint8Array;
}

const VERSION = `7${endianness()}`;
const FIRST_READ = 1 << 16; // bytes

interface Head extends Pick<Shard, 'stamp' | 'busy' | 'unreadable'> {
  version: string;
  columns: ColumnsHead;
  /** CRC-32 of the columns' bytes: numbers that a disk damaged look like any others. */
  sum: number;
  /** Bytes of all rows. */
  rows: number;
}

/**
 * What the file holds of `folder`; undefined where it is missing, cut off, damaged or of another version. Only the head and the
 * columns are read; rows when one is asked for.
 */
export function readShard(file: string, folder: string): Shard | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    const { size } = fstatSync(fd);
    const found = headIn(bytesAt(fd, 0, Math.min(FIRST_READ, size))) ?? headIn(bytesAt(fd, 0, size));
    if (found === undefined) return undefined;
    const { head, at } = found;
    const length = bytesOf(head.columns);
    if (size !== at + length + head.rows) return undefined;
    const bytes = bytesAt(fd, at, length);
    if (crc32(bytes) !== head.sum) return undefined;
    const { briefs, lengths } = rowsIn(head.columns, bytes.buffer, folder);
    return { ...head, briefs, row: rowsOf(file, size, at + length, lengths) };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function headIn(bytes: Buffer): { head: Head; at: number } | undefined {
  const end = bytes.indexOf(10);
  const line = end < 0 ? undefined : parseLine(bytes.subarray(0, end));
  return line?.kind === 'object' && isHead(line.value) ? { head: line.value, at: end + 1 } : undefined;
}

function isHead(value: object): value is Head {
  const { version, stamp, busy, unreadable, columns, sum, rows } = value as Partial<Record<keyof Head, unknown>>; // each is looked at
  return (
    version === VERSION &&
    has(stamp, { mtimeMs: 'number', ctimeMs: 'number', looked: 'number' }) &&
    Array.isArray(busy) &&
    busy.every((id) => typeof id === 'string') &&
    Array.isArray(unreadable) &&
    unreadable.every((file) => has(file, { path: 'string', size: 'number', mtimeMs: 'number' })) &&
    typeof sum === 'number' &&
    typeof rows === 'number' &&
    typeof columns === 'object' &&
    columns !== null &&
    isColumnsHead(columns)
  );
}

function has(value: unknown, fields: Record<string, string>): boolean {
  if (value === null || typeof value !== 'object') return false;
  const found = value as Record<string, unknown>; // each field is looked at
  return Object.entries(fields).every(([name, type]) => typeof found[name] === type);
}

// The file may be replaced between two looks at it. Then the rows are not those of the head, and empty ones stand for them.
function rowsOf(file: string, size: number, from: number, lengths: Uint32Array): (at: number) => Uint8Array {
  let whole: Buffer | undefined;
  const ends = new Float64Array(lengths.length);
  return (at) => {
    if (whole === undefined) {
      whole = wholeFile(file);
      if (whole.length !== size) whole = Buffer.alloc(0);
      for (let i = 0, end = from; i < ends.length; i++) ends[i] = end += (lengths[i] ?? 0) + 1;
    }
    const end = (ends[at] ?? 0) - 1;
    return whole.subarray(end - (lengths[at] ?? 0), end);
  };
}

function wholeFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return Buffer.alloc(0);
  }
}

/** Replaces the file. A memory on a read-only or full disk can still be read: then nothing is kept. */
export function writeShard(file: string, { stamp, busy, unreadable, briefs, row }: Shard): void {
  const newline = Buffer.from('\n');
  const texts = briefs.map((_, i) => Buffer.from(row(i)));
  const rows = Buffer.concat(texts.flatMap((text) => [text, newline]));
  const { head: columns, bytes } = columnsOf(
    briefs,
    texts.map(({ length }) => length),
  );
  const head: Head = {
    version: VERSION,
    stamp,
    busy,
    unreadable,
    columns,
    sum: crc32(bytes),
    rows: rows.length,
  };
  try {
    writeAtomic(file, Buffer.concat([Buffer.from(JSON.stringify(head)), newline, bytes, rows]));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}
