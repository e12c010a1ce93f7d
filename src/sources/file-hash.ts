// Hashes a file in pieces; the file is opened read-only and its memory need does not grow with its size.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
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
