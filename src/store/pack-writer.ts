// Writes one pack: blocks first, then the list that names them; rewrites no file, and removes only those that it has copied.
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { writeFully } from './atomic.ts';
import { Block, type NewBlock, namesIn, Pack, type Packed, packNames, type Row } from './pack-blocks.ts';
import { headOf } from './pack-heads.ts';

const BATCH = 4 * 2 ** 20; // bytes
const MOST_WORDS = 2 ** 15; // that are kept in memory of a pack, and letters of theirs
const MOST_LETTERS = 2 ** 22;

export interface Writer {
  add(key: string, block: NewBlock): Packed;
  finish(): void;
}

/** Blocks of packs that are copied into this one in the end, and the names of those packs, which then are removed. */
export interface Merged {
  names: readonly string[];
  blocks: readonly [string, Packed][];
}

interface Waiting {
  row: string;
  head: Buffer;
  body: Buffer;
  block: Block;
}

export function newWriter(dir: string, folder: string, room: { left: number }, merged?: Merged): Writer {
  const files = create(dir, folder);
  const pack = new Pack(files?.path ?? folder);
  const wordsOf = newWords(pack.words);
  let waiting: Waiting[] = [];
  let size = 0;
  const ends = { body: 0, head: 0 };
  let failed = files === undefined;
  const fresh = new Set<string>(); // keys, where others are copied after them: those would be the newest
  const flush = () => {
    if (files === undefined || failed || waiting.length === 0) return;
    failed = !written(() => {
      writeFully(files.pack, Buffer.concat(waiting.map(({ body }) => body)));
      writeFully(files.heads, Buffer.concat(waiting.map(({ head }) => head)));
      writeFully(files.list, Buffer.from(waiting.map(({ row }) => row).join('')));
    });
    if (failed) return; // what was listed before stays good, and what is in memory too
    for (const { block, body, head } of waiting) {
      const bytes = body.length + head.length;
      if (room.left >= bytes) room.left -= bytes;
      else if (written(() => opened(pack))) block.forgetBytes();
    }
    waiting = [];
    size = 0;
  };
  const add = (key: string, { meta, words, head: headLength, bytes }: NewBlock): Packed => {
    if (merged !== undefined) fresh.add(key);
    const { known, added } = wordsOf(words);
    const head = headOf(known, bytes.subarray(0, headLength));
    const body = Buffer.from(bytes.buffer, bytes.byteOffset + headLength, bytes.length - headLength);
    const row: Row = { key, at: [ends.body, body.length], head: [ends.head, head.length], meta };
    const block = new Block(pack, row.at, row.head, { head, body });
    if (failed) return { meta, bytes: block };
    if (added.length > 0) row.words = added;
    waiting.push({ row: `${JSON.stringify(row)}\n`, head, body, block });
    ends.body += body.length;
    ends.head += head.length;
    size += body.length + head.length;
    if (size >= BATCH) flush();
    return { meta, bytes: block };
  };
  return {
    add,
    finish() {
      for (const [key, packed] of merged?.blocks ?? []) if (!fresh.has(key)) add(key, again(packed));
      flush();
      if (files === undefined) return;
      for (const fd of [files.heads, files.pack]) if (!failed) failed = !written(() => fsyncSync(fd));
      for (const fd of [files.heads, files.pack, files.list]) closeSync(fd);
      if (!failed) for (const name of merged?.names ?? []) remove(join(folder, name));
    },
  };
}

// Where a block's words are found: numbers of those that others share, and those that were new. Past the limits it keeps them to itself.
function newWords(all: string[]): (words: readonly string[]) => { known: (number | string)[]; added: string[] } {
  const numbers = new Map<string, number>();
  let letters = 0;
  return (words) => {
    const added: string[] = [];
    const known = words.map((word) => {
      const number = numbers.get(word);
      if (number !== undefined) return number;
      if (all.length >= MOST_WORDS || letters + word.length > MOST_LETTERS) return word;
      letters += word.length;
      added.push(word);
      numbers.set(word, all.length);
      return all.push(word) - 1;
    });
    return { known, added };
  };
}

function opened({ bodies, headFile }: Pack): void {
  bodies.open();
  headFile.open();
}

// A block as it was before it was kept.
function again({ meta, bytes }: Packed): NewBlock {
  const head = bytes.head();
  const own = Buffer.from(head.bytes.subarray(head.from, head.end));
  const words = Array.from({ length: head.count }, (_, n) => head.word(n));
  return { meta, words, head: own.length, bytes: Buffer.concat([own, bytes.read(0, bytes.length)]) };
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
      made = { path, list, pack: openSync(`${path}.pack`, 'w'), heads: openSync(`${path}.heads`, 'w') };
    }
  });
  return made;
}

interface Files {
  path: string;
  list: number;
  pack: number;
  heads: number;
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
    rmSync(`${path}.heads`, { force: true });
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
