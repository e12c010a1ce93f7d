// Runs another program without a shell of its own, with a time limit, and ends everything that it started; decides nothing.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { systemCode } from '../base/errors.ts';

export interface ProgramRequest {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Goes to its stdin; without it stdin is empty. */
  input?: Buffer;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * How it went. `ended`: with this exit code (128 + number where a signal ended it). `missing`: there is no such program.
 * `late`: it ran out of time and was stopped. Interrupting counts as `ended`, since the program decides what it does then.
 */
export interface ProgramResult {
  kind: 'ended' | 'missing' | 'late';
  code: number;
  /** At most the first 16 MB. */
  stdout: Buffer;
  stderr: Buffer;
}

const MAX_OUTPUT = 16_000_000;
const GRACE_MS = 5_000;
const SIGNALS: Record<string, number> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a program to its end. Never throws for what the program does. */
export function runProgram(request: ProgramRequest): Promise<ProgramResult> {
  const { command, args, cwd, env, input, timeoutMs, signal } = request;
  return new Promise((resolve) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    // A group of its own: Ctrl-C reaches it once, through us, and a time limit ends its children too.
    const child = spawn(command, args, { cwd, env, detached: true });
    let late = false;
    let over: NodeJS.Timeout | undefined;
    const stop = (how: NodeJS.Signals) => killGroup(child, how);
    const limit = setTimeout(() => {
      late = true;
      stop('SIGTERM');
      over = setTimeout(() => stop('SIGKILL'), GRACE_MS);
    }, timeoutMs);
    const interrupt = () => stop('SIGINT');
    signal?.addEventListener('abort', interrupt, { once: true });
    const finish = (kind: ProgramResult['kind'], code: number) => {
      clearTimeout(limit);
      clearTimeout(over);
      signal?.removeEventListener('abort', interrupt);
      resolve({ kind, code, stdout: Buffer.concat(out), stderr: Buffer.concat(err) });
    };
    keep(child.stdout, out);
    keep(child.stderr, err);
    child.stdin.on('error', () => {}); // it may end without reading what it was sent
    child.stdin.end(input ?? Buffer.alloc(0));
    child.on('error', (error) => finish('missing', systemCode(error) === 'ENOENT' ? 127 : 126));
    // A process that it left behind may hold the pipes open for ever, so the exit counts, not the end of the output.
    child.on('exit', (code, by) => {
      const done = () => finish(late ? 'late' : 'ended', code ?? 128 + (SIGNALS[by ?? ''] ?? 0));
      const wait = setTimeout(done, 500);
      child.on('close', () => {
        clearTimeout(wait);
        done();
      });
    });
  });
}

/** Absolute path of a program that can be run, looked for in the folders of `path`; undefined if there is none. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  return (path ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

function keep(stream: NodeJS.ReadableStream, into: Buffer[]): void {
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < MAX_OUTPUT) into.push(chunk);
    size += chunk.length;
  });
}

function killGroup(child: ChildProcessWithoutNullStreams, how: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, how);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
