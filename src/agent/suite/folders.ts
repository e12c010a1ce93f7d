// The folders that trials work in, below our own cache and outside the memory's repository; follows no link, and removes nothing elsewhere.
import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmdirSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { systemCode, UserError } from '../../base/errors.ts';
import { isEmptyFolder, isFolder } from '../../base/folder.ts';
import { inPool } from '../../base/pool.ts';
import type { Signal } from '../../domain/emit.ts';

export interface FoldersRequest {
  /** Our cache, for example `~/.cache/agentmem`. */
  cache: string;
  run: string;
  /** Top of the memory's repository: no trial works in it. */
  repository: string;
}

export interface TrialFolders {
  /** The folder of this trial, made anew and empty; what an earlier attempt left there is removed. */
  fresh(key: string): Promise<string>;
  /** The folder of this trial as an earlier attempt left it; undefined where there is none. */
  existing(key: string): string | undefined;
  /** Takes it away, an empty one not before the end of the run; the reason where that could not be done. */
  remove(key: string): Promise<string | undefined>;
  /** Takes the empty ones away, and the run's folder where nothing is left in it. Which stay, and why. */
  close(): Promise<{ key: string; why: string }[]>;
}

/** What people are told of a folder that could not be taken away. */
export function folderStays(stage: string, key: string, why: string): Signal {
  return { type: 'warning', stage, text: `the folder of ${key} stays: ${why}` };
}

const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** Opens the folder of a run. Throws UserError where the cache lies in the memory's repository, or cannot be written. */
export function openTrialFolders({ cache, run, repository }: FoldersRequest): TrialFolders {
  const top = makeFolder(cache, join('suites', checked(run)));
  const root = realpathSync(top);
  const inside = relative(realpathSync(repository), root);
  if (inside === '' || (inside !== '..' && !inside.startsWith(`..${sep}`)))
    throw new UserError({
      what: 'trials would work inside the repository of the memory, which they must not touch',
      where: root,
      hint: 'set XDG_CACHE_HOME to a folder outside of it',
    });
  const pathOf = (key: string) => join(root, checked(key));
  // Most trials leave nothing behind. To take a folder away can cost more than all else that is done on the disk for its trial, and
  // makes some file systems look for long where to put the next: nobody waits for the empty ones while there is work.
  const empty = new Set<string>();
  return {
    fresh: async (key) => {
      empty.delete(key);
      return await emptied(root, pathOf(key));
    },
    existing: (key) => (!empty.has(key) && isFolder(pathOf(key)) ? pathOf(key) : undefined),
    remove: async (key) => {
      if (isSame(root) && isEmptyFolder(pathOf(key))) empty.add(key);
      else return await removeTree(root, pathOf(key));
      return undefined;
    },
    close: async () => {
      const stay = await removeAll(root, [...empty]);
      removeEmpty(root);
      return stay;
    },
  };
}

// Most are not there yet, and to find that out is quicker than to look.
async function emptied(root: string, path: string): Promise<string> {
  if (isSame(root) && isMade(path)) return path;
  const stays = await removeTree(root, path);
  if (stays !== undefined)
    throw new UserError({ what: `what an earlier trial left cannot be removed: ${stays}`, where: path });
  mkdirSync(path, { mode: 0o700 });
  return path;
}

function isMade(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}

// False once a link, which may lead anywhere, is in its place or above it.
function isSame(root: string): boolean {
  return realpathSync.native(root) === root;
}

// Names of runs and tasks are checked where they are read; one that leads elsewhere would be a bug of ours.
function checked(name: string): string {
  if (!KEY.test(name)) throw new Error(`no name for a folder: ${JSON.stringify(name)}`);
  return name;
}

// Only people of this account look into the work of trials.
function makeFolder(cache: string, below: string): string {
  try {
    mkdirSync(cache, { recursive: true });
    let path = cache;
    for (const name of below.split(sep)) {
      path = join(path, name);
      if (!isFolder(path)) mkdirSync(path, { mode: 0o700 });
    }
    return path;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const what = code === 'EEXIST' ? 'a link or a file is in the way' : `it cannot be made (${code})`;
    throw new UserError({ what: `the folder for trials: ${what}`, where: join(cache, below) });
  }
}

// Also a folder that was empty may have something in it by now: commands can leave others running.
async function removeAll(root: string, keys: readonly string[]): Promise<{ key: string; why: string }[]> {
  if (keys.length === 0) return [];
  const whole = isSame(root);
  const found = await inPool(keys, REMOVED_AT_ONCE, async (key) => {
    const path = join(root, key);
    if (whole && (await wasEmpty(path))) return [];
    const why = await removeTree(root, path);
    return why === undefined ? [] : [{ key, why }];
  });
  return found.flatMap((stays) => stays ?? []);
}

const REMOVED_AT_ONCE = 4;

async function wasEmpty(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

async function removeTree(root: string, path: string): Promise<string | undefined> {
  if (!isSame(root) || !isFolder(root)) return 'a link is in the way';
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  try {
    // Package caches take the right to write from their folders, which is also the right to empty them.
    if (found.isDirectory()) openUp(path, 0);
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
    return undefined;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code;
  }
}

const MOST_LEVELS = 100;

function openUp(folder: string, level: number): void {
  if (level > MOST_LEVELS) return;
  const mode = lstatSync(folder).mode & 0o777;
  if ((mode & 0o700) !== 0o700) chmodSync(folder, mode | 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) openUp(join(folder, entry.name), level + 1);
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error; // something is left in it, or somebody else was quicker
  }
}
