// A cache of many blocks of bytes in a few files under cache/, each with a small JSON value that stays in memory; never a source of truth, and never rewritten in place.
import { join } from 'node:path';
import { list, type NewBlock, type Packed, packNames } from './pack-blocks.ts';
import { newWriter, type Writer } from './pack-writer.ts';

export interface Packs {
  get(key: string): Packed | undefined;
  /** Keeps a block. A full or read-only disk loses it for the next time, and nothing else. */
  add(key: string, block: NewBlock): Packed;
  /** Brings what was added to the disk for good. To be called even where the work broke off. */
  finish(): void;
}

const IN_MEMORY = 32 * 2 ** 20; // bytes of blocks: small memories need no file kept open
const MOST_FILES = 16;

/**
 * Opens the packs of `version` in `dir`, and throws those of other versions away with the first write. Of each key the newest
 * block counts. A pack is a file of bodies, one of heads, and a list beside them, one line a block, written after the blocks: what
 * a crash cut off is not listed. Every writer has a pack of its own; past sixteen they are copied into one. Heads are for what is read
 * of one block after the other, in whatever order they were kept: they lie close together and are read many at a time.
 */
export function openPacks(dir: string, version: number): Packs {
  const folder = join(dir, `v${version}`);
  const names = packNames(folder);
  const room = { left: IN_MEMORY };
  const known = new Map<string, Packed>();
  for (const name of names) list(join(folder, name), room, known);
  let writer: Writer | undefined;
  return {
    get: (key) => known.get(key),
    add(key, block) {
      writer ??= newWriter(dir, folder, room, names.length < MOST_FILES ? undefined : { names, blocks: [...known] });
      const packed = writer.add(key, block);
      known.set(key, packed);
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
): Pick<Packs, 'finish'> & { add(key: string, block: NewBlock): void } {
  let writer: Writer | undefined;
  const begin = () => {
    const folder = join(dir, `v${version}`);
    const names = packNames(folder);
    if (names.length < MOST_FILES) return newWriter(dir, folder, { left: 0 });
    const known = new Map<string, Packed>();
    for (const name of names) list(join(folder, name), { left: 0 }, known);
    return newWriter(dir, folder, { left: 0 }, { names, blocks: [...known] });
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
