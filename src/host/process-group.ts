// Starts a program in a process group of its own and ends it with everything that it started; reads none of its output.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../base/errors.ts';
import { type ProcessStat, processStat } from '../base/process-stat.ts';

export interface GroupOrder {
  /** Program and arguments. */
  argv: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** True where argv starts a sandbox: it is not to hear of a polite signal, or it would end before what is in it. */
  inSandbox: boolean;
  onOut: (chunk: Buffer) => void;
  onErr: (chunk: Buffer) => void;
  /** With it stdin stays open for writing; otherwise it is empty. */
  writes?: boolean;
}

/** `code` where it exited, `signal` where one ended it; `failed` (why) where it could not be started at all. */
export interface GroupEnd {
  code?: number;
  signal?: string;
  failed?: string;
}

export interface ProcessGroup {
  /** What it reads; absent where stdin is empty. */
  stdin?: Writable;
  /** Settles when it has ended, its output was handed over, and nothing of its group is left. Never rejects. */
  ended: Promise<GroupEnd>;
  /** Asks everything in it to end with this signal, and after `graceMs` ends it. A second call starts that time anew. */
  stop(how: 'SIGINT' | 'SIGTERM', graceMs: number): void;
}

const MARK = 'AGENTMEM_COMMAND';
const PIPE_MS = 500;
const GIVE_UP_MS = 5_000;
const LAST_BREATH_MS = 2_000;
const LOOK_MS = 5;
let started = 0;

/** Starts it. Never throws for what the machine says. */
export function startGroup(order: GroupOrder): ProcessGroup {
  // Children inherit it, so that even those that left the group are found again.
  const mark = `${process.pid}.${++started}`;
  const child = launch(order, mark);
  if (typeof child === 'string') return { ended: Promise.resolve({ failed: child }), stop: () => {} };
  const { promise, resolve } = later<GroupEnd>();
  let kill: NodeJS.Timeout | undefined;
  let giveUp: NodeJS.Timeout | undefined;
  const signal = (how: NodeJS.Signals) => signalEverything(child, mark, how, order.inSandbox);
  const stop = (how: NodeJS.Signals, graceMs: number) => {
    if (kill === undefined) signal(how);
    clearTimeout(kill);
    kill = setTimeout(() => {
      signal('SIGKILL');
      // A process that hangs in the kernel does not die of anything.
      giveUp ??= setTimeout(() => resolve({ signal: 'SIGKILL' }), GIVE_UP_MS);
    }, graceMs);
  };
  child.on('error', (error) => resolve({ failed: startFailure(error, order) }));
  child.on('exit', (code, by) => {
    signalGroup(child, 'SIGKILL'); // what it left running
    const done = () => resolve({ ...(code !== null && { code }), ...(by !== null && { signal: by }) });
    // One that left the group may hold the pipes open for ever.
    const wait = setTimeout(done, PIPE_MS);
    child.on('close', () => {
      clearTimeout(wait);
      done();
    });
  });
  const ended = promise.finally(async () => {
    if (kill !== undefined) signal('SIGKILL');
    clearTimeout(kill);
    clearTimeout(giveUp);
    for (const stream of child.stdio) stream?.destroy();
    // Who was sent SIGKILL dies a little later; a busy machine takes its time.
    for (let waited = 0; waited < LAST_BREATH_MS && isAnyAlive(child); waited += LOOK_MS) await sleep(LOOK_MS);
  });
  return { ...(child.stdin !== null && { stdin: child.stdin }), ended, stop };
}

function launch(order: GroupOrder, mark: string): ChildProcess | string {
  const { argv, cwd, env, writes = false, onOut, onErr } = order;
  try {
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      cwd,
      env: { ...env, [MARK]: mark },
      detached: true,
      stdio: [writes ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    child.stdout?.on('data', onOut);
    child.stderr?.on('data', onErr);
    child.stdin?.on('error', () => {}); // it may end without reading what it was sent
    return child;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return startFailure(error, order);
  }
}

function startFailure(error: unknown, { argv, cwd }: GroupOrder): string {
  const code = systemCode(error);
  if (code === 'E2BIG') return 'the command is too long for this system; write it into a file and run that';
  if (code === 'ENOENT') return `there is no program ${argv[0]}, or no folder ${cwd}`;
  return `${argv[0]} could not be started (${code})`;
}

function signalEverything(child: ChildProcess, mark: string, how: NodeJS.Signals, inSandbox: boolean): void {
  const polite = how !== 'SIGKILL';
  if (!(polite && inSandbox)) signalGroup(child, how);
  for (const pid of marked(mark)) {
    if (pid !== child.pid) send(pid, how);
  }
}

function signalGroup(child: ChildProcess, how: NodeJS.Signals): void {
  if (child.pid !== undefined) send(-child.pid, how);
}

// What has ended and waits for a parent that never looks (a container without an init) is not alive.
function isAnyAlive({ pid: group }: ChildProcess): boolean {
  if (group === undefined) return false;
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  const processes = processNumbers();
  return processes === undefined || processes.some((pid) => isAliveIn(group, processStat(pid)));
}

function isAliveIn(group: number, stat: ProcessStat | undefined): boolean {
  return stat?.group === group && stat.state !== 'Z' && stat.state !== 'X';
}

// Undefined where there is no /proc.
function processNumbers(): string[] | undefined {
  return readIfThere(() => readdirSync('/proc'))?.filter((name) => /^\d+$/.test(name));
}

function send(pid: number, how: NodeJS.Signals): void {
  try {
    process.kill(pid, how);
  } catch (error) {
    // Gone, or somebody else by now (a program that became another user).
    if (systemCode(error) !== 'ESRCH' && systemCode(error) !== 'EPERM') throw error;
  }
}

// Processes that carry the mark in their environment, as far as /proc tells (Linux); those of a sandbox are among them.
function marked(mark: string): number[] {
  const needle = Buffer.from(`\0${MARK}=${mark}\0`);
  return (processNumbers() ?? [])
    .filter((pid) => {
      const environment = readIfThere(() => readFileSync(`/proc/${pid}/environ`));
      return environment !== undefined && Buffer.concat([Buffer.from([0]), environment]).includes(needle);
    })
    .map(Number);
}

function readIfThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
