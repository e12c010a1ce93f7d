// Types keys at the built command as a person would, at a real pseudo-terminal that Python's standard library makes.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './agent.ts';

export interface Typed {
  code: number;
  output: string;
  /** True if the terminal was left as it was found. */
  restored: boolean;
  /** The text that never appeared, or null. */
  missing: string | null;
}

/** Why there is no terminal to type at, or undefined where there is one. */
export const noTerminal =
  process.platform === 'win32'
    ? 'no pseudo-terminals on Windows'
    : spawnSync('python3', ['-c', 'import pty, termios']).status === 0
      ? undefined
      : 'python3 with pty is missing';

/** Runs `agent ...args`; each step waits for a text that has not been waited for yet, then types. */
export function typeAt(
  cwd: string,
  args: readonly string[],
  steps: readonly (readonly [waitFor: string, keys: string])[],
  env: Record<string, string> = {},
): Typed {
  const own = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1', TERM: 'xterm', NO_COLOR: '1' };
  const argv = [process.execPath, join(ROOT, 'bin', 'agent.js'), ...args];
  const input = JSON.stringify({ argv, cwd, env: { ...own, ...env }, steps, seconds: 40 });
  const { stdout, stderr } = spawnSync('python3', [join(import.meta.dirname, 'terminal.py')], {
    input,
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}
