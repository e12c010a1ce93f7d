// The blocks of packs as they lie on the disk: which files there are, what they list, and how a block is read; writes nothing.
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { systemCode, UserError } from '../base/errors.ts';
import { namesIn } from '../base/folder.ts';
import type { Key } from '../base/hash.ts';
import { type Head, Heads } from './pack-heads.ts';
import { keyAt } from './pack-keys.ts';
import { NUMBERS, PackList } from './pack-list.ts';
import { Stretch, type StretchFile, UNPACK_HINT } from './pack-stretch.ts';
import { bytesAt, readInto } from './read-at.ts';

/** A block as it is to be kept. */
export interface NewBlock {
  /** A small JSON value that stays in memory. */
  meta: unknown;
  /** Whole numbers that stay in memory, at most eight. */
  numbers: readonly number[];
  /** Numbers that are looked at of all blocks at once: they lie together, without anything else. */
  marks: Uint32Array;
  /** Texts that its head refers to by their place here: many blocks have the same. */
  words: readonly string[];
  /** How many of its bytes are its head, which is read together with those of its neighbours; the rest is its body. */
  head: number;
  bytes: Uint8Array;
}

/** A block that is there. */
export interface Packed {
  readonly key: Key;
  readonly meta: unknown;
  /** One of its numbers. */
  number(which: number): number;
  /** Blocks of lower places lie before it: who reads the marks or heads of many does it in this order. */
  readonly place: number;
  /** Of its body. */
  readonly length: number;
  /** Good until the marks of any block are read next. Throws UserError where the file became unreadable meanwhile. */
  marks(): Marked;
  /** Good until the next head of any block is read. Throws UserError as well. */
  head(): Head;
  /** Some of its body, good until the next read of any block. Throws UserError as well. */
  read(from: number, length: number): Buffer;
  /** Where its head lies, for another thread, as long as the block is held. */
  headPlace(): HeadPlace;
}

/** The marks of a block: those of `numbers` from one place to another. */
export interface Marked {
  numbers: Uint32Array;
  from: number;
  end: number;
}

/** In an open file, or in memory; and the words of all heads that lie there. */
export type HeadPlace = { words: readonly string[] } & (
  | { fd: number; position: number; length: number }
  | { bytes: Buffer }
);

export function packNames(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => /^\d{4,9}\.list$/.test(name))
    .map((name) => name.slice(0, -'.list'.length))
    .sort((a, b) => Number(a) - Number(b));
}

const [MARKS, HEAD, BODY] = [0, 1, 2] as const;

/** What one writer wrote: a file for each part of its blocks, and their list. */
export class Pack {
  readonly list: PackList;
  readonly marksFile: PackFile;
  readonly headFile: PackFile;
  readonly bodies: PackFile;
  readonly marks: Stretch;
  readonly heads: Heads;
  /** Places of its blocks begin there. */
  readonly place: number;

  constructor(path: string, list: PackList) {
    this.list = list;
    this.place = opened++ * MOST_BLOCKS;
    this.marksFile = new PackFile(`${path}.marks`);
    this.headFile = new PackFile(`${path}.heads`);
    this.bodies = new PackFile(`${path}.pack`);
    this.marks = new Stretch(this.marksFile);
    this.heads = new Heads(this.headFile, list.words);
  }

  get files(): PackFile[] {
    return [this.marksFile, this.headFile, this.bodies];
  }

  /** Opens its files, or holds all of them where there is room. Now, since whoever merges packs removes the old ones. */
  begin(room: { left: number }): void {
    const size = this.files.reduce((sum, { path }) => sum + statSync(path).size, 0);
    const isHeld = size <= room.left;
    if (isHeld) room.left -= size;
    for (const file of this.files) file.begin(isHeld);
  }

  /** Numbers of the blocks that lie there whole. */
  *whole(): Generator<number> {
    const { list } = this;
    const [marks = 0, heads = 0, bodies = 0] = this.files.map((file) => file.size);
    const isWithin = (block: number, part: number, end: number) =>
      list.start(block, part) + list.length(block, part) <= end;
    for (let block = 0; block < list.count; block++)
      if (isWithin(block, MARKS, marks) && isWithin(block, HEAD, heads) && isWithin(block, BODY, bodies)) yield block;
  }
}

let opened = 0;
const MOST_BLOCKS = 2 ** 24;

/** A file that is opened when it is first read, or held in memory. */
export class PackFile implements StretchFile {
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
    if (isHeld) this.whole = wholeFile(this.path);
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

/** A pack of before, with its files open; undefined where it is gone or unreadable. */
export function openPack(path: string, room: { left: number }): Pack | undefined {
  try {
    const pack = new Pack(path, PackList.from(wholeFile(`${path}.list`).buffer));
    pack.begin(room);
    return pack;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** What a block holds that is not on the disk yet. */
export interface Fresh {
  marks: Uint32Array;
  head: Buffer;
  body: Buffer;
}

/** The block of that number in its pack. */
export class Block implements Packed {
  readonly #pack: Pack;
  readonly #number: number;
  #fresh: Fresh | undefined;

  constructor(pack: Pack, number: number, fresh?: Fresh) {
    this.#pack = pack;
    this.#number = number;
    this.#fresh = fresh;
  }

  get key(): Key {
    return keyAt(this.#pack.list.keys, this.#number);
  }

  get meta(): unknown {
    return this.#pack.list.metas[this.#number];
  }

  get place(): number {
    return this.#pack.place + this.#number;
  }

  get length(): number {
    return this.#pack.list.length(this.#number, BODY);
  }

  number(which: number): number {
    return this.#pack.list.numbers[NUMBERS * this.#number + which] ?? 0;
  }

  marks(): Marked {
    if (this.#fresh !== undefined) return { numbers: this.#fresh.marks, from: 0, end: this.#fresh.marks.length };
    const { marks, marksFile, list } = this.#pack;
    const [start, length] = [list.start(this.#number, MARKS), list.length(this.#number, MARKS)];
    const at = marks.near(start, length) ?? readable(marksFile, () => marks.at(start, length));
    return { numbers: marks.numbers, from: at / 4, end: (at + length) / 4 };
  }

  head(): Head {
    const { heads, headFile, list } = this.#pack;
    if (this.#fresh !== undefined) return heads.in(this.#fresh.head);
    return readable(headFile, () => heads.at(list.start(this.#number, HEAD), list.length(this.#number, HEAD)));
  }

  read(from: number, length: number): Buffer {
    if (this.#fresh !== undefined) return this.#fresh.body.subarray(from, from + length);
    const { bodies, list } = this.#pack;
    const position = list.start(this.#number, BODY) + from;
    return (
      bodies.whole?.subarray(position, position + length) ?? readable(bodies, () => readAt(bodies, position, length))
    );
  }

  headPlace(): HeadPlace {
    const { headFile, list } = this.#pack;
    const { words } = list;
    const [position, length] = [list.start(this.#number, HEAD), list.length(this.#number, HEAD)];
    const bytes = this.#fresh?.head ?? headFile.whole?.subarray(position, position + length);
    return bytes === undefined ? { words, fd: headFile.open(), position, length } : { words, bytes };
  }

  /** Once they are on the disk. */
  forgetBytes(): void {
    this.#fresh = undefined;
  }
}

// In a buffer of its own, where columns of numbers can begin.
function wholeFile(path: string): Buffer<ArrayBuffer> {
  const fd = openSync(path, 'r');
  try {
    return bytesAt(fd, 0, fstatSync(fd).size);
  } finally {
    closeSync(fd);
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
