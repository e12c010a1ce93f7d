// Keeps what a run changed in a folder that is in no repository, as copies beside the transcript; follows no link, and copies no more than a bound.

import { isUtf8 } from 'node:buffer';
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { byCodeUnit } from '../base/collections.ts';
import { systemCode } from '../base/errors.ts';
import { isFolder } from '../base/folder.ts';

/** Files of a folder with what tells whether they changed, by path with `/`. `whole` is false where there were too many to look at. */
export interface Snapshot {
  files: ReadonlyMap<string, string>;
  whole: boolean;
}

/** What was kept: the folder relative to the transcript's, how many files it holds, and how many changed ones it does not. */
export interface KeptCopy {
  copy: string;
  files: number;
  skipped: number;
}

export interface CopyOrder {
  /** The folder that was worked in. */
  folder: string;
  /** How it was before the work. */
  before: Snapshot;
  /** Path of the session's transcript. */
  transcript: string;
  /** Whether the session may have kept something before; default true. */
  again?: boolean;
  redact: (text: string) => string;
  limits?: { bytes?: number; files?: number; fileBytes?: number };
}

const MOST_BYTES = 20_000_000;
const MOST_FILES = 500;
const MOST_FILE_BYTES = 5_000_000;
const MOST_SEEN = 20_000;
const MOST_LEVELS = 30;
// Where others put what can be fetched or built again, and where memories and repositories keep their own.
const PASSED_OVER = new Set(['.git', '.agentmem', 'node_modules', '.venv', '__pycache__']);

/**
 * How the files of a folder are now; with `until` (milliseconds) only those that have not changed since then, so that what a
 * session had made before it broke off counts as made by it. Links, and what cannot be read, are left out.
 */
export function snapshotFolder(folder: string, until?: number): Snapshot {
  const files = new Map<string, string>();
  const whole = walk(folder, '', files, 0);
  if (until !== undefined)
    for (const path of [...files.keys()])
      if ((lstatSync(join(folder, path), { throwIfNoEntry: false })?.ctimeMs ?? until) >= until) files.delete(path);
  return { files, whole };
}

/**
 * Copies what is new or changed since `before` into `<session>.d/outputs/` beside the transcript, smallest first; what was
 * kept there earlier goes. Text is redacted on the way; other bytes go as they are. Undefined where nothing changed.
 */
export function keepCopies(order: CopyOrder): KeptCopy | undefined {
  const { folder, before, transcript, again = true, limits = {} } = order;
  const now = snapshotFolder(folder);
  const changed = [...now.files].filter(([path, state]) => before.files.get(path) !== state).map(([path]) => path);
  const copy = `${basename(transcript, '.jsonl')}.d/outputs`;
  const target = join(dirname(transcript), copy);
  if (again) rmSync(target, { recursive: true, force: true });
  if (changed.length === 0) return undefined;
  const { bytes: room = MOST_BYTES, files: most = MOST_FILES, fileBytes = MOST_FILE_BYTES } = limits;
  const sized = changed.map((path) => ({ path, size: sizeOf(join(folder, path)) }));
  sized.sort((a, b) => a.size - b.size || byCodeUnit(a.path, b.path));
  let used = 0;
  let files = 0;
  for (const { path, size } of sized) {
    if (files >= most || size > fileBytes || used + size > room) continue;
    const content = readPlain(join(folder, path), fileBytes);
    if (content === undefined) continue;
    writeCopy(join(target, path), content, order.redact);
    used += content.length;
    files++;
  }
  return { copy, files, skipped: changed.length - files };
}

/** Where copies that an event names lie; undefined if the name leads anywhere else than beside that transcript, or nothing is there. */
export function copiesAt(transcript: string, copy: string): string | undefined {
  if (copy !== `${basename(transcript, '.jsonl')}.d/outputs`) return undefined;
  const path = join(dirname(transcript), copy);
  // A link in a transcript's folder could show a grader any folder of this machine.
  return [dirname(path), path].every(isFolder) ? path : undefined;
}

/** Copies kept files into a folder that is empty or not there, so that no check changes what was kept. */
export function restoreCopies(from: string, to: string): { files: number } {
  const { files } = snapshotFolder(from);
  for (const path of files.keys()) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    copyFileSync(join(from, path), join(to, path), constants.COPYFILE_EXCL);
  }
  return { files: files.size };
}

// False where it stopped before everything was seen.
function walk(root: string, below: string, files: Map<string, string>, levels: number): boolean {
  if (levels > MOST_LEVELS) return false;
  let whole = true;
  for (const entry of entriesOf(join(root, below))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name)) whole = walk(root, path, files, levels + 1) && whole;
    } else if (entry.isFile()) {
      if (files.size >= MOST_SEEN) return false;
      const state = stateOf(join(root, path));
      if (state !== undefined) files.set(path, state);
    }
  }
  return whole;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => byCodeUnit(a.name, b.name));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return [];
  }
}

function stateOf(path: string): string | undefined {
  try {
    const { size, mtimeMs, ctimeMs, ino } = lstatSync(path);
    return [size, mtimeMs, ctimeMs, ino].join(' ');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

// Between the walk and here the agent's leftovers may have put a link or a pipe in its place.
function readPlain(path: string, most: number): Buffer | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = fstatSync(fd);
      return found.isFile() && found.size <= most ? readFileSync(fd) : undefined;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function writeCopy(path: string, content: Buffer, redact: (text: string) => string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, isUtf8(content) ? redact(content.toString('utf8')) : content, { flag: 'wx' });
}
