// A thread's own git work tree and branch: what it leaves is committed after each delegation; the branch stays where it holds anything.
import { mkdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { oneByOne } from '../../base/one-by-one.ts';
import { clip, count, oneLine } from '../../base/text.ts';
import { isAncestor } from '../../git/history.ts';
import { addWorkTree, changedPaths, commitWorkTree, removeWorkTree } from '../../git/linked-work-tree.ts';
import { dirtyPaths } from '../../git/read.ts';
import { resolveCommit, swapBranch } from '../../git/refs.ts';
import { openRepository, type Repository } from '../../git/repository.ts';
import type { GroundOrder, TeamGround } from './ground.ts';

/** Opens the work tree at `place`, or makes it on a branch `agent/<session>/<thread>`. */
export async function openWorkTree(order: GroundOrder, place: string): Promise<TeamGround> {
  const { from, session, thread, identity, now, before } = order;
  const repo = await openRepository(from);
  const head = repo === null || repo.bare ? null : await resolveCommit(repo, 'HEAD');
  if (repo === null || head === null)
    throw new UserError({
      what: `${thread} works in a git work tree (workspace: worktree), and there is no repository with a commit here`,
      where: from,
      hint: 'workspace: copy in its file, or a first commit',
    });
  const branch = `agent/${session}/${thread}`;
  const tree = await treeAt(repo, { folder: place, branch, commit: head });
  // A session that grew from another one has the other's threads, and branches of its own.
  const known = before?.branch === branch ? before.base : undefined;
  const base = known ?? head;
  const unseen = known === undefined ? (await dirtyPaths(repo, '')).length : 0;
  const commit = (title: string) =>
    commitWorkTree(tree, {
      branch,
      message: `${clip(oneLine(title), 72) || 'Work'}\n\nLeft by ${thread} in session ${session}.`,
      identity,
      atMs: now().getTime(),
    });
  return {
    kind: 'worktree',
    folder: realpathSync(join(tree.root, relative(repo.root, from))),
    branch,
    base,
    note: noteOf(branch, unseen),
    settle: async (title) => {
      const notes = await tried(async () => void (await commit(title)));
      const tip = await resolveCommit(repo, `refs/heads/${branch}`);
      const changed = tip === null ? [] : (await changedPaths(repo, base, tip)).map((path) => below(repo, from, path));
      return { changed, notes };
    },
    close: async () => {
      const left = await tried(async () => {
        await commit('What was left at the end');
        await removeWorkTree(repo, tree.root);
        await forgetEmpty(repo, branch, base);
      });
      return [...left.map((text) => `${text} (${tree.root}, branch ${branch})`), ...(await unmerged(repo, branch))];
    },
  };
}

// Work trees are made one after another: git keeps the list of them in one place.
const inTurn = oneByOne();

async function treeAt(
  repo: Repository,
  order: { folder: string; branch: string; commit: string },
): Promise<Repository> {
  const there = await openRepository(order.folder);
  if (there !== null && there.commonDir === repo.commonDir && there.gitDir !== repo.gitDir) return there;
  mkdirSync(join(order.folder, '..'), { recursive: true, mode: 0o700 });
  return await inTurn(() => addWorkTree(repo, order));
}

function noteOf(branch: string, unseen: number): string {
  const missing =
    unseen === 0 ? '' : ` ${count(unseen, 'file')} that are changed and not committed in the original are not in it.`;
  return (
    `You work in a git work tree of your own on the branch ${branch}; what you leave is committed for you when you answer.` +
    missing
  );
}

// A path of the repository as the folder sees it that was delegated from.
function below(repo: Repository, from: string, path: string): string {
  const prefix = relative(repo.root, from).split(sep).join('/');
  return prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : path;
}

async function forgetEmpty(repo: Repository, branch: string, base: string): Promise<void> {
  if ((await resolveCommit(repo, `refs/heads/${branch}`)) === base) await swapBranch(repo, branch, null, base);
}

async function unmerged(repo: Repository, branch: string): Promise<string[]> {
  const [tip, head] = [await resolveCommit(repo, `refs/heads/${branch}`), await resolveCommit(repo, 'HEAD')];
  if (tip === null || head === null || (await isAncestor(repo, tip, head))) return [];
  return [`nobody has merged ${branch} yet: git merge ${branch}`];
}

async function tried(work: () => Promise<void>): Promise<string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, hint } = error.problem;
    return [oneLine(hint === undefined ? what : `${what} ${hint}`)];
  }
}
