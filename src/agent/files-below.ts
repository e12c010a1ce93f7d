// The files below a folder of the workspace, as tools search them; never follows a link and reads no content.
import type { Dirent } from 'node:fs';
import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { workFiles } from '../git/work-files.ts';
import { type Confinement, mayRead, type Place } from './confinement.ts';

export interface FilesBelow {
  /** Paths below the root of the confinement, sorted by code units. Each was a regular file when it was looked at. */
  files: string[];
  /** The limit was reached, so there may be more. */
  cut: boolean;
}

export interface Search {
  /** Whether a path (below the folder that is searched) is wanted. */
  wanted: (path: string) => boolean;
  /** Names of folders to pass over. */
  skip: ReadonlySet<string>;
  signal: AbortSignal;
}

const MOST_LOOKED_AT = 200_000;

/** What lies below `folder` and is not ignored by git; null where git knows nothing of it. */
export async function unignoredBelow(within: Confinement, folder: Place, search: Search): Promise<FilesBelow | null> {
  const listed = await workFiles(join(within.root, ...folder.parts));
  if (listed === null) return null;
  const files = listed.files.filter(
    (path) => !path.split('/').some((name) => search.skip.has(name)) && search.wanted(path),
  );
  const found = files.map((path) => below(folder, path)).filter((path) => isOpenFile(within, path));
  let cut = false;
  for (const path of listed.nested) {
    const inner = await walk(within, folder, path.split('/'), search);
    found.push(...inner.files);
    cut ||= inner.cut;
  }
  return { files: [...new Set(found)].sort(), cut };
}

/** What lies below `folder`, ignored or not. */
export async function allBelow(within: Confinement, folder: Place, search: Search): Promise<FilesBelow> {
  const { files, cut } = await walk(within, folder, [], search);
  return { files: files.sort(), cut };
}

function below(folder: Place, path: string): string {
  return [...folder.parts, path].join('/');
}

function isOpenFile(within: Confinement, path: string): boolean {
  if (!mayRead(within, path)) return false;
  try {
    return lstatSync(join(within.root, path), { throwIfNoEntry: false })?.isFile() === true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

async function walk(within: Confinement, folder: Place, start: readonly string[], search: Search): Promise<FilesBelow> {
  const files: string[] = [];
  const folders: string[][] = [[...start]];
  let looked = 0;
  for (let parts = folders.pop(); parts !== undefined && !search.signal.aborted; parts = folders.pop()) {
    for (const entry of await entriesOf(join(within.root, ...folder.parts, ...parts))) {
      if (++looked > MOST_LOOKED_AT) return { files, cut: true };
      const path = [...parts, entry.name];
      if (!mayRead(within, below(folder, path.join('/')))) continue;
      if (entry.isDirectory() && !search.skip.has(entry.name)) folders.push(path);
      else if (entry.isFile() && search.wanted(path.join('/'))) files.push(below(folder, path.join('/')));
    }
  }
  return { files, cut: search.signal.aborted };
}

// A folder that cannot be opened, or went away meanwhile, has nothing to find; the system says so to whoever names it.
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return [];
  }
}
