// A cache of many blocks of bytes in a few files under cache/, each with a few numbers and a small JSON value that stay in memory; never a source of truth, and never rewritten in place.
import { join } from 'node:path';
import type { Key } from '../base/hash.ts';
import { Block, type NewBlock, openPack, type Pack, type Packed, packNames } from './pack-blocks.ts';
import { keyAt, PackKeys } from './pack-keys.ts';
import { newWriter, type Writer } from './pack-writer.ts';

export interface Packs {
  get(key: Key): Packed | undefined;
  /** Keeps a block. A full or read-only disk loses it for the next time, and nothing else. */
  add(key: Key, block: NewBlock): Packed;
  /** Brings what was added to the disk for good. To be called even where the work broke off. */
  finish(): void;
}

const IN_MEMORY = 32 * 2 ** 20; // bytes of blocks: small memories need no file kept open
const MOST_FILES = 16;

/**
 * Opens the packs of `version` in `dir`, and throws those of other versions away with the first write. Of each key the newest
 * block counts. A pack is a file of bodies, one of heads, one of marks, and a list beside them in columns, written after the blocks:
 * what a crash cut off is not listed. Every writer has a pack of its own; past sixteen they are copied into one. Marks and heads are
 * for what is read of one block after the other, in whatever order they were kept: they lie close together and are read many at a time.
 */
export function openPacks(dir: string, version: number): Packs {
  const folder = join(dir, `v${version}`);
  const names = packNames(folder);
  const room = { left: IN_MEMORY };
  const stored = storedIn(folder, names, room);
  const added = new PackKeys();
  const blocks: Packed[] = [];
  let writer: Writer | undefined;
  return {
    get(key) {
      const at = added.get(key);
      return at === undefined ? stored.get(key) : blocks[at];
    },
    add(key, block) {
      writer ??= newWriter(dir, folder, room, names.length < MOST_FILES ? undefined : { names, blocks: stored.all });
      added.set(key, blocks.length);
      const packed = writer.add(key, block);
      blocks.push(packed);
      return packed;
    },
    finish() {
      writer?.finish();
      writer = undefined;
    },
  };
}

/**
 * For whoever only adds: what is there is not read, but where there are so many packs that they are copied into one. Adding and
 * finishing are as `openPacks` has them.
 */
export function addToPacks(
  dir: string,
  version: number,
): Pick<Packs, 'finish'> & { add(key: Key, block: NewBlock): void } {
  let writer: Writer | undefined;
  const begin = () => {
    const folder = join(dir, `v${version}`);
    const names = packNames(folder);
    if (names.length < MOST_FILES) return newWriter(dir, folder, { left: 0 });
    const { all: blocks } = storedIn(folder, names, { left: 0 });
    return newWriter(dir, folder, { left: 0 }, { names, blocks });
  };
  return {
    add(key, block) {
      writer ??= begin();
      writer.add(key, block);
    },
    finish() {
      writer?.finish();
      writer = undefined;
    },
  };
}

interface Stored {
  get(key: Key): Packed | undefined;
  /** Of each key the newest, in the order in which they lie. */
  all(): Iterable<Packed>;
}

// Blocks are made when they are asked for: nothing of a hundred thousand is looked at one by one but their keys.
function storedIn(folder: string, names: readonly string[], room: { left: number }): Stored {
  const packs = names.flatMap((name) => openPack(join(folder, name), room) ?? []);
  const keys = new PackKeys(packs.reduce((sum, { list }) => sum + list.count, 0));
  const first: number[] = []; // by pack: blocks of those before
  let before = 0;
  for (const pack of packs) {
    first.push(before);
    for (const block of pack.whole()) keys.set(keyAt(pack.list.keys, block), before + block);
    before += pack.list.count;
  }
  const packOf = (number: number): { pack: Pack; block: number } | undefined => {
    const at = first.findLastIndex((from) => from <= number);
    const pack = packs[at];
    return pack && { pack, block: number - (first[at] ?? 0) };
  };
  return {
    get(key) {
      const number = keys.get(key);
      const found = number === undefined ? undefined : packOf(number);
      return found && new Block(found.pack, found.block);
    },
    *all() {
      for (const [at, pack] of packs.entries())
        for (const block of pack.whole())
          if (keys.get(keyAt(pack.list.keys, block)) === (first[at] ?? 0) + block) yield new Block(pack, block);
    },
  };
}
