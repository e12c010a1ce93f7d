// Holds a lock while it runs the command given, and ends with the command's exit code; the lock is taken by the built product's own rules.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

const [lockPath, command, ...args] = process.argv.slice(2);
const { outputFiles } = await build({
  entryPoints: ['src/store/lock.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const { acquireLock } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);
const lock = acquireLock(lockPath, { what: 'a dream' });
const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
lock.release();
process.stderr.write(stderr);
process.exitCode = status ?? 1;
