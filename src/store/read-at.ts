// Reads a stretch of an open file whole, however many reads that takes; opens and closes none.
import { readSync } from 'node:fs';

/** Fills `bytes` from `position` on; returns how many were there, fewer than asked for only at the end of the file. */
export function readInto(fd: number, bytes: Uint8Array, position: number): number {
  let done = 0;
  while (done < bytes.length) {
    const size = readSync(fd, bytes, done, bytes.length - done, position + done);
    if (size === 0) break;
    done += size;
  }
  return done;
}

/** The bytes in a buffer of their own, which columns of numbers need; zeros stand for what lies past the end of the file. */
export function bytesAt(fd: number, position: number, length: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  readInto(fd, bytes, position);
  return bytes;
}
