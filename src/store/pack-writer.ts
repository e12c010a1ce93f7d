// Writes one pack: blocks first, then the list that names them; rewrites no file, and removes only those that it has copied.
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { writeFully } from './atomic.ts';
import { Block, Known, namesIn, opened, type Pack, packNames } from './pack-blocks.ts';

const BATCH = 4 * 2 ** 20; // bytes

export interface Writer {
  add(key: string, meta: unknown, bytes: Buffer): Known;
  finish(): void;
}

/** @param merged packs that are copied into this one in the end, and then removed */
export function newWriter(
  dir: string,
  folder: string,
  room: { left: number },
  merged?: { names: readonly string[]; blocks: [string, Known][] },
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
  const add = (key: string, meta: unknown, bytes: Buffer): Known => {
    const block = new Block(bytes.length, { pack, offset }, bytes);
    if (failed) return new Known(meta, block);
    waiting.push({ row: `${JSON.stringify({ key, offset, length: bytes.length, meta })}\n`, bytes, block });
    offset += bytes.length;
    size += bytes.length;
    if (size >= BATCH) flush();
    return new Known(meta, block);
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
