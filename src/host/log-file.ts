// A log that never grows beyond its bound: appended, and moved aside by size; reads no clock and is no record of truth.
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../base/errors.ts';

export interface LogLimits {
  /** Beyond this size the file is moved aside before the next line is written. */
  maxBytes: number;
  /** How many older files are kept: `<path>.1` is the newest of them. */
  generations: number;
}

/** Appends text to a log that only its owner can read. For one writer at a time. Throws the system error. */
export function appendToLog(path: string, text: string, limits: LogLimits): void {
  mkdirSync(dirname(path), { recursive: true });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 && size + Buffer.byteLength(text) > limits.maxBytes) {
    for (let n = limits.generations; n >= 1; n--) moveIfThere(n === 1 ? path : `${path}.${n - 1}`, `${path}.${n}`);
  }
  appendFileSync(path, text, { mode: 0o600 });
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
