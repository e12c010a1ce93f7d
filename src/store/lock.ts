// One holder at a time of a file-based lock; a lock left by a dead process is taken over, that of a living one never.
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { systemCode, UserError } from '../base/errors.ts';
import { writeFailure } from './atomic.ts';
import { type Identity, identity, isDead } from './process-identity.ts';

export interface LockRequest {
  /** Who would hold it, as in “<what> is already running”: `a dream`, `a run of session x`. */
  what: string;
  /** When it began, RFC 3339; only shown to others. */
  since?: string;
  /** How long to wait for another holder, in milliseconds; default 0. */
  waitMs?: number;
}

export interface Lock {
  /** Gives the lock back; a second call does nothing. */
  release(): void;
}

/** What the lock file holds. `nonce` tells this holding from every other one. */
interface Holder extends Identity {
  nonce: string;
  what: string;
  since?: string;
}

/** Words that stand in the message about a held lock and in no other, for a caller that only sees what another process said. */
export const HELD = 'is already running';

const PAUSE_MS = 10;
const TAKE_OVER_TRIES = 200; // a living process needs microseconds between its claim and the lock
let taken = 0;

/**
 * Takes the lock at `path`, a file that must be used for nothing else. Safe between processes of one machine, also when
 * holders are killed, process ids are used again, the machine restarts, or several find the same dead holder at once.
 * Throws UserError naming the holder while it lives, or if it is on another machine and so can't be asked.
 */
export function acquireLock(path: string, request: LockRequest): Lock {
  const me = newHolder(request);
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
  return { release: () => release(path, me) };
}

function newHolder(request: LockRequest): Holder {
  const self = identity();
  const nonce = `${self.pid}-${threadId}-${self.start ?? '0'}-${(self.boot ?? '0').slice(0, 8)}-${++taken}`;
  return { ...self, nonce, what: request.what, ...(request.since !== undefined && { since: request.since }) };
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
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw writeFailure(error, to);
  }
}

// A lock is whole before it gets its name, so one that can't be read was left by a power loss: its holder is dead (pid 0).
function readHolder(path: string): Holder | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return parseHolder(text) ?? { nonce: `unreadable-${statSync(path).ino}`, pid: 0, host: '', what: 'something' };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object') return undefined;
    const { nonce, pid, host, what, boot, start, space, since } = value as Record<string, unknown>;
    if (typeof nonce !== 'string' || !/^[a-z0-9-]{1,80}$/.test(nonce) || typeof pid !== 'number') return undefined;
    const holder: Holder = { nonce, pid, host: String(host), what: String(what) };
    if (typeof boot === 'string') holder.boot = boot;
    if (typeof start === 'string') holder.start = start;
    if (typeof space === 'string') holder.space = space;
    if (typeof since === 'string') holder.since = since;
    return holder;
  } catch {
    return undefined;
  }
}

function heldBy(holder: Holder, path: string): UserError {
  const here = holder.host === identity().host;
  const since = holder.since === undefined ? '' : ` since ${holder.since}`;
  return new UserError({
    what: `${holder.what} ${HELD} (pid ${holder.pid}${here ? '' : ` on ${holder.host}`}${since})`,
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
