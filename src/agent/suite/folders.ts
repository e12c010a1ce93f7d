// The folders that trials work in, below our own cache and outside the memory's repository; follows no link, and removes nothing elsewhere.
import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmdirSync } from 'node:fs';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { systemCode, UserError } from '../../base/errors.ts';
import { type InTurn, oneByOne } from '../../base/one-by-one.ts';

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
  /** Takes it away; the reason where that could not be done. */
  remove(key: string): Promise<string | undefined>;
  /** Takes the run's folder away where nothing is left in it. */
  close(): void;
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
  // The system lets one at a time change the names in a folder, and some need milliseconds to take one away: whoever waited in there
  // would keep a thread from those that sync transcripts, or the whole process.
  const inTurn = oneByOne();
  return {
    fresh: async (key) => await emptied(root, pathOf(key), inTurn),
    existing: (key) => (isFolder(pathOf(key)) ? pathOf(key) : undefined),
    remove: async (key) => await removeTree(root, pathOf(key), inTurn),
    close: () => removeEmpty(root),
  };
}

// Most are not there yet, and to find that out is quicker than to look.
async function emptied(root: string, path: string, inTurn: InTurn): Promise<string> {
  if (realpathSync.native(root) === root && (await inTurn(() => isMade(path)))) return path;
  const stays = await removeTree(root, path, inTurn);
  if (stays !== undefined)
    throw new UserError({ what: `what an earlier trial left cannot be removed: ${stays}`, where: path });
  await mkdir(path, { mode: 0o700 });
  return path;
}

async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
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

async function removeTree(root: string, path: string, inTurn: InTurn): Promise<string | undefined> {
  if (realpathSync.native(root) !== root || !isFolder(root)) return 'a link is in the way';
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  try {
    if (found.isDirectory() && (await inTurn(() => wasEmpty(path)))) return undefined;
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

// Most trials leave nothing behind, and to find that out is quicker than to walk through it.
async function wasEmpty(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
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

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
