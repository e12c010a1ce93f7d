// A cache of JSON values under cache/, one small file a key; anything unreadable in it is a miss, never an error.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { writeAtomic } from './atomic.ts';

export interface Cache {
  /** The value put under the key by this version, or undefined. */
  get(key: string): unknown;
  /** Stores a JSON value. A full or read-only disk loses the entry and nothing else. */
  put(key: string, value: unknown): void;
}

/**
 * Opens the part `name` of the cache folder. Entries of another `version` are misses, so a change of what is cached needs only a new number.
 * Keys are 1 to 200 characters of `[A-Za-z0-9._-]`, most often hashes; other keys are a bug and throw.
 */
export function openCache(dir: string, name: string, version: number): Cache {
  if (!/^[a-z0-9-]{1,40}$/.test(name)) throw new Error(`not a name for a cache: ${name}`);
  const pathOf = (key: string): string => {
    if (!/^[A-Za-z0-9._-]{1,200}$/.test(key)) throw new Error(`not a cache key: ${JSON.stringify(key)}`);
    // Hashed, so that keys that differ only in case or are names of devices get files of their own everywhere.
    const hash = sha256(key);
    return join(dir, name, `v${version}`, hash.slice(0, 2), `${hash.slice(2, 34)}.json`);
  };
  return {
    get: (key) => read(pathOf(key), key),
    put: (key, value) => write(pathOf(key), key, value),
  };
}

function read(path: string, key: string): unknown {
  try {
    const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const whole = stored !== null && typeof stored === 'object' && 'key' in stored && 'value' in stored;
    return whole && stored.key === key ? stored.value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) !== undefined) return undefined;
    throw error;
  }
}

function write(path: string, key: string, value: unknown): void {
  try {
    writeAtomic(path, JSON.stringify({ key, value }), { fsync: () => {} }); // a torn entry is a miss: not worth a sync
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}
