// Preloaded into a process (node --import): kills it with SIGKILL right before, or in the middle of, its n-th write, or counts its writes.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const at = Number(process.env.KILL_AT ?? 0);
const counted = process.env.KILL_COUNT;
const { writeSync, writeFileSync, appendFileSync } = fs;
let writes = 0;
const names = [];

/** Runs `write`, unless this is the write to die at: then `torn` does a part of it and nothing follows. */
function step(name, write, torn) {
  writes++;
  names.push(name);
  if (writes === at) {
    torn?.();
    process.kill(process.pid, 'SIGKILL');
  }
  return write();
}

for (const name of ['renameSync', 'linkSync', 'unlinkSync', 'rmSync', 'mkdirSync', 'fsyncSync']) {
  const original = fs[name];
  fs[name] = (...args) => step(name, () => original(...args));
}
fs.writeSync = (fd, data, ...rest) =>
  step(
    'writeSync',
    () => writeSync(fd, data, ...rest),
    () => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      const [offset = 0, length = bytes.length] = typeof data === 'string' ? [] : rest;
      writeSync(fd, bytes, offset, length >> 1);
    },
  );
fs.writeFileSync = (file, data, options) =>
  step(
    'writeFileSync',
    () => writeFileSync(file, data, options),
    () => writeFileSync(file, half(data), options),
  );
fs.appendFileSync = (file, data, options) =>
  step(
    'appendFileSync',
    () => appendFileSync(file, data, options),
    () => appendFileSync(file, half(data), options),
  );

// Git writes too: before each of its processes, and (the process itself goes on) right after it was started.
const { spawn } = childProcess;
childProcess.spawn = (command, args, ...rest) => {
  const child = step(`spawn ${command}`, () => spawn(command, args, ...rest));
  return step(`spawned ${command}`, () => child);
};
syncBuiltinESMExports();

if (counted !== undefined) process.on('exit', () => writeFileSync(counted, JSON.stringify(names)));

function half(data) {
  const bytes = Buffer.from(data);
  return bytes.subarray(0, bytes.length >> 1);
}
