// Runs the built command as a user would, in an environment of its own; `npm test` builds it first.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
const AGENT = join(ROOT, 'bin', 'agent.js');

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Home {
  /** The home folder; everything of one test lies below it. */
  dir: string;
  /** Runs `agent ...args` in `cwd`. */
  agent: (cwd: string, ...args: string[]) => Ran;
  /** The same, with stdout parsed as JSON; throws with stderr if the command failed to start. */
  json: <T = Record<string, unknown>>(cwd: string, ...args: string[]) => T;
  /** A git repository with one commit that holds a fresh `.agentmem`; equal names give equal commits. */
  memory: (name: string) => string;
  git: (cwd: string, ...args: string[]) => string;
  remove: () => void;
}

// Fixed, so that the same story makes the same commits wherever and whenever it is told.
const IDENTITY = {
  GIT_AUTHOR_NAME: 'Mira',
  GIT_AUTHOR_EMAIL: 'mira@example.test',
  GIT_COMMITTER_NAME: 'Mira',
  GIT_COMMITTER_EMAIL: 'mira@example.test',
  GIT_AUTHOR_DATE: '2026-11-01T12:00:00Z',
  GIT_COMMITTER_DATE: '2026-11-01T12:00:00Z',
};

/** A home folder for one story, with git configured for one person. */
export function makeHome(): Home {
  if (!existsSync(join(ROOT, 'dist', 'cli.js'))) throw new Error('dist/ is missing: run `npm run build` first');
  const dir = mkdtempSync(join(tmpdir(), 'agentmem-story-'));
  const env = { HOME: dir, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1' };
  const run = (command: string, args: string[], cwd: string, extra: object = {}): Ran => {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd,
      env: { ...env, ...extra },
      encoding: 'utf8',
      maxBuffer: 1 << 29,
    });
    return { code: status, stdout, stderr };
  };
  const git = (cwd: string, ...args: string[]) => {
    const { code, stdout, stderr } = run('git', args, cwd, IDENTITY);
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.replace(/\n$/, '');
  };
  git(dir, 'config', '--global', 'user.name', 'Mira');
  git(dir, 'config', '--global', 'user.email', 'mira@example.test');
  git(dir, 'config', '--global', 'init.defaultBranch', 'main');
  // Else git tidies up in the background, in a folder that the story may be taking away.
  for (const what of ['gc', 'maintenance']) git(dir, 'config', '--global', `${what}.autoDetach`, 'false');
  const agent = (cwd: string, ...args: string[]) => run(process.execPath, [AGENT, ...args], cwd);
  return {
    dir,
    agent,
    git,
    json: <T>(cwd: string, ...args: string[]): T => {
      const { stdout, stderr } = agent(cwd, ...args);
      if (stdout === '') throw new Error(`agent ${args.join(' ')} printed nothing: ${stderr}`);
      return JSON.parse(stdout);
    },
    memory: (name) => {
      const cwd = join(dir, name);
      mkdirSync(cwd, { recursive: true });
      const made = agent(cwd, 'init');
      if (made.code !== 0) throw new Error(made.stderr);
      git(cwd, 'add', '.agentmem');
      git(cwd, 'commit', '--quiet', '-m', 'Lay out agent memory');
      return cwd;
    },
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Transcripts that ship with the package. */
export const EXAMPLE = join(ROOT, '.agentmem.example', 'transcripts');

/** Real transcripts of other people: on our machines only, so tests that use them are extra. */
export const SHARED = join(ROOT, '..', 'shared', 'data');
