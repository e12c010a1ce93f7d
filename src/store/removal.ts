// Removes stored sessions for good, and remembers which, so that no import brings them back unasked; decides nothing about who may.
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { writeAtomic, writeFailure } from './atomic.ts';
import type { Layout } from './layout.ts';
import { acquireLock } from './lock.ts';
import { names, sessionFolders } from './session-files.ts';

/** When each removed session was removed (RFC 3339), by session id. */
export type Removed = Map<string, string>;

/**
 * Removes a transcript and the files beside it. Throws UserError if the session is being written or the disk refuses. It is
 * remembered first, and the transcript gets a name that nobody reads before anything goes: killed in between, no transcript
 * names files that are gone, and `finishRemovals` does the rest.
 */
export function removeSession(layout: Layout, session: { id: string; path: string }, at: string): void {
  const file = join(layout.sessions, session.path);
  const lock = acquireLock(`${file}.lock`, { what: `removing session ${session.id}`, since: at });
  try {
    writeRemoved(layout, readRemoved(layout).set(session.id, at));
    renameSync(file, join(dirname(file), `.${session.id}${GOING}`));
    finish(dirname(file), session.id);
  } catch (error) {
    throw writeFailure(error, file);
  } finally {
    lock.release();
  }
}

/** Ends removals that were killed on the way. */
export function finishRemovals(layout: Layout): void {
  for (const path of sessionFolders(layout)) {
    const folder = join(layout.sessions, path);
    for (const name of names(folder)) if (name.endsWith(GOING)) finish(folder, name.slice(1, -GOING.length));
  }
}

// What holds words of sessions, or what was worked out of them.
const TAKEN = ['extracts', 'folds', 'comparisons', 'search'];

/** Throws away what the cache took out of transcripts, for mining and for searches: it is rebuilt from what is stored now. */
export function forgetExtracts(layout: Layout): void {
  for (const name of TAKEN) rmSync(join(layout.cache, name), { recursive: true, force: true });
}

/** Unreadable or missing: empty, so an import may bring a session back. */
export function readRemoved(layout: Layout): Removed {
  return readTimes(join(layout.state, 'removed.json'));
}

/** Lets sessions come back with the next import. */
export function forgetRemoved(layout: Layout, ids: Iterable<string>): void {
  const removed = readRemoved(layout);
  let known = false;
  for (const id of ids) known = removed.delete(id) || known;
  if (known) writeRemoved(layout, removed);
}

/** A small file of times by session id; unreadable or missing: empty. */
export function readTimes(path: string): Map<string, string> {
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (systemCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
  }
  if (stored === null || typeof stored !== 'object') return new Map();
  return new Map(Object.entries(stored).filter((e): e is [string, string] => typeof e[1] === 'string'));
}

export function writeTimes(path: string, times: ReadonlyMap<string, string>): void {
  const sorted = [...times].sort(([a], [b]) => (a < b ? -1 : 1));
  writeAtomic(path, `${JSON.stringify(Object.fromEntries(sorted), null, 1)}\n`);
}

function writeRemoved(layout: Layout, removed: Removed): void {
  writeTimes(join(layout.state, 'removed.json'), removed);
}

const GOING = '.jsonl.removing';

// The marker goes last. A session that came back meanwhile has files of its own, which stay.
function finish(folder: string, id: string): void {
  if (!existsSync(join(folder, `${id}.jsonl`))) rmSync(join(folder, `${id}.d`), { recursive: true, force: true });
  const left = names(folder).filter((name) => name.startsWith(`.${id}.jsonl.`));
  for (const name of left.filter((n) => !n.endsWith(GOING))) rmSync(join(folder, name), { force: true });
  rmSync(join(folder, `.${id}${GOING}`), { force: true });
}
