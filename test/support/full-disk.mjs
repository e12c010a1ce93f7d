// Preloaded into a process (node --import): from its n-th append to a transcript on, the disk is full; half of that write still fits.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const from = Number(process.env.FULL_FROM ?? 1);
const { openSync, writeSync } = fs;
const transcripts = new Set();
let appends = 0;

fs.openSync = (path, ...rest) => {
  const fd = openSync(path, ...rest);
  if (String(path).endsWith('.jsonl') && String(path).includes('sessions')) transcripts.add(fd);
  else transcripts.delete(fd); // the number is used again
  return fd;
};
fs.writeSync = (fd, bytes, offset = 0, length = bytes.length - offset, ...rest) => {
  if (!transcripts.has(fd) || ++appends < from) return writeSync(fd, bytes, offset, length, ...rest);
  if (appends === from && length > 1) return writeSync(fd, bytes, offset, length >> 1, ...rest);
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    errno: -28,
    syscall: 'write',
  });
};
syncBuiltinESMExports();
