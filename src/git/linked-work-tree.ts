// Work trees beside the person's own, each on a branch that only we move, and the merge of such a branch; never forces anything and runs no hook.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { tidyMessage } from './fast-import.ts';
import { isAncestor } from './history.ts';
import { assertObjectId, assertSafeBranch } from './paths.ts';
import { currentBranch, resolveCommit, swapBranch } from './refs.ts';
import { openRepository, type Repository } from './repository.ts';
import { type Identity, signature } from './signature.ts';

/** Makes the work tree `folder` on `branch`: a new one at `commit`, or the branch as it stands. Throws UserError where git refuses. */
export async function addWorkTree(
  repo: Repository,
  { folder, branch, commit }: { folder: string; branch: string; commit: string },
): Promise<Repository> {
  assertSafeBranch(branch);
  assertObjectId(commit);
  const there = await resolveCommit(repo, `refs/heads/${branch}`);
  // What a crash left registered must not stand in the way of the same folder.
  await repo.run(['worktree', 'prune']);
  const which = there === null ? ['--no-track', '-b', branch, folder, commit] : [folder, branch];
  await repo.run(['worktree', 'add', '--quiet', ...which]);
  const made = await openRepository(folder);
  if (made === null) throw new UserError({ what: 'git worktree add made no work tree', where: folder });
  return made;
}

export interface WorkCommit {
  /** The branch that the work tree is on. */
  branch: string;
  message: string;
  identity: Identity;
  atMs: number;
}

/**
 * Commits everything that lies in a linked work tree and is not ignored; null where nothing changed. Throws UserError where
 * somebody has switched it to another branch, or is in the middle of a merge there.
 */
export async function commitWorkTree(tree: Repository, { branch, ...commit }: WorkCommit): Promise<string | null> {
  const head = await resolveCommit(tree, 'HEAD');
  if (head === null || (await currentBranch(tree)) !== branch || isBusy(tree))
    throw new UserError({ what: `this work tree is no longer on ${branch}, or has a merge in it`, where: tree.root });
  await tree.run(['add', '--all']);
  const made = (await tree.run(['write-tree'])).stdout.toString().trim();
  if (made === (await treeOf(tree, head))) return null;
  const oid = await writeCommit(tree, { ...commit, tree: made, parents: [head] });
  await swapBranch(tree, branch, oid, head);
  return oid;
}

/** Takes a linked work tree away, with what is not committed in it. Its branch stays. */
export async function removeWorkTree(repo: Repository, folder: string): Promise<void> {
  await repo.run(['worktree', 'remove', '--force', folder]);
}

/** Paths that differ between two commits, by name. */
export async function changedPaths(repo: Repository, from: string, to: string): Promise<string[]> {
  assertObjectId(from);
  assertObjectId(to);
  const { stdout } = await repo.run(['diff-tree', '-r', '--name-only', '--no-renames', '-z', from, to]);
  return stdout
    .toString()
    .split('\0')
    .filter((path) => path !== '')
    .sort((a, b) => (a < b ? -1 : 1));
}

/** What became of a merge. `files` are those that stand in the way. */
export type MergedIn =
  | { kind: 'merged'; commit: string; files: string[] }
  | { kind: 'nothing' }
  | { kind: 'dirty' | 'conflict'; files: string[] };

/**
 * Merges `branch` into what is checked out here, where nothing is changed or in progress and nothing conflicts; else it
 * changes nothing and says what stands in the way. The commit is made beside the work tree, which then only moves forward.
 */
export async function mergeIntoWorkTree(
  repo: Repository,
  merge: Pick<WorkCommit, 'branch' | 'message' | 'identity' | 'atMs'>,
): Promise<MergedIn> {
  assertSafeBranch(merge.branch);
  const head = await resolveCommit(repo, 'HEAD');
  const theirs = await resolveCommit(repo, `refs/heads/${merge.branch}`);
  if (head === null || theirs === null)
    throw new UserError({ what: `there is no branch ${merge.branch}, or no commit here yet`, where: repo.root });
  const dirty = await changedHere(repo);
  if (dirty.length > 0 || isBusy(repo)) return { kind: 'dirty', files: dirty };
  if (await isAncestor(repo, theirs, head)) return { kind: 'nothing' };
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', head, theirs];
  const tried = await repo.run(args, { allow: [1] });
  const [tree = '', ...files] = tried.stdout.toString().split('\0');
  if (tried.code === 1) return { kind: 'conflict', files: [...new Set(files.filter((file) => file !== ''))].sort() };
  const commit = await writeCommit(repo, { ...merge, tree, parents: [head, theirs] });
  await repo.run(['merge', '--ff-only', '--quiet', commit]);
  return { kind: 'merged', commit, files: await changedPaths(repo, head, commit) };
}

// Files that git does not know are in nobody's way: git refuses to write over one.
async function changedHere(repo: Repository): Promise<string[]> {
  const { stdout } = await repo.run(['status', '--porcelain=v1', '-z', '--untracked-files=no', '--no-renames']);
  const cells = stdout.toString().split('\0');
  return cells.filter((cell) => cell.length > 3).map((cell) => cell.slice(3));
}

interface CommitParts extends Pick<WorkCommit, 'message' | 'identity' | 'atMs'> {
  tree: string;
  parents: string[];
}

// The object itself rather than `git commit`, which takes names and dates from the environment and signs by setting.
async function writeCommit(repo: Repository, { tree, parents, message, identity, atMs }: CommitParts): Promise<string> {
  const who = signature(identity, atMs);
  const lines = [`tree ${tree}`, ...parents.map((oid) => `parent ${oid}`), `author ${who}`, `committer ${who}`];
  const written = await repo.run(['hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: `${lines.join('\n')}\n\n${tidyMessage(message)}`,
  });
  return written.stdout.toString().trim();
}

async function treeOf(repo: Repository, commit: string): Promise<string> {
  const { stdout } = await repo.run(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`]);
  return stdout.toString().trim();
}

function isBusy(repo: Repository): boolean {
  return ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply'].some((name) =>
    existsSync(join(repo.gitDir, name)),
  );
}
