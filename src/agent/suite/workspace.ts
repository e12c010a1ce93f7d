// Lays out the workspace of a trial: a copy of a folder, the files of a commit, or nothing, and a set-up line run in it; starts no agent.
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { systemCode, UserError } from '../../base/errors.ts';
import type { SuiteWorkspace } from '../../domain/suite.ts';
import { restoreTree } from '../../git/keep-tree.ts';
import type { Repository } from '../../git/repository.ts';
import { runShell } from '../../host/shell.ts';
import type { Trial } from './plan.ts';

export interface LayOut {
  /** Where `copy` begins: the folder that holds `.agentmem`. */
  root: string;
  repo: Repository;
  /** Path of `.agentmem` below the repository's top: a trial is not to read answers in it. */
  prefix: string;
  /** What refs meant when the run began. */
  commits: Readonly<Record<string, string>>;
  /** Environment of set-up lines, without the trial's own variables. */
  env: Record<string, string>;
  /** Absolute path of the memory, for scripts of it. */
  memory: string;
  /** Whether a person has trusted this line. */
  trusted: (command: string) => boolean;
  signal: AbortSignal;
}

/** What was laid out; `left_out` are links that lead out of the copied folder. */
export interface LaidOut {
  left_out: number;
}

/** Why a trial could not begin, with what the set-up line said. */
export interface NotLaidOut {
  why: string;
}

const MOST_OUTPUT = 4_000; // characters

/** Fills the empty `folder`. Failures of the set-up are values; throws UserError where the copy or the commit cannot be had. */
export async function layOut(
  folder: string,
  { task, trial, seed }: Trial,
  order: LayOut,
): Promise<LaidOut | NotLaidOut> {
  const { workspace } = task;
  if (workspace === undefined) return { left_out: 0 };
  const left_out = await fill(folder, workspace, order);
  if (workspace.setup === undefined) return { left_out };
  const why = await setUp(folder, workspace, { task: task.id, trial, seed }, order);
  return why === undefined ? { left_out } : { why };
}

/** Throws UserError where this folder is no folder below the project's own, or a link leads there. */
export async function assertCopyable(root: string, copy: string): Promise<void> {
  let path = root;
  for (const name of normalize(copy).split(sep)) {
    if (name === '') continue;
    path = join(path, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() === true) continue;
    const what = found?.isSymbolicLink() === true ? 'a link is on the way to it' : 'there is no such folder';
    throw new UserError({ what: `workspace.copy: ${what}`, where: path });
  }
}

async function fill(folder: string, { copy, git }: SuiteWorkspace, order: LayOut): Promise<number> {
  const { root, repo, prefix, commits } = order;
  if (git !== undefined) {
    const commit = commits[git];
    if (commit === undefined) throw new Error(`the ref ${git} was never resolved`);
    await restoreTree(repo, commit, folder, { without: prefix });
    return 0;
  }
  if (copy === undefined) return 0;
  await assertCopyable(root, copy);
  try {
    return await copyTree(join(root, copy), folder, '');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError({ what: `workspace.copy: the folder could not be copied (${code})`, where: join(root, copy) });
  }
}

// Links are copied as they are where they stay inside; the others are counted and left out, as are memories.
async function copyTree(from: string, to: string, below: string): Promise<number> {
  let leftOut = 0;
  for (const entry of await readdir(join(from, below), { withFileTypes: true })) {
    if (entry.name === '.agentmem') continue;
    const path = join(below, entry.name);
    if (entry.isDirectory()) {
      await mkdir(join(to, path));
      leftOut += await copyTree(from, to, path);
    } else if (entry.isFile()) await copyFile(join(from, path), join(to, path), constants.COPYFILE_FICLONE);
    else if (entry.isSymbolicLink()) {
      const target = await readlink(join(from, path));
      if (staysInside(below, target)) await symlink(target, join(to, path));
      else leftOut++;
    } else leftOut++;
  }
  return leftOut;
}

// Up first and then only down: each link on the way down stays inside by the same rule, so nothing leads out.
function staysInside(below: string, target: string): boolean {
  const steps = target.split('/').filter((step) => step !== '.' && step !== '');
  const down = steps.findIndex((step) => step !== '..');
  const up = down === -1 ? steps.length : down;
  const depth = below === '' ? 0 : below.split(sep).length;
  return !target.startsWith('/') && up <= depth && !steps.slice(up).includes('..');
}

// In the environment of checks: what programs need, and no secret that nobody named.
async function setUp(
  folder: string,
  { setup = '', setup_timeout_seconds: seconds }: SuiteWorkspace,
  { task, trial, seed }: { task: string; trial: number; seed: string },
  { env, memory, trusted, signal }: LayOut,
): Promise<string | undefined> {
  if (!trusted(setup)) return 'nobody has trusted the set-up line on this machine (agent trust --show)';
  const own = { AGENTMEM_SEED: seed, AGENTMEM_TASK: task, AGENTMEM_TRIAL: String(trial), AGENTMEM_DIR: memory };
  const { end, text } = await runShell({
    argv: ['/bin/sh', '-c', `exec 2>&1; ${setup}`],
    inSandbox: false,
    cwd: folder,
    env: { ...env, ...own },
    maxOutput: MOST_OUTPUT,
    timeoutMs: seconds * 1000,
    signal,
  });
  if (end.stopped === undefined && end.code === 0) return undefined;
  const how =
    end.stopped === 'timeout'
      ? `took longer than ${seconds} s`
      : end.stopped !== undefined
        ? 'was interrupted'
        : (end.failed ?? (end.code === undefined ? `was ended by ${end.signal}` : `ended with exit code ${end.code}`));
  return `the set-up ${how}${text.trim() === '' ? '' : `:\n${text.trim()}`}`;
}
