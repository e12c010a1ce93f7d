// Reads refs, and moves branches by compare-and-swap; never moves a branch that somebody has checked out.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { type GitResult, gitFailure } from './invoke.ts';
import { assertObjectId, assertSafeBranch } from './paths.ts';
import type { Repository } from './repository.ts';

export interface Branch {
  /** Without `refs/heads/`. */
  name: string;
  commit: string;
}

/** The full id of the commit that `ref` names (anything that `git rev-parse` understands), or null if there is none. */
export async function resolveCommit(repo: Repository, ref: string): Promise<string | null> {
  if (ref === '' || /\p{Cc}/u.test(ref)) return null;
  // On stdin a ref can't be taken for an option, and there is always output, which spares simple-git's 50 ms wait.
  const args = ['cat-file', '--batch-check=%(objectname) %(objecttype)'];
  const { stdout } = await repo.run(args, { input: `${ref}^{commit}\n`, allow: [128] });
  return /^([0-9a-f]+) commit\n$/.exec(stdout.toString())?.[1] ?? null;
}

/** Name of the branch that is checked out here, born or not, or null where HEAD is detached. */
export async function currentBranch(repo: Repository): Promise<string | null> {
  const { stdout } = await repo.run(['symbolic-ref', '--quiet', 'HEAD'], { allow: [1] });
  return /^refs\/heads\/(.*)\n$/.exec(stdout.toString())?.[1] ?? null;
}

/** True while HEAD names a branch without any commit. */
export async function isUnborn(repo: Repository): Promise<boolean> {
  return (await resolveCommit(repo, 'HEAD')) === null;
}

/** Branches that some work tree has checked out, rebases or bisects. Moving one would leave that work tree with staged deletions. */
export async function checkedOutBranches(repo: Repository): Promise<Set<string>> {
  const { stdout } = await repo.run(['worktree', 'list', '--porcelain', '-z']);
  const branches = new Set<string>();
  for (const line of stdout.toString().split('\0')) {
    const name = /^branch refs\/heads\/(.*)$/s.exec(line)?.[1];
    if (name !== undefined) branches.add(name);
  }
  for (const dir of worktreeGitDirs(repo)) for (const name of busyBranches(dir)) branches.add(name);
  return branches;
}

/** Branches whose name begins with `prefix`, by name. */
export async function listBranches(repo: Repository, prefix: string): Promise<Branch[]> {
  const { stdout } = await repo.run(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/']);
  const branches = stdout
    .toString()
    .split('\n')
    .flatMap((line) => {
      const [, commit = '', name = ''] = /^(\S+) refs\/heads\/(.*)$/.exec(line) ?? [];
      return name !== '' && name.startsWith(prefix) ? [{ name, commit }] : [];
    });
  return branches.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Points `branch` at commit `to` if it still is at `from` (null: if it does not exist), else changes nothing and
 * throws a UserError. Refuses a branch that is checked out anywhere; runs no hook.
 */
export async function moveBranch(repo: Repository, branch: string, to: string, from: string | null): Promise<void> {
  await assertMovable(repo, branch);
  await swapBranch(repo, branch, to, from);
}

/** Deletes `branch` if it still is at `from`. Refuses a branch that is checked out anywhere. */
export async function deleteBranch(repo: Repository, branch: string, from: string): Promise<void> {
  await assertMovable(repo, branch);
  await swapBranch(repo, branch, null, from);
}

/** Throws a UserError where moving `branch` would pull the ground from under a work tree. */
export async function assertMovable(repo: Repository, branch: string): Promise<void> {
  assertSafeBranch(branch);
  if (!(await checkedOutBranches(repo)).has(branch)) return;
  throw new UserError({
    what: `Branch ${branch} is checked out, so it can't be changed from outside.`,
    where: `refs/heads/${branch}`,
    hint: 'Switch that work tree to another branch (git worktree list shows where it is) and try again.',
  });
}

/** The compare-and-swap alone; callers have asked `assertMovable` before. `to` null deletes. */
export async function swapBranch(
  repo: Repository,
  branch: string,
  to: string | null,
  from: string | null,
): Promise<void> {
  if (to !== null) assertObjectId(to);
  if (from !== null) assertObjectId(from);
  const ref = `refs/heads/${branch}`;
  const change =
    to === null ? `delete ${ref} ${from}` : from === null ? `create ${ref} ${to}` : `update ${ref} ${to} ${from}`;
  // no-deref: where the branch is a symbolic ref, its target (perhaps checked out) must not move.
  const args = ['update-ref', '--stdin', '-m', 'agentmem'];
  const input = `start\noption no-deref\n${change}\ncommit\n`;
  const result = await repo.run(args, { input, allow: [1, 128] });
  if (result.code !== 0) throw await explain(repo, branch, from, args, result);
}

// Names what stood in the way by looking at the refs: git's messages are translated, the refs are not.
async function explain(
  repo: Repository,
  branch: string,
  from: string | null,
  args: string[],
  result: GitResult,
): Promise<UserError> {
  const where = `refs/heads/${branch}`;
  const branches = await listBranches(repo, '');
  const clash = branches.find((b) => b.name.startsWith(`${branch}/`) || branch.startsWith(`${b.name}/`));
  if (clash !== undefined) {
    const what = `Branch ${branch} can't exist beside branch ${clash.name}: git keeps them as a file and a folder of one name.`;
    return new UserError({ what, where, hint: `Rename or delete ${clash.name}.` });
  }
  const current = branches.find((b) => b.name === branch)?.commit ?? null;
  if (current !== from) {
    const what = `Branch ${branch} was changed by somebody else in the meantime; it was left as it is.`;
    return new UserError({ what, where, hint: 'Run the command again to start from the new state.' });
  }
  const lock = join(repo.commonDir, 'refs', 'heads', `${branch}.lock`);
  if (existsSync(lock)) {
    return new UserError({
      what: `Branch ${branch} is locked by another git process.`,
      where: lock,
      hint: 'If none is running, delete that file.',
    });
  }
  return gitFailure(repo.root, args, result);
}

function worktreeGitDirs(repo: Repository): string[] {
  const linked = join(repo.commonDir, 'worktrees');
  const names = existsSync(linked) ? readdirSync(linked) : [];
  return [repo.commonDir, ...names.map((name) => join(linked, name))];
}

// During a rebase or a bisection HEAD is detached, yet the branch is still in that work tree's hands.
function busyBranches(gitDir: string): string[] {
  return ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START'].flatMap((file) => {
    const path = join(gitDir, file);
    if (!existsSync(path)) return [];
    return [
      readFileSync(path, 'utf8')
        .trim()
        .replace(/^refs\/heads\//, ''),
    ];
  });
}
