// A cache of many blocks of bytes in a few files under cache/, each with a small JSON value that stays in memory; never a source of truth, and never rewritten in place.
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { parseLine, readLines } from '../base/jsonl.ts';
import { writeFully } from './atomic.ts';
import { readInto } from './read-at.ts';

/** A block that is there. */
export interface Packed {
  meta: unknown;
  length: number;
  /** Bytes of the block, good until the next read of any. Throws UserError where the file became unreadable meanwhile. */
  read(from: number, length: number): Buffer;
}

export interface Packs {
  get(key: string): Packed | undefined;
  /** Keeps a block. A full or read-only disk loses it for the next time, and nothing else. */
  add(key: string, meta: unknown, bytes: Uint8Array): Packed;
  /** Brings what was added to the disk for good. To be called even where the work broke off. */
  finish(): void;
}

const IN_MEMORY = 32 * 2 ** 20; // bytes of blocks: small memories need no file kept open
const BATCH = 4 * 2 ** 20;
const MOST_FILES = 16;
/** What to do where a block turns out unreadable. */
export const UNPACK_HINT = 'remove .agentmem/cache/extracts and try again: it is rebuilt';

/** A file of blocks. */
interface Pack {
  path: string;
  fd?: number;
}

/**
 * Opens the packs of `version` in `dir`, and throws those of other versions away with the first write. Of each key the newest
 * block counts. A pack is a file of blocks and a list beside it, one line a block, written after the blocks: what a crash cut
 * off is not listed. Every writer has a pack of its own; past sixteen they are copied into one.
 */
export function openPacks(dir: string, version: number): Packs {
  const folder = join(dir, `v${version}`);
  const names = packNames(folder);
  const room = { left: IN_MEMORY };
  const known = new Map<string, Block>();
  for (const name of names) list(join(folder, name), room, known);
  let writer: Writer | undefined;
  return {
    get: (key) => known.get(key),
    add(key, meta, bytes) {
      writer ??= newWriter(dir, folder, room, names.length < MOST_FILES ? undefined : { names, blocks: [...known] });
      const block = writer.add(key, meta, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      known.set(key, block);
      return block;
    },
    finish() {
      writer?.finish();
      writer = undefined;
    },
  };
}

function packNames(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => /^\d{4,9}\.list$/.test(name))
    .map((name) => name.slice(0, -'.list'.length))
    .sort((a, b) => Number(a) - Number(b));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return [];
  }
}

function list(path: string, room: { left: number }, known: Map<string, Block>): void {
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
      known.set(key, new Block(meta, length, { pack, offset }, whole?.subarray(offset, offset + length)));
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

class Block implements Packed {
  readonly meta: unknown;
  readonly length: number;
  readonly #pack: Pack;
  readonly #offset: number;
  #bytes: Buffer | undefined;

  constructor(meta: unknown, length: number, at: { pack: Pack; offset: number }, bytes?: Buffer) {
    this.meta = meta;
    this.length = length;
    this.#pack = at.pack;
    this.#offset = at.offset;
    this.#bytes = bytes;
  }

  read(from: number, length: number): Buffer {
    return this.#bytes?.subarray(from, from + length) ?? readAt(this.#pack, this.#offset + from, length);
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

function opened(pack: Pack): number {
  if (pack.fd === undefined) {
    pack.fd = openSync(pack.path, 'r');
    closing.register(pack, pack.fd);
  }
  return pack.fd;
}

// With the last block that lies in it.
const closing = new FinalizationRegistry<number>((fd) => closeSync(fd));

interface Writer {
  add(key: string, meta: unknown, bytes: Buffer): Block;
  finish(): void;
}

/** @param merged packs that are copied into this one in the end, and then removed */
function newWriter(
  dir: string,
  folder: string,
  room: { left: number },
  merged?: { names: readonly string[]; blocks: [string, Block][] },
): Writer {
  const files = create(dir, folder);
  const pack: Pack = { path: `${files?.path ?? folder}.pack` };
  let waiting: { row: string; bytes: Buffer; block: Block }[] = [];
  let size = 0;
  let offset = 0;
  let failed = files === undefined;
  const flush = () => {
    if (files === undefined || failed || waiting.length === 0) return;
    failed = !written(() => {
      writeFully(files.pack, Buffer.concat(waiting.map((w) => w.bytes)));
      writeFully(files.list, Buffer.from(waiting.map((w) => w.row).join('')));
    });
    if (failed) return; // what was listed before stays good, and what is in memory too
    for (const { block, bytes } of waiting) {
      if (room.left >= bytes.length) room.left -= bytes.length;
      else if (written(() => opened(pack))) block.forgetBytes();
    }
    waiting = [];
    size = 0;
  };
  const add = (key: string, meta: unknown, bytes: Buffer): Block => {
    const block = new Block(meta, bytes.length, { pack, offset }, bytes);
    if (failed) return block;
    waiting.push({ row: `${JSON.stringify({ key, offset, length: bytes.length, meta })}\n`, bytes, block });
    offset += bytes.length;
    size += bytes.length;
    if (size >= BATCH) flush();
    return block;
  };
  return {
    add,
    finish() {
      for (const [key, block] of merged?.blocks ?? []) add(key, block.meta, Buffer.from(block.read(0, block.length)));
      flush();
      if (files === undefined) return;
      if (!failed) failed = !written(() => fsyncSync(files.pack));
      closeSync(files.pack);
      closeSync(files.list);
      if (!failed) for (const name of merged?.names ?? []) remove(join(folder, name));
    },
  };
}

// A new pair of files, or none where nothing can be written.
function create(dir: string, folder: string): { path: string; pack: number; list: number } | undefined {
  let made: { path: string; pack: number; list: number } | undefined;
  written(() => {
    for (const name of namesIn(dir))
      if (join(dir, name) !== folder) rmSync(join(dir, name), { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (let number = Number(packNames(folder).at(-1) ?? 0) + 1; made === undefined; number++) {
      const path = join(folder, String(number).padStart(4, '0'));
      const list = createNew(`${path}.list`);
      if (list !== undefined) made = { path, list, pack: openSync(`${path}.pack`, 'w') };
    }
  });
  return made;
}

// Another process may take the same number at the same time.
function createNew(path: string): number | undefined {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}

function remove(path: string): void {
  written(() => {
    rmSync(`${path}.list`, { force: true });
    rmSync(`${path}.pack`, { force: true });
  });
}

// False where the disk is full or closed to us: a cache is worth no more than the attempt.
function written(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}
