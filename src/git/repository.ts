// Finds and opens a git repository; never changes one, except that `initRepository` makes it.
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { type GitResult, gitFailure, type RunOptions, runGit } from './invoke.ts';
import { assertSafeBranch } from './paths.ts';

export interface Repository {
  /** Top of the work tree with symbolic links resolved; the git directory itself where the repository is bare. */
  root: string;
  /** Git directory of this work tree. */
  gitDir: string;
  /** Git directory that all work trees share. */
  commonDir: string;
  bare: boolean;
  objectFormat: 'sha1' | 'sha256';
  /** Runs `git ...args` in `root`; see `RunOptions`. */
  run(args: readonly string[], options?: RunOptions): Promise<GitResult>;
}

// `merge-tree --write-tree` is the youngest thing that we need.
const OLDEST = [2, 38] as const;

/**
 * The repository that `dir` lies in, or null where there is none (or `dir` is inside a `.git` folder). A git that is
 * missing, older than 2.38 or refuses the folder is a UserError.
 */
export async function openRepository(dir: string): Promise<Repository | null> {
  if (!existsSync(dir)) return null;
  await checkVersion(dir);
  // The top level comes last because in a bare repository git stops there, with everything else printed.
  const asked = ['--is-bare-repository', '--show-object-format', '--git-dir', '--git-common-dir', '--show-toplevel'];
  const args = ['rev-parse', '--path-format=absolute', ...asked];
  const result = await runGit(dir, args, { allow: [128] });
  const [bare, objectFormat, gitDir, commonDir, top, ...more] = result.stdout.toString().split('\n');
  if (gitDir === undefined || commonDir === undefined) {
    if (isNoRepository(dir, result)) return null;
    throw gitFailure(dir, args, result);
  }
  if (more.length > 1) throw new UserError({ what: 'A folder name in this path has a line break in it.', where: dir });
  const root = bare === 'true' ? gitDir : top;
  if (!root) return null;
  return {
    root,
    gitDir,
    commonDir,
    bare: bare === 'true',
    objectFormat: objectFormat === 'sha256' ? 'sha256' : 'sha1',
    run: (command, options) => runGit(root, command, options),
  };
}

/**
 * False where no repository can be at or above `dir`; whether there is one says git itself. For whoever asks about many folders
 * that are in none: it saves two processes for each. `above` keeps what was found for the folders above it, for the next question.
 */
export function mayBeInRepository(dir: string, above = new Map<string, boolean>()): boolean {
  const real = realpathSync.native(dir);
  return isTop(real) || (real !== dirname(real) && isBelowTop(dirname(real), above));
}

function isBelowTop(folder: string, above: Map<string, boolean>): boolean {
  const known = above.get(folder);
  if (known !== undefined) return known;
  const found = isTop(folder) || (folder !== dirname(folder) && isBelowTop(dirname(folder), above));
  above.set(folder, found);
  return found;
}

function isTop(folder: string): boolean {
  return existsSync(join(folder, '.git')) || (existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects')));
}

/** Makes a repository in `dir` (and the folder, if need be) whose first branch is `branch`, and opens it. */
export async function initRepository(dir: string, branch: string): Promise<Repository> {
  assertSafeBranch(branch);
  mkdirSync(dir, { recursive: true });
  await checkVersion(dir);
  await runGit(dir, ['init', '--quiet', `--initial-branch=${branch}`]);
  const repository = await openRepository(dir);
  if (repository === null) throw new UserError({ what: 'git init made no repository here.', where: dir });
  return repository;
}

async function checkVersion(dir: string): Promise<void> {
  const { stdout } = await runGit(dir, ['version']);
  const text = stdout.toString().trim();
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(text) ?? [];
  if (Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1])) return;
  throw new UserError({ what: `This git is too old: ${text}.`, hint: `Install git ${OLDEST.join('.')} or newer.` });
}

// Git says the same with exit code 128 for "no repository" and for a broken one; only the first is an answer.
function isNoRepository(dir: string, result: GitResult): boolean {
  if (result.stderr.includes('safe.directory')) return false;
  if (/not a git repository \(or any/.test(result.stderr)) return true;
  for (let at = resolve(dir); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return false;
    if (at === dirname(at)) return true; // reached the top; the message was in another language
  }
}
