// The blocks of packs as they lie on the disk: which files there are, what they list, and how a block is read; writes nothing.
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { systemCode, UserError } from '../base/errors.ts';
import { parseLine, readLines } from '../base/jsonl.ts';
import { type Head, type HeadFile, Heads, UNPACK_HINT } from './pack-heads.ts';
import { readInto } from './read-at.ts';

/** A block as it is to be kept. */
export interface NewBlock {
  /** A small JSON value that stays in memory. */
  meta: unknown;
  /** Texts that its head refers to by their place here: many blocks have the same. */
  words: readonly string[];
  /** How many of its bytes are its head, which is read together with those of its neighbours; the rest is its body. */
  head: number;
  bytes: Uint8Array;
}

/** The bytes of a block. */
export interface PackedBytes {
  /** Of its body. */
  length: number;
  /** Good until the next head of any block is read. Throws UserError where the file became unreadable meanwhile. */
  head(): Head;
  /** Some of its body, good until the next read of any block. Throws UserError as well. */
  read(from: number, length: number): Buffer;
  /** Where its head lies, for another thread, as long as the block is held. */
  place(): HeadPlace;
}

/** In an open file, or in memory; and the words of all heads that lie there. */
export type HeadPlace = { words: readonly string[] } & (
  | { fd: number; position: number; length: number }
  | { bytes: Buffer }
);

/** A block that is there. */
export interface Packed {
  meta: unknown;
  bytes: PackedBytes;
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

/** A file of bodies and one of heads. */
export class Pack {
  readonly bodies: PackFile;
  readonly headFile: PackFile;
  readonly heads: Heads;
  /** By number: words that blocks share. */
  readonly words: string[] = [];

  /** @param room for the whole of it in memory */
  constructor(path: string, room?: { left: number }) {
    this.bodies = new PackFile(`${path}.pack`);
    this.headFile = new PackFile(`${path}.heads`);
    if (room !== undefined) begin([this.bodies, this.headFile], room);
    this.heads = new Heads(this.headFile, this.words);
  }
}

// Opens files, or holds all of them where there is room. Now, since whoever merges packs removes the old ones.
function begin(files: readonly PackFile[], room: { left: number }): void {
  const size = files.reduce((sum, { path }) => sum + statSync(path).size, 0);
  const isHeld = size <= room.left;
  if (isHeld) room.left -= size;
  for (const file of files) file.begin(isHeld);
}

/** A file that is opened when it is first read, or held in memory. */
export class PackFile implements HeadFile {
  readonly path: string;
  whole: Buffer | undefined;
  #fd: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get size(): number {
    return this.whole?.length ?? fstatSync(this.open()).size;
  }

  begin(isHeld: boolean): void {
    if (isHeld) this.whole = readFileSync(this.path);
    else this.open();
  }

  open(): number {
    if (this.#fd === undefined) {
      this.#fd = openSync(this.path, 'r');
      closing.register(this, this.#fd);
    }
    return this.#fd;
  }
}

// With the last block that lies in it.
const closing = new FinalizationRegistry<number>((fd) => closeSync(fd));

/** Puts what a pack lists into `known`. What is said after a line that nobody can read is not believed: it may rest on words of that line. */
export function list(path: string, room: { left: number }, known: Map<string, Packed>): void {
  try {
    const pack = new Pack(path, room);
    const ends = { body: pack.bodies.size, head: pack.headFile.size };
    for (const { bytes } of readLines(`${path}.list`)) {
      const row = parseLine(bytes);
      if (row.kind !== 'object' || !isRow(row.value)) return;
      const { key, at, head, meta, words = [] } = row.value;
      pack.words.push(...words);
      if (at[0] + at[1] > ends.body || head[0] + head[1] > ends.head) continue;
      known.set(key, { meta, bytes: new Block(pack, at, head) });
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error; // gone or unreadable: misses
  }
}

/** One line of a list. */
export interface Row {
  key: string;
  /** Where the body and the head begin, and their bytes. */
  at: Stretch;
  head: Stretch;
  meta: unknown;
  /** Words that are new here, numbered on from those before. */
  words?: string[];
}

type Stretch = [from: number, length: number];

function isRow(value: object): value is Row {
  const { key, at, head, words } = value as Partial<Record<keyof Row, unknown>>; // each is looked at
  if (typeof key !== 'string' || !isStretch(at) || !isStretch(head) || !('meta' in value)) return false;
  return words === undefined || (Array.isArray(words) && words.every((word) => typeof word === 'string'));
}

function isStretch(value: unknown): value is Stretch {
  const isSize = (n: unknown) => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0;
  return Array.isArray(value) && value.length === 2 && isSize(value[0]) && isSize(value[1]);
}

export class Block implements PackedBytes {
  readonly length: number;
  readonly #pack: Pack;
  readonly #at: number;
  readonly #headAt: number;
  readonly #headLength: number;
  #fresh: { head: Buffer; body: Buffer } | undefined;

  /** @param fresh what it holds, where that is not on the disk yet */
  constructor(pack: Pack, at: Stretch, head: Stretch, fresh?: { head: Buffer; body: Buffer }) {
    this.#pack = pack;
    [this.#at, this.length] = at;
    [this.#headAt, this.#headLength] = head;
    this.#fresh = fresh;
  }

  head(): Head {
    const { heads, headFile } = this.#pack;
    if (this.#fresh !== undefined) return heads.in(this.#fresh.head);
    return readable(headFile, () => heads.at(this.#headAt, this.#headLength));
  }

  read(from: number, length: number): Buffer {
    if (this.#fresh !== undefined) return this.#fresh.body.subarray(from, from + length);
    const { bodies } = this.#pack;
    const position = this.#at + from;
    return (
      bodies.whole?.subarray(position, position + length) ?? readable(bodies, () => readAt(bodies, position, length))
    );
  }

  place(): HeadPlace {
    const { words, headFile } = this.#pack;
    const [position, length] = [this.#headAt, this.#headLength];
    const bytes = this.#fresh?.head ?? headFile.whole?.subarray(position, position + length);
    return bytes === undefined ? { words, fd: headFile.open(), position, length } : { words, bytes };
  }

  /** Once they are on the disk. */
  forgetBytes(): void {
    this.#fresh = undefined;
  }
}

function readable<T>({ path }: PackFile, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError({ what: `a file of the cache cannot be read (${code})`, where: path, hint: UNPACK_HINT });
  }
}

// One for all reads: making one each time would cost as much as reading into it.
let scratch = Buffer.allocUnsafeSlow(2 ** 16);

function readAt(file: PackFile, position: number, length: number): Buffer {
  if (scratch.length < length) scratch = Buffer.allocUnsafeSlow(2 * length);
  const bytes = scratch.subarray(0, length);
  if (readInto(file.open(), bytes, position) < length)
    throw new UserError({ what: 'a file of the cache broke off', where: file.path, hint: UNPACK_HINT });
  return bytes;
}
