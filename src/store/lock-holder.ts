// What a lock's file says of its holder; judges nobody, and removes nothing.
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { threadId } from 'node:worker_threads';
import { systemCode } from '../base/errors.ts';
import { type Identity, identity } from './process-identity.ts';

/** What the lock file holds. `nonce` tells this file, and so this holding, from every other one. */
export interface Holder extends Identity {
  nonce: string;
  what: string;
  since?: string;
  /** Words for any lock that leads to this file, and the name of the one that it was written for. */
  alike?: string;
  first?: string;
}

let taken = 0;

/** This process as a holder of the lock at `path`. */
export function newHolder(path: string, request: Pick<Holder, 'what' | 'since' | 'alike'>): Holder {
  const self = identity();
  const { what, since, alike } = request;
  const nonce = `${self.pid}-${threadId}-${self.start ?? '0'}-${(self.boot ?? '0').slice(0, 8)}-${++taken}`;
  return {
    ...{ ...self, nonce, what },
    ...(since !== undefined && { since }),
    ...(alike !== undefined && { alike, first: basename(path) }),
  };
}

// A lock is whole before it gets its name, so one that can't be read was left by a power loss: its holder is dead (pid 0).
/** Whoever holds the lock at `path`; undefined where nobody does. */
export function readHolder(path: string): Holder | undefined {
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
    const { nonce, pid, host, what, ...rest } = value as Record<string, unknown>; // an object, of which anything may be missing
    if (typeof nonce !== 'string' || !/^[a-z0-9-]{1,80}$/.test(nonce) || typeof pid !== 'number') return undefined;
    const holder: Holder = { nonce, pid, host: String(host), what: String(what) };
    for (const key of ['boot', 'start', 'space', 'since', 'alike', 'first'] as const) {
      const text = rest[key];
      if (typeof text === 'string') holder[key] = text;
    }
    return holder;
  } catch {
    return undefined;
  }
}
