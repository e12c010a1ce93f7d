// A cache of many small JSON values in one append-only file under cache/; anything unreadable in it is a miss, never an error.
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { parseLine, readLines } from '../base/jsonl.ts';
import { writeAtomic } from './atomic.ts';
import type { Cache } from './cache.ts';

const NEEDLESS_LINES = 1000; // fewer superseded lines than this are not worth a rewrite

/**
 * Opens the log `name` of the cache folder. Two to five files a value, as `openCache` needs them, cost more than importing a
 * small session; here a value is one line. Later lines replace earlier ones of the same key; a log of another `version` is
 * not read. Written without a sync: what a crash takes is found out again.
 */
export function openLogCache(dir: string, name: string, version: number): Cache {
  const path = join(dir, `${name}-v${version}.jsonl`);
  let values: Map<string, unknown> | undefined;
  let fd: number | undefined;
  const load = (): Map<string, unknown> => {
    values ??= readLog(path);
    return values;
  };
  return {
    get: (key) => load().get(key),
    put: (key, value) => {
      load().set(key, value);
      fd ??= openLog(dir, path);
      if (fd !== undefined) writeLine(fd, `${JSON.stringify({ key, value })}\n`);
    },
  };
}

function readLog(path: string): Map<string, unknown> {
  const values = new Map<string, unknown>();
  let lines = 0;
  try {
    for (const { bytes } of readLines(path)) {
      const parsed = parseLine(bytes);
      if (parsed.kind !== 'object' || typeof parsed.value.key !== 'string') continue;
      lines++;
      values.set(parsed.value.key, parsed.value.value);
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
  if (lines > 2 * values.size + NEEDLESS_LINES) rewrite(path, values);
  return values;
}

function rewrite(path: string, values: Map<string, unknown>): void {
  try {
    writeAtomic(path, [...values].map(([key, value]) => `${JSON.stringify({ key, value })}\n`).join(''));
  } catch (error) {
    if (!(error instanceof UserError)) throw error; // a full or read-only disk: the long log serves as well
  }
}

// A first newline ends a line that a crash may have torn; a blank line costs nothing.
function openLog(dir: string, path: string): number | undefined {
  try {
    mkdirSync(dir, { recursive: true });
    const fd = openSync(path, 'a', 0o600);
    writeSync(fd, '\n');
    return fd;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function writeLine(fd: number, line: string): void {
  try {
    writeSync(fd, line);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}
