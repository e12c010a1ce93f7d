// Opens, reads, writes and lists places inside a confinement; a link put in the way after the check is never followed.
import {
  accessSync,
  closeSync,
  constants,
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { bytes as size } from '../base/text.ts';
import { createAtomic, writeAtomic } from '../store/atomic.ts';
import type { Confinement, Place, Refusal } from './confinement.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
// Not blocking: a pipe that took the file's place would hang the open for ever.
const FILE = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

/** The bytes of a regular file of at most `max` bytes. */
export function readPlace(within: Confinement, place: Place, max: number): { bytes: Buffer } | Refusal {
  return inFolderOf(within, place, false, (folder, name) => {
    const fd = openSync(join(folder, name), FILE);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile() || !isStillAt(fd, within, place.parts)) return moved(place);
      if (stat.size > max) return { refused: `${place.path} is ${size(stat.size)}; at most ${size(max)} can be read.` };
      const bytes = readUpTo(fd, max);
      if (bytes === undefined) return { refused: `${place.path} grew past ${size(max)} while it was read.` };
      return { bytes };
    } finally {
      closeSync(fd);
    }
  });
}

/** What lies in a folder, by name. */
export function listPlace(within: Confinement, place: Place): { entries: Dirent[] } | Refusal {
  return inFolder(within, place.parts, place.path, false, (folder) => ({
    entries: readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)),
  }));
}

/**
 * Puts `data` in a file's place, whole or not at all, and makes folders as needed. A new file is made only where nothing is;
 * an existing one keeps its mode, and must be a plain file with one name that somebody may write.
 */
export function writePlace(within: Confinement, place: Place, data: string | Uint8Array): Refusal | undefined {
  return inFolderOf(within, place, true, (folder, name) => {
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if ((stat === undefined) !== (place.kind === 'missing')) return moved(place);
    if (stat === undefined) return createAtomic(path, [data]) ? undefined : moved(place);
    if (!stat.isFile()) return moved(place);
    if (stat.nlink > 1)
      return { refused: `${place.path} has other names (hard links), so a change might reach outside the workspace.` };
    if ((stat.mode & 0o222) === 0) return { refused: `${place.path} is read-only.` };
    accessSync(path, constants.W_OK);
    writeAtomic(path, data, { mode: stat.mode & 0o777 });
    return undefined;
  });
}

/** Removes a file or an empty folder. */
export function removePlace(within: Confinement, place: Place): Refusal | undefined {
  return inFolderOf(within, place, false, (folder, name) => {
    (place.kind === 'folder' ? rmdirSync : unlinkSync)(join(folder, name));
    return undefined;
  });
}

/** Moves a file or folder to where nothing is. */
export function movePlace(within: Confinement, from: Place, to: Place): Refusal | undefined {
  return inFolderOf(within, from, false, (oldFolder, oldName) =>
    inFolderOf(within, to, true, (newFolder, newName) => {
      const target = join(newFolder, newName);
      if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) return moved(to);
      renameSync(join(oldFolder, oldName), target);
      return undefined;
    }),
  );
}

function inFolderOf<T>(
  within: Confinement,
  place: Place,
  make: boolean,
  act: (folder: string, name: string) => T | Refusal,
): T | Refusal {
  const name = place.parts.at(-1);
  if (name === undefined) return { refused: 'The workspace itself is a folder, not a file.' };
  return inFolder(within, place.parts.slice(0, -1), place.path, make, (folder) => act(folder, name));
}

/**
 * Goes down to the folder `parts` one open folder at a time, without following a link, and hands `act` a path that means
 * that very folder even if its name is given to something else meanwhile (Linux; elsewhere the name is checked after opening).
 */
function inFolder<T>(
  within: Confinement,
  parts: readonly string[],
  path: string,
  make: boolean,
  act: (folder: string) => T | Refusal,
): T | Refusal {
  let fd: number | undefined;
  try {
    fd = openSync(within.root, FOLDER);
    for (let depth = 1; depth <= parts.length; depth++) {
      const next = openBelow(fd, within, parts.slice(0, depth), make);
      closeSync(fd);
      fd = next;
    }
    if (!isStillAt(fd, within, parts)) return { refused: `${path} was moved while it was opened; look again.` };
    return act(pathOf(fd, within, parts));
  } catch (error) {
    return { refused: `${path}: ${reason(error)}` };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function openBelow(fd: number, within: Confinement, parts: readonly string[], make: boolean): number {
  const path = join(pathOf(fd, within, parts.slice(0, -1)), parts.at(-1) ?? '.');
  try {
    return openSync(path, FOLDER);
  } catch (error) {
    if (!make || systemCode(error) !== 'ENOENT') throw error;
  }
  mkdirSync(path);
  return openSync(path, FOLDER);
}

// Linux gives an open folder a name that no rename can turn into another folder's.
const PINS = process.platform === 'linux' && existsSync('/proc/self/fd');

function pathOf(fd: number, within: Confinement, parts: readonly string[]): string {
  return PINS ? `/proc/self/fd/${fd}` : join(within.root, ...parts);
}

/** Whether what is open is what the path means now, with no link on the way. */
function isStillAt(fd: number, within: Confinement, parts: readonly string[]): boolean {
  const path = join(within.root, ...parts);
  if (PINS) return readlinkSync(`/proc/self/fd/${fd}`) === path;
  const [here, there] = [fstatSync(fd), lstatSync(path)];
  return here.ino === there.ino && here.dev === there.dev && realpathSync.native(path) === path;
}

function moved(place: Place): Refusal {
  return { refused: `${place.path} changed into something else while it was opened; look again.` };
}

function readUpTo(fd: number, max: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16);
    const got = readSync(fd, chunk, 0, chunk.length, null);
    if (got === 0) return Buffer.concat(chunks);
    total += got;
    if (total > max) return undefined;
    chunks.push(chunk.subarray(0, got));
  }
}

const REASONS = new Map([
  ['ENOENT', 'does not exist'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'not permitted'],
  ['ELOOP', 'is a symbolic link now; look again'],
  ['ENOTDIR', 'a folder on the way is none any more; look again'],
  ['EISDIR', 'is a folder'],
  ['ENOTEMPTY', 'the folder is not empty'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full'],
]);

// Only the code is told: the message of a system error names absolute paths. What is no system error is a bug and goes on.
function reason(error: unknown): string {
  if (error instanceof UserError) return error.problem.what;
  const code = systemCode(error);
  if (code === undefined) throw error;
  return REASONS.get(code) ?? `failed with ${code}`;
}
