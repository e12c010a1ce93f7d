// Writes one pack: blocks first, then the list that names them; rewrites no file, and removes only those that it has copied.
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { namesIn } from '../base/folder.ts';
import type { Key } from '../base/hash.ts';
import { writeFully } from './atomic.ts';
import { Block, type Fresh, type NewBlock, Pack, type Packed, packNames } from './pack-blocks.ts';
import { headOf } from './pack-heads.ts';
import { PackKeys } from './pack-keys.ts';
import { NUMBERS, PackList } from './pack-list.ts';

const BATCH = 4 * 2 ** 20; // bytes
const MOST_WORDS = 2 ** 15; // that are kept in memory of a pack, and letters of theirs
const MOST_LETTERS = 2 ** 22;

export interface Writer {
  add(key: Key, block: NewBlock): Packed;
  finish(): void;
}

/** Blocks of packs that are copied into this one in the end, and the names of those packs, which then are removed. */
export interface Merged {
  names: readonly string[];
  blocks: () => Iterable<Packed>;
}

interface Waiting extends Fresh {
  block: Block;
}

export function newWriter(dir: string, folder: string, room: { left: number }, merged?: Merged): Writer {
  const files = create(dir, folder);
  const pack = new Pack(files?.path ?? folder, new PackList());
  const { list } = pack;
  const wordsOf = newWords(list.words);
  let waiting: Waiting[] = [];
  let size = 0;
  let failed = files === undefined;
  const fresh = new PackKeys(); // where others are copied after them: those would be the newest
  const flush = () => {
    if (files === undefined || failed || waiting.length === 0) return;
    failed = !written(() => {
      writeFully(files.bodies, Buffer.concat(waiting.map(({ body }) => body)));
      writeFully(files.heads, Buffer.concat(waiting.map(({ head }) => head)));
      writeFully(files.marks, Buffer.concat(waiting.map(({ marks }) => bytesOf(marks))));
      writeFully(files.list, list.frame());
    });
    if (failed) return; // what was listed before stays good, and what is in memory too
    for (const { block, body, head, marks } of waiting) {
      const bytes = body.length + head.length + marks.byteLength;
      if (room.left >= bytes) room.left -= bytes;
      else if (written(() => opened(pack))) block.forgetBytes();
    }
    waiting = [];
    size = 0;
  };
  const add = (key: Key, { meta, numbers, marks, words, head: headLength, bytes }: NewBlock): Packed => {
    if (merged !== undefined) fresh.set(key, 0);
    const head = headOf(wordsOf(words), bytes.subarray(0, headLength));
    const body = Buffer.from(bytes.buffer, bytes.byteOffset + headLength, bytes.length - headLength);
    const number = list.add({ key, numbers, meta, lengths: [marks.byteLength, head.length, body.length] });
    const block = new Block(pack, number, { marks, head, body });
    if (failed) return block;
    waiting.push({ marks, head, body, block });
    size += body.length + head.length + marks.byteLength;
    if (size >= BATCH) flush();
    return block;
  };
  return {
    add,
    finish() {
      for (const packed of merged?.blocks() ?? [])
        if (fresh.get(packed.key) === undefined) add(packed.key, again(packed));
      flush();
      if (files === undefined) return;
      const { path: _, list: listed, ...others } = files;
      for (const fd of Object.values(others)) if (!failed) failed = !written(() => fsyncSync(fd));
      for (const fd of [...Object.values(others), listed]) closeSync(fd);
      if (!failed) for (const name of merged?.names ?? []) remove(join(folder, name));
    },
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

// Where a block's words are found: numbers of those that others share, and those that were new. Past the limits it keeps them to itself.
function newWords(all: string[]): (words: readonly string[]) => (number | string)[] {
  const numbers = new Map<string, number>();
  let letters = 0;
  return (words) =>
    words.map((word) => {
      const number = numbers.get(word);
      if (number !== undefined) return number;
      if (all.length >= MOST_WORDS || letters + word.length > MOST_LETTERS) return word;
      letters += word.length;
      numbers.set(word, all.length);
      return all.push(word) - 1;
    });
}

function opened({ files }: Pack): void {
  for (const file of files) file.open();
}

// A block as it was before it was kept.
function again(packed: Packed): NewBlock {
  const head = packed.head();
  const { numbers, from, end } = packed.marks();
  const own = Buffer.from(head.bytes.subarray(head.from, head.end));
  const words = Array.from({ length: head.count }, (_, n) => head.word(n));
  return {
    meta: packed.meta,
    numbers: Array.from({ length: NUMBERS }, (_, which) => packed.number(which)),
    marks: numbers.slice(from, end),
    words,
    head: own.length,
    bytes: Buffer.concat([own, packed.read(0, packed.length)]),
  };
}

// New files, or none where nothing can be written.
function create(dir: string, folder: string): Files | undefined {
  let made: Files | undefined;
  written(() => {
    for (const name of namesIn(dir))
      if (join(dir, name) !== folder) rmSync(join(dir, name), { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (let number = Number(packNames(folder).at(-1) ?? 0) + 1; made === undefined; number++) {
      const path = join(folder, String(number).padStart(4, '0'));
      const list = createNew(`${path}.list`);
      if (list === undefined) continue;
      const opened = (name: string) => openSync(`${path}.${name}`, 'w');
      made = { path, list, marks: opened('marks'), heads: opened('heads'), bodies: opened('pack') };
    }
  });
  return made;
}

interface Files {
  path: string;
  list: number;
  marks: number;
  heads: number;
  bodies: number;
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
    for (const name of ['list', 'pack', 'heads', 'marks']) rmSync(`${path}.${name}`, { force: true });
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
