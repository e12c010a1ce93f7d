// What was left in a linked work tree, and taking one away that holds nothing: no change, and no commit that is only there; never forces anything.
import { UserError } from '../base/errors.ts';
import { dirtyPaths } from './read.ts';
import { currentBranch, deleteBranch, resolveCommit } from './refs.ts';
import { openRepository, type Repository } from './repository.ts';

/** What lies in a linked work tree and nowhere else. */
export interface LeftOver {
  /** The branch that it is on; null where HEAD is detached. */
  branch: string | null;
  /** Paths with changes that are not committed, new files included and ignored ones not. */
  uncommitted: string[];
  /** Commits of it that no other branch, tag or checkout of the repository has. */
  commits: number;
  /** Folder of the repository's first checkout, or of the repository itself where it is bare. */
  main: string;
}

/** Looks at the work tree now. */
export async function leftOver(tree: Repository): Promise<LeftOver> {
  const branch = await currentBranch(tree);
  const uncommitted = await dirtyPaths(tree, '');
  const [first, ...more] = await checkouts(tree);
  const main = first?.folder ?? tree.root;
  const tip = await resolveCommit(tree, 'HEAD');
  if (tip === null) return { branch, uncommitted, commits: 0, main };
  const heads = [first, ...more].flatMap((each) =>
    each?.head === undefined || each.folder === tree.root ? [] : [each.head],
  );
  const others = [...(branch === null ? [] : [`--exclude=${branch}`]), '--branches', '--remotes', '--tags', ...heads];
  const { stdout } = await tree.run(['rev-list', '--count', tip, '--not', ...others]);
  return { branch, uncommitted, commits: Number(stdout.toString().trim()), main };
}

/**
 * Takes a linked work tree and its branch away if nothing lies only there; false, and nothing changed, where something does.
 * Ignored files go with it. Throws UserError where git refuses.
 */
export async function removeIfEmpty(tree: Repository): Promise<boolean> {
  const { branch, uncommitted, commits, main } = await leftOver(tree);
  if (uncommitted.length > 0 || commits > 0) return false;
  const repo = await openRepository(main);
  if (repo === null || main === tree.root) return false;
  const tip = await resolveCommit(tree, 'HEAD');
  // Without --force git looks once more itself, and refuses where something was changed meanwhile.
  await repo.run(['worktree', 'remove', tree.root]);
  if (branch !== null && tip !== null) await deleteBranch(repo, branch, tip);
  return true;
}

interface Checkout {
  folder: string;
  /** Absent where the repository is bare, or there is no commit yet. */
  head?: string;
}

async function checkouts(tree: Repository): Promise<Checkout[]> {
  const { stdout } = await tree.run(['worktree', 'list', '--porcelain', '-z']);
  const found: Checkout[] = [];
  for (const line of stdout.toString().split('\0')) {
    const folder = /^worktree (.*)$/s.exec(line)?.[1];
    const head = /^HEAD ([0-9a-f]+)$/.exec(line)?.[1];
    const last = found.at(-1);
    if (folder !== undefined) found.push({ folder });
    else if (head !== undefined && last !== undefined && !/^0+$/.test(head)) last.head = head;
  }
  if (found.length === 0) throw new UserError({ what: 'git lists no checkout of this repository', where: tree.root });
  return found;
}
