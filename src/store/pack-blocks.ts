// The blocks of packs as they lie on the disk: which files there are, what they list, and how a block is read; writes nothing.
import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { systemCode, UserError } from '../base/errors.ts';
import { parseLine, readLines } from '../base/jsonl.ts';
import { readInto } from './read-at.ts';

/** The bytes of a block. */
export interface PackedBytes {
  length: number;
  /** Some of them, good until the next read of any block. Throws UserError where the file became unreadable meanwhile. */
  read(from: number, length: number): Buffer;
  /** Where they lie, for another thread, as long as the block is held: an open file, and where they begin in it; undefined in memory. */
  place?(): { fd: number; position: number } | undefined;
}

/** A block that is there. */
export interface Packed extends PackedBytes {
  meta: unknown;
  /** The bytes alone, for whoever has no more use for the value. */
  bytes: PackedBytes;
}

/** What to do where a block turns out unreadable. */
export const UNPACK_HINT = 'remove .agentmem/cache/extracts and try again: it is rebuilt';

/** A file of blocks. */
export interface Pack {
  path: string;
  fd?: number;
}

export function packNames(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => /^\d{4,9}\.list$/.test(name))
    .map((name) => name.slice(0, -'.list'.length))
    .sort((a, b) => Number(a) - Number(b));
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return [];
  }
}

export function list(path: string, room: { left: number }, known: Map<string, Known>): void {
  try {
    const { size } = statSync(`${path}.pack`);
    const whole = size <= room.left ? readFileSync(`${path}.pack`) : undefined;
    room.left -= whole?.length ?? 0;
    const pack: Pack = { path: `${path}.pack` };
    // Now, since whoever merges packs removes the old ones.
    if (whole === undefined) opened(pack);
    for (const { bytes } of readLines(`${path}.list`)) {
      const row = parseLine(bytes);
      if (row.kind !== 'object' || !isRow(row.value) || row.value.offset + row.value.length > size) continue;
      const { key, offset, length, meta } = row.value;
      known.set(key, new Known(meta, new Block(length, { pack, offset }, whole?.subarray(offset, offset + length))));
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error; // gone or unreadable: misses
  }
}

interface Row {
  key: string;
  offset: number;
  length: number;
  meta: unknown;
}

function isRow(value: object): value is Row {
  const isSize = (n: unknown) => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0;
  if (!('key' in value && 'offset' in value && 'length' in value && 'meta' in value)) return false;
  return typeof value.key === 'string' && isSize(value.offset) && isSize(value.length);
}

export class Known implements Packed {
  readonly meta: unknown;
  readonly bytes: Block;

  constructor(meta: unknown, bytes: Block) {
    this.meta = meta;
    this.bytes = bytes;
  }

  get length(): number {
    return this.bytes.length;
  }

  read(from: number, length: number): Buffer {
    return this.bytes.read(from, length);
  }
}

export class Block implements PackedBytes {
  readonly length: number;
  readonly #pack: Pack;
  readonly #offset: number;
  #bytes: Buffer | undefined;

  constructor(length: number, at: { pack: Pack; offset: number }, bytes?: Buffer) {
    this.length = length;
    this.#pack = at.pack;
    this.#offset = at.offset;
    this.#bytes = bytes;
  }

  read(from: number, length: number): Buffer {
    return this.#bytes?.subarray(from, from + length) ?? readAt(this.#pack, this.#offset + from, length);
  }

  place(): { fd: number; position: number } | undefined {
    return this.#bytes === undefined ? { fd: opened(this.#pack), position: this.#offset } : undefined;
  }

  /** Once they are on the disk. */
  forgetBytes(): void {
    this.#bytes = undefined;
  }
}

// One for all reads: making one each time would cost as much as reading into it.
let scratch = Buffer.allocUnsafeSlow(2 ** 16);

function readAt(pack: Pack, position: number, length: number): Buffer {
  if (scratch.length < length) scratch = Buffer.allocUnsafeSlow(2 * length);
  const bytes = scratch.subarray(0, length);
  try {
    if (readInto(opened(pack), bytes, position) < length)
      throw new UserError({ what: 'a file of the cache broke off', where: pack.path, hint: UNPACK_HINT });
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError({ what: `a file of the cache cannot be read (${code})`, where: pack.path, hint: UNPACK_HINT });
  }
  return bytes;
}

export function opened(pack: Pack): number {
  if (pack.fd === undefined) {
    pack.fd = openSync(pack.path, 'r');
    closing.register(pack, pack.fd);
  }
  return pack.fd;
}

// With the last block that lies in it.
const closing = new FinalizationRegistry<number>((fd) => closeSync(fd));
