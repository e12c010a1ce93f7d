// Hashes a file in pieces; the file is opened read-only and its memory need does not grow with its size.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { OriginFile } from './source.ts';

const buffer = Buffer.allocUnsafe(1 << 20); // used again for every file: reading is synchronous

/** A file with its size in bytes and its SHA-256. Throws the system error if it can't be read. */
export function originFile(path: string): OriginFile {
  const hash = createHash('sha256');
  const fd = openSync(path, 'r');
  try {
    let size = 0;
    for (let read = readSync(fd, buffer); read > 0; read = readSync(fd, buffer)) {
      hash.update(buffer.subarray(0, read));
      size += read;
    }
    return { path, sha256: hash.digest('hex'), size };
  } finally {
    closeSync(fd);
  }
}

/** `originFile` for whoever asks again and again: a file of the same size, time and inode as the last time is not read again. */
export function rememberedHash(): (path: string) => OriginFile {
  const known = new Map<string, { state: string; file: OriginFile }>();
  return (path) => {
    // Before reading, so that what is written meanwhile makes the memory stale rather than wrong.
    const { size, mtimeMs, ino } = statSync(path);
    const state = `${size}/${mtimeMs}/${ino}`;
    const before = known.get(path);
    if (before?.state === state) return before.file;
    const file = originFile(path);
    known.set(path, { state, file });
    return file;
  };
}
