// Merges a branch, in a person's checkout or beside it; never resolves a conflict and never leaves a merge half done that it began.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { safeForTerminal } from '../base/text.ts';
import { tidyMessage } from './fast-import.ts';
import { isAncestor } from './history.ts';
import { gitFailure } from './invoke.ts';
import { assertSafeBranch } from './paths.ts';
import { assertMovable, isUnborn, resolveCommit, swapBranch } from './refs.ts';
import type { Repository } from './repository.ts';
import { type Identity, signature } from './signature.ts';

/**
 * `git merge --no-ff` of `branch` into what is checked out: the person's own merge, with their identity, signature and
 * hooks. Where it can't be finished it is taken back and a UserError says why. Returns the commit that HEAD is at then.
 */
export async function mergeCheckedOut(repo: Repository, branch: string, message: string): Promise<string> {
  assertSafeBranch(branch);
  const inProgress = join(repo.gitDir, 'MERGE_HEAD');
  if (existsSync(inProgress)) {
    throw new UserError({
      what: 'A merge is in progress here.',
      where: repo.root,
      hint: 'Finish it with git commit, or git merge --abort.',
    });
  }
  // In a repository without commits a merge can only be a fast-forward.
  const how = (await isUnborn(repo)) ? ['--ff-only'] : ['--no-ff', '--no-edit', `--message=${tidyMessage(message)}`];
  const args = ['merge', '--no-squash', '--commit', ...how, `refs/heads/${branch}`];
  const result = await repo.run(args, { asUser: true, allow: FAILED });
  if (result.code !== 0) {
    if (!existsSync(inProgress)) throw gitFailure(repo.root, args, result);
    const files = await unmergedPaths(repo);
    await repo.run(['merge', '--abort']);
    if (files.length === 0) throw gitFailure(repo.root, args, result);
    throw conflict(branch, 'the checked-out branch', files);
  }
  const head = await resolveCommit(repo, 'HEAD');
  if (head === null) throw new Error('git merge succeeded and left no commit');
  return head;
}

export interface BesideMerge {
  /** Branch that takes the merge; must not be checked out. */
  target: string;
  /** Branch that is merged. */
  source: string;
  message: string;
  identity: Identity;
  atMs: number;
}

/**
 * Merges `source` into `target` without any checkout, signature or hook; the merge commit's time is `atMs`. Returns the
 * commit that `target` is at then: the old one where it already contained `source`. A conflict moves nothing and is a
 * UserError that names the files.
 */
export async function mergeBeside(repo: Repository, merge: BesideMerge): Promise<string> {
  await assertMovable(repo, merge.target);
  const target = await commitOf(repo, merge.target);
  const source = await commitOf(repo, merge.source);
  if (await isAncestor(repo, source, target)) return target;
  const tree = await mergedTree(repo, merge, target, source);
  const who = signature(merge.identity, merge.atMs);
  const header = `tree ${tree}\nparent ${target}\nparent ${source}\nauthor ${who}\ncommitter ${who}\n`;
  // The object itself rather than commit-tree, which takes names and dates from the environment and signs by setting.
  const written = await repo.run(['hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: `${header}\n${tidyMessage(merge.message)}`,
  });
  const commit = written.stdout.toString().trim();
  await swapBranch(repo, merge.target, commit, target);
  return commit;
}

/** Files on which a merge of the two commits would conflict, without merging anything. */
export async function conflictsOf(repo: Repository, target: string, source: string): Promise<string[]> {
  const { code, files } = await tryMerge(repo, target, source);
  return code === 1 ? files : [];
}

/** Name and mail address as git's settings have them, absent where they are not set. */
export async function userIdentity(repo: Repository): Promise<Partial<Identity>> {
  const { stdout } = await repo.run(['config', '-z', '--get-regexp', '^user\\.(name|email)$'], { allow: [1] });
  const identity: Partial<Identity> = {};
  for (const line of stdout.toString().split('\0')) {
    const [key, value = ''] = line.split('\n', 2);
    if (value !== '' && key === 'user.name') identity.name = value;
    if (value !== '' && key === 'user.email') identity.email = value;
  }
  return identity;
}

// git merge: 1 conflicts, 2 local changes in the way, 128 anything else.
const FAILED = [1, 2, 128];

async function mergedTree(repo: Repository, merge: BesideMerge, target: string, source: string): Promise<string> {
  const { code, tree, files } = await tryMerge(repo, target, source);
  if (code === 1) throw conflict(merge.source, merge.target, files);
  return tree;
}

async function tryMerge(
  repo: Repository,
  target: string,
  source: string,
): Promise<{ code: number; tree: string; files: string[] }> {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', target, source];
  const { code, stdout } = await repo.run(args, { allow: [1] });
  const cells = stdout.toString().split('\0');
  const [tree = '', ...files] = cells.filter((cell) => cell !== '');
  return { code, tree, files };
}

async function commitOf(repo: Repository, branch: string): Promise<string> {
  assertSafeBranch(branch);
  const commit = await resolveCommit(repo, `refs/heads/${branch}`);
  if (commit === null) throw new UserError({ what: `There is no branch ${branch}.`, where: repo.root });
  return commit;
}

async function unmergedPaths(repo: Repository): Promise<string[]> {
  const { stdout } = await repo.run(['diff', '--name-only', '--diff-filter=U', '-z']);
  return stdout
    .toString()
    .split('\0')
    .filter((path) => path !== '');
}

function conflict(source: string, target: string, files: readonly string[]): UserError {
  const names = [...new Set(files)].sort((a, b) => (a < b ? -1 : 1)).map(safeForTerminal);
  return new UserError({
    what: `${source} and ${target} changed the same lines; nothing was merged.`,
    where: names.join(', '),
    hint: `Merge by hand and settle these files: git merge ${source}`,
  });
}
