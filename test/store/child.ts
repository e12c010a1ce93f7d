// Runs a piece of TypeScript in a Node process of its own, for tests that need real processes; shares no state with the test.
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const STORE = resolve(import.meta.dirname, '../../src/store');

/** Bundles `body`, in which `@store/x.ts` names a file of the store, and gives the path of the script. */
export function script(folder: string, body: string): string {
  const source = join(folder, 'child.ts');
  const outfile = join(folder, 'child.mjs');
  writeFileSync(source, body.replaceAll('@store', STORE));
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export function start(path: string, args: string[] = []): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const ended = new Promise<Ended>((done) =>
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr })),
  );
  return { child, ended };
}

/** Resolves when the child has printed `text`. */
export function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((done) => {
    let seen = '';
    child.stdout?.on('data', (data) => {
      seen += data;
      if (seen.includes(text)) done();
    });
  });
}
