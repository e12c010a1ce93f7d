// Runs command lines in a shell, with limits on time and output; nothing of it waits for a person or outlives its end.
import { keepOutput, plainOutput } from './kept-output.ts';
import { startGroup } from './process-group.ts';
import { findProgram } from './program.ts';

export interface ShellOrder {
  /** Program and arguments, put into a sandbox already where one is wanted. */
  argv: readonly string[];
  inSandbox: boolean;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Characters of output that are kept, half of them from its end. */
  maxOutput: number;
  /** Hears of the newest line now and then; must not throw. */
  onLine?: (line: string) => void;
}

/** How a command ended. `stopped` tells whether that was our doing; `failed` that it never began. */
export interface ShellEnd {
  stopped?: 'timeout' | 'interrupted' | 'asked';
  code?: number;
  signal?: string;
  failed?: string;
}

/** A command that is running, or has run. */
export interface RunningShell {
  ended: Promise<ShellEnd>;
  /** How it ended, once it has. */
  end(): ShellEnd | undefined;
  /** Ends it with everything that it started; the first reason counts. */
  stop(why: NonNullable<ShellEnd['stopped']>): void;
  /** stdout and stderr as they came, in one text. */
  text(): string;
  /** What came since it was last drained. */
  drain(): string;
}

/** From the polite signal to the one that nobody survives. */
export const GRACE_MS = 2_000;
const LINE_MS = 250;

/** The argv of a command line: bash without anybody's start-up files, or sh where there is no bash. */
export function shellArgv(command: string, path: string | undefined): string[] {
  const bash = findProgram('bash', path);
  // One pipe for both streams keeps them in the order in which they were written.
  const line = `exec 2>&1; ${command}`;
  return bash === undefined ? ['/bin/sh', '-c', line] : [bash, '--norc', '--noprofile', '-c', line];
}

/** Starts a command and returns at once. Never throws for what the command or the machine does. */
export function startShell(order: ShellOrder): RunningShell {
  const output = keepOutput(order.maxOutput);
  const lines = newestLine(order.onLine);
  const take = (chunk: Buffer) => {
    output.take(chunk);
    lines.take(chunk);
  };
  const group = startGroup({ ...order, onOut: take, onErr: take });
  let stopped: ShellEnd['stopped'];
  let end: ShellEnd | undefined;
  const ended = group.ended.then((how) => {
    lines.close();
    end = { ...how, ...(stopped !== undefined && { stopped }) };
    return end;
  });
  return {
    ended,
    end: () => end,
    stop: (why) => {
      if (end !== undefined) return;
      stopped ??= why;
      group.stop(stopped === 'interrupted' ? 'SIGINT' : 'SIGTERM', GRACE_MS);
    },
    text: output.text,
    drain: output.drain,
  };
}

/** Runs a command to its end, for at most `timeoutMs`; the signal interrupts it. */
export async function runShell(
  order: ShellOrder & { timeoutMs: number; signal: AbortSignal },
): Promise<{ end: ShellEnd; text: string }> {
  if (order.signal.aborted) return { end: { stopped: 'interrupted' }, text: '' };
  const running = startShell(order);
  const limit = setTimeout(() => running.stop('timeout'), order.timeoutMs);
  const interrupt = () => running.stop('interrupted');
  order.signal.addEventListener('abort', interrupt, { once: true });
  const end = await running.ended;
  clearTimeout(limit);
  order.signal.removeEventListener('abort', interrupt);
  return { end, text: running.text() };
}

// At most four lines a second, each cut, and always the last one.
function newestLine(tell: ShellOrder['onLine']): { take: (chunk: Buffer) => void; close: () => void } {
  if (tell === undefined) return { take: () => {}, close: () => {} };
  let newest: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const say = () => {
    timer = undefined;
    if (newest === undefined) return;
    tell(newest);
    newest = undefined;
    timer = setTimeout(say, LINE_MS);
  };
  return {
    take: (chunk) => {
      const text = plainOutput(chunk.subarray(-2000).toString('utf8'));
      const line = text
        .split('\n')
        .map((l) => l.trim())
        .findLast((l) => l !== '');
      if (line === undefined) return;
      newest = line.slice(0, 200);
      if (timer === undefined) say();
    },
    close: () => {
      clearTimeout(timer);
      if (newest !== undefined) tell(newest);
    },
  };
}
