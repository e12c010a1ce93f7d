// Writes a file so that readers see the old or the new content and a crash leaves one of them; never leaves its temporary file behind.
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { systemCode, UserError } from '../base/errors.ts';

/** The calls that can fail on a full or failing disk (tests hand in ones that do), and the file's mode. */
export interface FileCalls {
  write?: (fd: number, bytes: Uint8Array, offset: number, length: number) => number;
  fsync?: (fd: number) => void;
  rename?: (from: string, to: string) => void;
  /** Permission bits of the new file, umask or not; default what 0o644 comes to under the umask. */
  mode?: number;
}

const BATCH = 1 << 20; // characters: many short lines become few writes
let written = 0;

/** Writes `data` to `path`, replacing what was there; folders are made as needed. Throws UserError naming the path, with the old content untouched. */
export function writeAtomic(path: string, data: string | Uint8Array, calls: FileCalls = {}): void {
  place(path, [data], calls, (tmp) => (calls.rename ?? renameSync)(tmp, path));
  syncFolder(dirname(path));
}

/**
 * As `writeAtomic` for content in parts, but only where nothing is: false, and nothing changed, if the path exists already.
 * After a power loss the file is whole or not there; the folder is not synced, which would double the cost of many small files.
 */
export function createAtomic(path: string, parts: Iterable<string | Uint8Array>, calls: FileCalls = {}): boolean {
  return place(path, parts, calls, (tmp) => {
    if (!linkNew(tmp, path)) return false;
    unlinkSync(tmp);
    return true;
  });
}

/**
 * As `createAtomic`, without holding up the rest of the process while the disk makes the file last. Resolves with what the file is,
 * or undefined where the path exists already; rejects as `createAtomic` throws.
 */
export async function createSoon(path: string, bytes: Uint8Array, calls: FileCalls = {}): Promise<Stats | undefined> {
  let tmp: string | undefined;
  try {
    const file = openInFolder(path);
    tmp = file.path;
    const stats = await writeLasting(file.fd, bytes, calls);
    const created = linkNew(tmp, path);
    remove(tmp);
    return created ? stats : undefined;
  } catch (error) {
    if (tmp !== undefined) remove(tmp);
    throw writeFailure(error, path);
  }
}

/** Writes all of `bytes` at the fd's position, however many calls that takes. Throws the system error. */
export function writeFully(fd: number, bytes: Uint8Array, write: NonNullable<FileCalls['write']> = writeSync): void {
  let done = 0;
  while (done < bytes.length) {
    const size = write(fd, bytes, done, bytes.length - done);
    if (size <= 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' }); // else this would never end
    done += size;
  }
}

/** True where a file's last line has no end: a crash cut it off, and it would take the next one with it. The file must be open for reading. */
export function endsTorn(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 10;
}

/** A failed write as a person should hear of it; what is not a system error is a bug and stays as it is. */
export function writeFailure(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const known = REASONS.get(code);
  return new UserError({
    what: `could not write: ${known?.what ?? (error instanceof Error ? error.message : code)}`,
    where: path,
    hint: known?.hint ?? 'nothing that was there before has been changed',
  });
}

const REASONS = new Map([
  ['ENOSPC', { what: 'the disk is full', hint: 'free some space and run the command again' }],
  ['EDQUOT', { what: 'your disk quota is used up', hint: 'free some space and run the command again' }],
  [
    'EIO',
    { what: 'the disk reported an input/output error', hint: 'check the disk; what was stored before is still there' },
  ],
  ['EROFS', { what: 'the file system is read-only', hint: 'choose another folder with --dir' }],
  ['EACCES', { what: 'permission denied', hint: 'check who owns the folder' }],
  ['ENOTSUP', { what: 'the file system has no hard links', hint: 'choose a folder on another disk with --dir' }],
  ['EPERM', { what: 'not permitted', hint: 'check who owns the folder' }],
]);

function place<R>(path: string, parts: Iterable<string | Uint8Array>, calls: FileCalls, put: (tmp: string) => R): R {
  const folder = dirname(path);
  let tmp: string | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    const file = openTemporary(path, calls.mode);
    tmp = file.path;
    writeSynced(file.fd, parts, calls);
    const result = put(tmp);
    if (result === false) remove(tmp);
    return result;
  } catch (error) {
    if (tmp !== undefined) remove(tmp);
    throw writeFailure(error, path);
  }
}

/** Gives a file a second name. Unlike a rename, a link never replaces: false where the name is taken. Throws the system error. */
export function linkNew(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

// Most files go into a folder that is there.
function openInFolder(path: string): { fd: number; path: string } {
  try {
    return openTemporary(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openTemporary(path);
  }
}

async function writeLasting(fd: number, bytes: Uint8Array, calls: FileCalls): Promise<Stats> {
  try {
    writeFully(fd, bytes, calls.write);
    if (calls.fsync === undefined) await synced(fd);
    else calls.fsync(fd);
    return fstatSync(fd);
  } finally {
    closeSync(fd);
  }
}

// A name that is taken is a dead process's left-over or belongs to a process in another container: the next one is tried.
function openTemporary(path: string, mode?: number): { fd: number; path: string } {
  for (;;) {
    const tmp = join(dirname(path), `.${basename(path)}.${process.pid}.${++written}.tmp`);
    try {
      const fd = openSync(tmp, 'wx', mode ?? 0o644);
      if (mode !== undefined) fchmodSync(fd, mode);
      return { fd, path: tmp };
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}

function writeSynced(fd: number, parts: Iterable<string | Uint8Array>, calls: FileCalls): void {
  try {
    let pending = '';
    for (const part of parts) {
      if (typeof part === 'string') pending += part;
      if (pending !== '' && (typeof part !== 'string' || pending.length >= BATCH)) {
        writeFully(fd, Buffer.from(pending), calls.write);
        pending = '';
      }
      if (typeof part !== 'string') writeFully(fd, part, calls.write);
    }
    if (pending !== '') writeFully(fd, Buffer.from(pending), calls.write);
    (calls.fsync ?? fsyncSync)(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes a new name in a folder survive a power loss; where folders can't be synced (Windows, some network disks) that is left to the system. */
export function syncFolder(folder: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(folder, 'r');
    fsyncSync(fd);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

const waiting = new Map<string, Promise<void>>();
const busy = new Map<string, Promise<void>>();

/**
 * As `syncFolder`, without holding up the rest of the process. Of those who ask for one folder while it is being synced, all
 * are served by the one that follows: hundreds of sessions begin and end in the same folder.
 */
export function folderSynced(folder: string): Promise<void> {
  const next = waiting.get(folder);
  if (next !== undefined) return next;
  const before = busy.get(folder) ?? Promise.resolve();
  const turn = before
    .catch(() => undefined)
    .then(async () => {
      waiting.delete(folder); // what is named from here on may not be in it
      busy.set(folder, turn);
      await syncOnce(folder).finally(() => busy.get(folder) === turn && busy.delete(folder));
    });
  waiting.set(folder, turn);
  return turn;
}

async function syncOnce(folder: string): Promise<void> {
  let fd: number | undefined;
  try {
    fd = openSync(folder, 'r');
    await synced(fd);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

const synced = promisify(fsync);

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}
