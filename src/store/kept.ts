// What was worked out of many sessions at once, in files of its own under cache/: a JSON value and columns of numbers; anything unreadable is a miss, never an error, and nothing here is a source of truth.
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { namesIn } from '../base/folder.ts';
import { sha256 } from '../base/hash.ts';
import { writeAtomic } from './atomic.ts';

/** Numbers of one kind. */
export type Column = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array | Int8Array;

/** A value that JSON can hold, and columns by name beside it. */
export interface KeptValue {
  value: unknown;
  columns: Record<string, Column>;
}

export interface Kept {
  /** What was kept under that name by this version; undefined where nothing was, or it cannot be read. */
  get(name: string): KeptValue | undefined;
  /** Keeps it. A full or read-only disk loses it and nothing else. */
  put(name: string, kept: KeptValue): void;
  /** Keeps at most so many: of those that were neither got nor put since it was opened, the oldest go. */
  tidy(most: number): void;
}

/** Keeps nothing: whoever has no cache folder works all out anew. */
export const KEEPS_NOTHING: Kept = { get: () => undefined, put: () => {}, tidy: () => {} };

const KINDS = {
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
  i8: Int8Array,
} as const;
type Kind = keyof typeof KINDS;

const CHECK = 32; // bytes of the checksum that a file begins with
const LENGTH = 4; // bytes that tell how long the JSON is

/**
 * Opens the part `part` of the cache folder `dir`. Other versions are misses, and go with the first `tidy`. Names are any text. A file is
 * the SHA-256 of the rest, the length of a JSON text, that text, and the columns, each from a multiple of eight bytes.
 */
export function openKept(dir: string, part: string, version: number): Kept {
  if (!/^[a-z0-9-]{1,40}$/.test(part)) throw new Error(`not a name for a part of the cache: ${part}`);
  const root = join(dir, part);
  const folder = join(root, `v${version}`);
  const used = new Set<string>();
  const fileOf = (name: string) => {
    const file = `${sha256(name).slice(0, 32)}.kept`;
    used.add(file);
    return file;
  };
  return {
    get: (name) => quietly(() => valueIn(readFileSync(join(folder, fileOf(name))), name)),
    put(name, kept) {
      const path = join(folder, fileOf(name));
      // A torn file is a miss: not worth a sync.
      quietly(() => writeAtomic(path, bytesOf(name, kept), { fsync: () => {} }));
    },
    tidy(most) {
      for (const other of namesIn(root)) if (other !== `v${version}`) remove(join(root, other));
      const files = namesIn(folder);
      const unused = files.flatMap((file) => (used.has(file) ? [] : [{ file, written: timeOf(join(folder, file)) }]));
      const excess = Math.max(0, files.length - most);
      const oldest = unused.sort((a, b) => a.written - b.written || (a.file < b.file ? -1 : 1)).slice(0, excess);
      for (const { file } of oldest) remove(join(folder, file));
    },
  };
}

interface Header {
  name: string;
  value: unknown;
  columns: [name: string, kind: Kind, length: number][];
}

function bytesOf(name: string, { value, columns }: KeptValue): Buffer {
  const listed = Object.entries(columns);
  const header: Header = { name, value, columns: listed.map(([key, column]) => [key, kindOf(column), column.length]) };
  const text = Buffer.from(JSON.stringify(header));
  const parts: Uint8Array[] = [Buffer.alloc(CHECK), lengthOf(text), text];
  let at = CHECK + LENGTH + text.length;
  for (const [, column] of listed) {
    const padding = paddingAt(at);
    parts.push(Buffer.alloc(padding), new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    at += padding + column.byteLength;
  }
  const bytes = Buffer.concat(parts);
  bytes.set(Buffer.from(sha256(bytes.subarray(CHECK)), 'hex'));
  return bytes;
}

function valueIn(bytes: Buffer, name: string): KeptValue | undefined {
  if (bytes.length < CHECK + LENGTH) return undefined;
  if (sha256(bytes.subarray(CHECK)) !== bytes.toString('hex', 0, CHECK)) return undefined;
  let at = CHECK + LENGTH + bytes.readUInt32LE(CHECK);
  // Of our own printing: the checksum has been seen.
  const header = JSON.parse(bytes.toString('utf8', CHECK + LENGTH, at)) as Header;
  if (header.name !== name) return undefined;
  const columns: KeptValue['columns'] = {};
  for (const [key, kind, length] of header.columns) {
    at += paddingAt(at);
    const of = KINDS[kind];
    const end = at + length * of.BYTES_PER_ELEMENT;
    // A copy, so that it is aligned wherever the file was read to, and one column does not hold all others in memory.
    columns[key] = new of(new Uint8Array(bytes.subarray(at, end)).buffer);
    at = end;
  }
  return { value: header.value, columns };
}

function lengthOf(text: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32LE(text.length);
  return length;
}

function paddingAt(at: number): number {
  return (8 - (at % 8)) % 8;
}

function kindOf(column: Column): Kind {
  for (const [kind, of] of Object.entries(KINDS)) if (column instanceof of) return kind as Kind;
  throw new Error('a column of numbers that has no name');
}

function timeOf(path: string): number {
  return quietly(() => statSync(path).mtimeMs) ?? 0;
}

function remove(path: string): void {
  quietly(() => rmSync(path, { recursive: true, force: true }));
}

// What the disk refuses, or another process took away, is lost to the cache and to nobody else.
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError || error instanceof SyntaxError || systemCode(error) !== undefined) return undefined;
    throw error;
  }
}
