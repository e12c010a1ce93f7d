// One holder at a time of a file-based lock; a lock left by a dead process is taken over, that of a living one never.
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { linkNew, writeFailure } from './atomic.ts';
import { type Holder, newHolder, readHolder } from './lock-holder.ts';
import { identity, isDead } from './process-identity.ts';

export interface LockRequest {
  /** Who would hold it, as in “<what> is already running”: `a dream`, `a run of session x`. */
  what: string;
  /** When it began, RFC 3339; only shown to others. */
  since?: string;
  /** How long to wait for another holder, in milliseconds; default 0. */
  waitMs?: number;
  /**
   * Who would hold any lock of this kind, as in “<alike> is already running”: `a writer of this session`. All locks of a kind that
   * this process holds in one folder are names of one file then: hundreds are taken in a second, and a name costs far less than a file.
   */
  alike?: string;
}

export interface Lock {
  /** Gives the lock back; a second call does nothing. */
  release(): void;
}

/** Words that stand in the message about a held lock and in no other, for a caller that only sees what another process said. */
export const HELD = 'is already running';

const PAUSE_MS = 10;
const TAKE_OVER_TRIES = 200; // a living process needs microseconds between its claim and the lock

/**
 * Takes the lock at `path`, a file that must be used for nothing else. Safe between processes of one machine, also when
 * holders are killed, process ids are used again, the machine restarts, or several find the same dead holder at once.
 * Throws UserError naming the holder while it lives, or if it is on another machine and so can't be asked.
 */
export function acquireLock(path: string, request: LockRequest): Lock {
  const me = joined(path, request) ?? taken(path, request);
  if (request.alike === undefined) return { release: () => release(path, me) };
  const kind = kindOf(path, me);
  const holding = Symbol();
  kind.paths.set(path, holding);
  return {
    release() {
      if (kind.paths.get(path) !== holding) return;
      if (isOf(kind, path)) remove(path);
      letGo(kind, path);
    },
  };
}

/** Locks that this thread holds in one folder and that are names of one file, each with what tells its holding from a later one. */
interface Kind {
  me: Holder;
  /** That file, open as long as a lock is held, so that no other one can get its number; undefined where it cannot be had. */
  file: { fd: number; ino: number } | undefined;
  paths: Map<string, symbol>;
}

/** By words for the kind and the folder. */
const kinds = new Map<string, Kind>();

// Another name for the file of a lock that is held already; undefined where there is none, or the lock is not free.
function joined(path: string, { alike }: LockRequest): Holder | undefined {
  const kind = alike === undefined ? undefined : kinds.get(`${alike} ${dirname(path)}`);
  const [held] = kind?.paths.keys() ?? [];
  if (kind === undefined || held === undefined || !linkedTo(held, path)) return undefined;
  if (isOf(kind, path)) return kind.me;
  // Somebody removed that lock by hand and another process took it: this name leads to the other's file.
  remove(path);
  letGo(kind, held);
  return undefined;
}

function letGo(kind: Kind, path: string): void {
  kind.paths.delete(path);
  if (kind.paths.size > 0 || kind.file === undefined) return;
  closeSync(kind.file.fd);
  kind.file = undefined;
}

// To look at a file's number takes a quarter of the time of reading what is in it.
function isOf({ me, file }: Kind, path: string): boolean {
  if (file === undefined) return readHolder(path)?.nonce === me.nonce;
  return statSync(path, { throwIfNoEntry: false })?.ino === file.ino;
}

function linkedTo(held: string, path: string): boolean {
  try {
    return linkNew(held, path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false; // held by somebody, or it fails in any other way: whoever takes it properly will tell
  }
}

// Others join the newest file: an older one may be gone.
function kindOf(path: string, me: Holder): Kind {
  const key = `${me.alike} ${dirname(path)}`;
  const known = kinds.get(key);
  if (known?.me.nonce === me.nonce) return known;
  const kind: Kind = { me, file: fileOf(path, me), paths: new Map() };
  kinds.set(key, kind);
  return kind;
}

// It may have been removed by hand since it was taken, and another's be in its place.
function fileOf(path: string, me: Holder): Kind['file'] {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    if (readFileSync(fd, 'utf8') === JSON.stringify(me)) return { fd, ino: fstatSync(fd).ino };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}

function taken(path: string, request: LockRequest): Holder {
  const me = newHolder(path, request);
  const tmp = `${path}.${me.nonce}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(tmp, JSON.stringify(me), { flag: 'wx' });
  } catch (error) {
    if (existsSync(tmp)) remove(tmp); // a full disk leaves an empty file
    throw writeFailure(error, path);
  }
  try {
    takeWhenFree(path, tmp, request.waitMs ?? 0);
  } finally {
    remove(tmp);
  }
  return me;
}

function takeWhenFree(path: string, tmp: string, waitMs: number): void {
  let waits = Math.ceil(waitMs / PAUSE_MS);
  let tries = TAKE_OVER_TRIES;
  for (;;) {
    if (link(tmp, path)) return;
    const holder = readHolder(path);
    if (holder === undefined) continue; // released meanwhile
    const living = !isDead(holder);
    if (!living && takeOver(path, tmp, holder)) return;
    if (living ? waits-- <= 0 : tries-- <= 0) throw heldBy(holder, path);
    pause();
  }
}

/**
 * Replaces a dead holder. Each holding has at most one heir, decided by who links `<lock>.after-<nonce>` first; if that heir
 * dies too before it has the lock, its own heir inherits. So no two processes ever replace the same holding, and nobody
 * removes a lock that was taken in the meantime. False if another process is ahead.
 */
function takeOver(path: string, tmp: string, dead: Holder): boolean {
  let last = dead;
  let claim = claimOf(path, last);
  while (!link(tmp, claim)) {
    const heir = readHolder(claim);
    if (heir === undefined || !isDead(heir)) return false;
    last = heir;
    claim = claimOf(path, last);
  }
  // The claim was free either because nobody was ahead or because somebody has been through and tidied up.
  if (readHolder(path)?.nonce !== dead.nonce) {
    remove(claim);
    return false;
  }
  renameSync(tmp, path);
  remove(claim);
  sweep(path);
  return true;
}

// Only the holder sweeps, so the claims of the dead can no longer matter to anyone.
function sweep(path: string): void {
  const prefix = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const left = join(dirname(path), name);
    const holder = readHolder(left);
    if (holder !== undefined && holder.pid !== 0 && isDead(holder)) remove(left);
  }
}

function claimOf(path: string, holder: Holder): string {
  return `${path}.after-${holder.nonce}`;
}

function release(path: string, me: Holder): void {
  if (readHolder(path)?.nonce !== me.nonce) return;
  // Not synced: a lock that a power loss brings back has a dead holder, and is taken over.
  remove(path);
}

function link(from: string, to: string): boolean {
  try {
    return linkNew(from, to);
  } catch (error) {
    throw writeFailure(error, to);
  }
}

function heldBy(holder: Holder, path: string): UserError {
  const here = holder.host === identity().host;
  // What was written for the first lock of a kind holds for the others only in general.
  const { alike } = holder;
  const first = alike === undefined || holder.first === basename(path);
  const since = holder.since === undefined || !first ? '' : ` since ${holder.since}`;
  return new UserError({
    what: `${first ? holder.what : alike} ${HELD} (pid ${holder.pid}${here ? '' : ` on ${holder.host}`}${since})`,
    where: path,
    hint: here ? 'wait until it has ended' : 'if nothing runs there any more, delete this file',
  });
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
