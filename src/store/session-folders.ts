// Decides which folders of sessions must be looked through, and what lies in them; opens no transcript.
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import type { Layout } from './layout.ts';
import { isTranscript, names, sessionFolders } from './session-files.ts';
import { readShard, type Shard, type Stamp } from './session-shard.ts';

/** One folder of sessions: what is known of it, and what lies there where that had to be looked up. */
export interface Place {
  /** `YYYY/MM` or `undated`. */
  folder: string;
  known: Shard | undefined;
  now?: { stamp: Stamp; ids: string[]; busy: string[] } | undefined;
}

/**
 * Files that are looked at one by one in any case, those of the newest folders. Of what is older the folder's own times are
 * believed: whoever writes a transcript takes the lock beside it, or puts a whole file in its place, and both change the folder.
 * Only a hand that writes into an old file without either goes unseen by lists and searches, until somebody mines, grades or exports.
 */
const ALWAYS = 2_000;
const COARSEST = 2_000; // milliseconds in which a disk may give two changes the same time
const LOCK = '.jsonl.lock';
const CLOCK = 'clock-';
const OURS = /^(?:\d{4}-\d{2}\.jsonl|undated\.jsonl|clock-\d+)$/;

/** Where the index of a folder lies. */
export function shardFile(layout: Layout, folder: string): string {
  return join(layout.cache, 'sessions', `${folder.replace('/', '-')}.jsonl`);
}

/** Every folder, oldest first, `undated` last. `each`: all are looked through; else only those that may have changed. */
export function places(layout: Layout, each: boolean): Place[] {
  const all = sessionFolders(layout).map((folder): Place & { stamp: Stamp | undefined } => {
    const stamp = stampOf(layout, folder, 0);
    return { folder, stamp, known: stamp && readShard(shardFile(layout, folder), folder) };
  });
  const wanted = new Set(each ? all : mayHaveChanged(layout, all));
  if (wanted.size === 0) return all;
  const looked = clockOf(layout);
  for (const place of all) {
    // Again, and before its files are: what changes from here on gives the folder another time than this.
    if (!wanted.has(place)) continue;
    const stamp = stampOf(layout, place.folder, looked);
    if (stamp === undefined)
      place.known = undefined; // gone a moment ago
    else place.now = { stamp, ...namesOf(layout, place.folder) };
  }
  return all;
}

/** How many sessions lie there, about. */
export function sizeOf({ known, now }: Place): number {
  return now?.ids.length ?? known?.briefs.length ?? 0;
}

/** Throws away what is kept of folders that are gone, and by versions before this one. Where nobody may write, it stays. */
export function forgetOthers(layout: Layout, all: readonly Place[]): void {
  const meant = new Set(all.map(({ folder }) => basename(shardFile(layout, folder))));
  const folder = join(layout.cache, 'sessions');
  try {
    for (const name of names(folder))
      if (OURS.test(name) && !meant.has(name)) rmSync(join(folder, name), { force: true });
    rmSync(join(layout.cache, 'sessions-index.jsonl'), { force: true });
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

/** True where nothing can have changed in the folder since without changing its times. */
export function stillHolds(known: Stamp, now: Stamp): boolean {
  return known.mtimeMs === now.mtimeMs && known.ctimeMs === now.ctimeMs && isSettled(known);
}

/** True where the folder had been left alone for so long that the next change must give it another time. */
export function isSettled({ mtimeMs, ctimeMs, looked }: Stamp): boolean {
  return Math.max(mtimeMs, ctimeMs) + COARSEST <= looked;
}

function mayHaveChanged<P extends Place & { stamp: Stamp | undefined }>(layout: Layout, all: readonly P[]): P[] {
  let left = ALWAYS;
  return all.toReversed().filter(({ known, stamp }) => {
    if (stamp === undefined) return false;
    if (known === undefined || !stillHolds(known.stamp, stamp)) return true;
    const count = known.briefs.length + known.unreadable.length;
    left -= count;
    return left >= 0 || isBeingWritten(layout, known);
  });
}

// What a writer that had the lock then has appended since; the folder tells only when the lock goes.
function isBeingWritten(layout: Layout, { busy, briefs }: Shard): boolean {
  return busy.some((id) => {
    const brief = briefs.find((one) => one.id === id);
    const stat = brief && statSync(join(layout.sessions, brief.path), { throwIfNoEntry: false });
    return stat === undefined || stat.size !== brief?.size || stat.mtimeMs !== brief.mtimeMs;
  });
}

function stampOf(layout: Layout, folder: string, looked: number): Stamp | undefined {
  const stat = statSync(join(layout.sessions, folder), { throwIfNoEntry: false });
  return stat?.isDirectory() === true ? { mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs, looked } : undefined;
}

// The disk's own clock, since it is the disk that gives folders their times: that of another machine, perhaps. One that does not
// tell of new files in a folder's time, as a few network disks do not, is asked about every file each time.
function clockOf(layout: Layout): number {
  const file = join(layout.cache, 'sessions', `${CLOCK}${process.pid}`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '', { flag: 'wx' }); // through no link that came with a clone
    const now = statSync(file).mtimeMs;
    const told = statSync(dirname(file)).mtimeMs;
    rmSync(file);
    return told + COARSEST >= now ? now : 0;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return 0;
  }
}

function namesOf(layout: Layout, folder: string): { ids: string[]; busy: string[] } {
  const all = names(join(layout.sessions, folder));
  return {
    ids: all.filter(isTranscript).map((name) => basename(name, '.jsonl')),
    busy: all.filter((name) => name.endsWith(LOCK)).map((name) => basename(name, LOCK)),
  };
}
