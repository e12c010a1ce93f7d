// The only reader of environment, working directory, clock and randomness; decides nothing.
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The outside world as the program sees it; read once, here. */
export interface World {
  env: NodeJS.ProcessEnv;
  cwd: string;
  home: string;
  pid: number;
  /** Absolute path of the Node that runs us. */
  node: string;
  now: () => Date;
  /** 32 random hex digits. */
  random: () => string;
}

/** Environment, working directory, clock and randomness of this process. */
export function readWorld(): World {
  return {
    env: process.env,
    cwd: process.cwd(),
    home: process.env.HOME || homedir(),
    pid: process.pid,
    node: process.execPath,
    now: () => new Date(),
    random: () => randomBytes(16).toString('hex'),
  };
}

/** True where colours may be used on a terminal: NO_COLOR unset or empty (no-color.org), and the terminal not dumb. */
export function colorAllowed(world: World): boolean {
  return !world.env.NO_COLOR && world.env.TERM !== 'dumb';
}

/** Claude Code's own folder, where it keeps the sessions of every project. */
export function claudeFolder(world: World): string {
  return world.env.CLAUDE_CONFIG_DIR || join(world.home, '.claude');
}

/** Where the user's systemd units lie. */
export function unitFolder(world: World): string {
  return join(world.env.XDG_CONFIG_HOME || join(world.home, '.config'), 'systemd', 'user');
}

/** Our own folder beside all memories. No XDG variable moves it, since cron knows none and must find the same one. */
export function stateFolder(world: World): string {
  return join(world.home, '.local', 'state', 'agentmem');
}

/** Our folder for what can be lost at any time. A relative XDG_CACHE_HOME is none, by the specification of base directories. */
export function cacheFolder(world: World): string {
  const named = world.env.XDG_CACHE_HOME ?? '';
  return join(isAbsolute(named) ? named : join(world.home, '.cache'), 'agentmem');
}

/** Where the work trees lie that runs are given: no cache, since what an agent did there may be nowhere else yet. */
export function worktreesFolder(world: World): string {
  return join(world.env.XDG_DATA_HOME || join(world.home, '.local', 'share'), 'agentmem', 'worktrees');
}
