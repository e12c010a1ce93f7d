// An ordinary commit of a few paths in a person's checkout: their identity, their hooks; what else they have staged stays as it is.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { tidyMessage } from './fast-import.ts';
import { gitFailure } from './invoke.ts';
import { resolveCommit } from './refs.ts';
import type { Repository } from './repository.ts';

/** Throws a UserError while a merge, rebase or the like is going on, in which git makes no commit of single paths. */
export function refuseHalfDone(repo: Repository): void {
  const [, what, finish] = BUSY.find(([file]) => existsSync(join(repo.gitDir, file))) ?? [];
  if (what === undefined) return;
  throw new UserError({
    what: `A ${what} is in progress here.`,
    where: repo.root,
    hint: `Finish it first, or take it back: git ${finish} --abort`,
  });
}

/**
 * Commits what `paths` (from the top of the work tree) hold now, deleted files included, and nothing else. Returns the
 * commit. Where git refuses (a hook, no identity, a locked index) the index is as before and a UserError says why.
 */
export async function commitInCheckout(repo: Repository, paths: readonly string[], message: string): Promise<string> {
  refuseHalfDone(repo);
  const before = await resolveCommit(repo, 'HEAD');
  try {
    await repo.run(['add', '--', ...paths]);
  } catch (error) {
    await unstage(repo, paths);
    throw error;
  }
  // Our own commands take every path literally (see invoke.ts); one that is run as the person's must be told.
  const literal = paths.map((path) => `:(top,literal)${path}`);
  const args = ['commit', '--quiet', '--no-edit', `--message=${tidyMessage(message)}`, '--only', '--', ...literal];
  const result = await repo.run(args, { asUser: true, allow: [1, 128] });
  const head = await resolveCommit(repo, 'HEAD');
  // A post-commit hook may fail after the commit was made.
  if (head !== null && head !== before) return head;
  await unstage(repo, paths);
  throw gitFailure(repo.root, ['commit'], result.code === 0 ? { ...result, code: 1 } : result);
}

const BUSY = [
  ['MERGE_HEAD', 'merge', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick', 'cherry-pick'],
  ['REVERT_HEAD', 'revert', 'revert'],
  ['rebase-merge', 'rebase', 'rebase'],
  ['rebase-apply', 'rebase', 'rebase'],
] as const;

async function unstage(repo: Repository, paths: readonly string[]): Promise<void> {
  await repo.run(['reset', '--quiet', 'HEAD', '--', ...paths], { allow: [1, 128] });
}
