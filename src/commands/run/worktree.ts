// `agent run --worktree`: a fresh work tree on a branch of its own for one session, outside of the person's checkout, which stays untouched.
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { shortHash } from '../../base/hash.ts';
import { clip, count } from '../../base/text.ts';
import { type LeftOver, leftOver, removeIfEmpty } from '../../git/left-over.ts';
import { addWorkTree } from '../../git/linked-work-tree.ts';
import { assertSafeBranch } from '../../git/paths.ts';
import { dirtyPaths } from '../../git/read.ts';
import { resolveCommit } from '../../git/refs.ts';
import { openRepository, type Repository } from '../../git/repository.ts';
import { shellWord } from '../../host/shell-line.ts';
import type { RunReport } from '../../stages/run.ts';
import { readHeader } from '../../store/transcript-read.ts';
import { worktreesFolder } from '../../world.ts';
import type { CommandContext } from '../context.ts';

/** A work tree that was made for a run. */
export interface Worktree {
  /** Where the agent works: the place in it that the person's own folder has in their checkout. */
  folder: string;
  /** Takes it away again where the run never began. */
  discard(): Promise<void>;
}

const SHOWN = 20;

/**
 * Makes a work tree at the commit that is checked out in `folder`. `name` is the branch; without one it is `agent/<six characters>`.
 * Throws UserError where `folder` is in no repository with a commit, or the branch exists.
 */
export async function openWorktree(
  { world, emit }: CommandContext,
  folder: string,
  name: string | undefined,
): Promise<Worktree> {
  const repo = await openRepository(folder);
  const commit = repo === null || repo.bare ? null : await resolveCommit(repo, 'HEAD');
  if (repo === null || commit === null)
    throw new UserError({
      what: 'a worktree needs a git repository with a commit',
      where: folder,
      hint: 'run without --worktree, or commit something first',
    });
  const branch = name ?? `agent/${shortHash(world.random(), 6)}`;
  assertSafeBranch(branch);
  if ((await resolveCommit(repo, `refs/heads/${branch}`)) !== null)
    throw new UserError({
      what: `the branch ${branch} exists already`,
      hint: 'name another: --worktree=<name>; or go on with its session: agent run --resume <session>',
    });
  const place = placeFor(repo, worktreesFolder(world), branch);
  const tree = await addWorkTree(repo, { folder: place, branch, commit });
  const left = await dirtyPaths(repo, '');
  if (left.length > 0) {
    const text = `the worktree begins at the last commit; what is not committed here is not in it (${count(left.length, 'file')})`;
    emit({ type: 'warning', stage: 'run', text });
  }
  const below = join(tree.root, relative(repo.root, folder));
  return {
    folder: existsSync(below) ? below : tree.root,
    discard: async () => {
      try {
        if (await removeIfEmpty(tree)) return;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
      emit({ type: 'warning', stage: 'run', text: 'the worktree could not be removed again', where: tree.root });
    },
  };
}

/**
 * Says what a session left in its worktree, with the commands to take it over or throw it away; takes one away in which
 * nothing was changed and nothing is left to do. Does nothing for sessions that worked elsewhere.
 */
export async function closeWorktree(context: CommandContext, report: RunReport): Promise<void> {
  const { world, print, emit } = context;
  const header = readHeader(report.path);
  const all = worktreesFolder(world);
  if (header?.cwd === undefined || !existsSync(header.cwd) || !existsSync(all)) return;
  const inside = relative(realpathSync(all), header.cwd);
  if (inside.startsWith('..') || inside === '') return;
  try {
    for (const line of await closing(header.cwd, report)) print.next(print.outside(line));
  } catch (error) {
    // The session is over and told; what git has to say about its place is no reason to call it failed.
    if (!(error instanceof UserError)) throw error;
    emit({ type: 'warning', stage: 'run', text: `the worktree stays: ${error.message}`, where: header.cwd });
  }
}

/** Throws UserError where the folder that a session worked in is gone. */
export function assertFolderThere(folder: string, session: string): void {
  if (existsSync(folder)) return;
  throw new UserError({
    what: 'the folder that this session worked in is gone',
    where: folder,
    hint: `go on elsewhere: agent run --resume ${session} --workspace <folder>`,
  });
}

async function closing(folder: string, { stop_reason, never_started }: RunReport): Promise<string[]> {
  const tree = await openRepository(folder);
  if (tree === null) return [];
  const over = stop_reason === 'end_turn' || never_started;
  if (over && (await removeIfEmpty(tree))) return ['worktree: nothing was changed, so it was removed'];
  return linesOf(tree, await leftOver(tree));
}

// One folder for each repository, by the place of what all its work trees share.
function placeFor(repo: Repository, folder: string, branch: string): string {
  const own = basename(repo.commonDir) === '.git' ? dirname(repo.commonDir) : repo.commonDir;
  const plain = (text: string) =>
    clip(text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, ''), 60).replace(/…$/, '');
  const all = join(folder, `${plain(basename(own))}-${shortHash(repo.commonDir, 6)}`);
  if (!relative(repo.root, all).startsWith('..'))
    throw new UserError({
      what: 'worktrees would lie inside of this checkout',
      where: all,
      hint: 'set XDG_DATA_HOME to a folder outside of it',
    });
  mkdirSync(all, { recursive: true });
  const wanted = join(all, plain(branch));
  return existsSync(wanted) ? `${wanted}-${shortHash(branch, 6)}` : wanted;
}

function linesOf(tree: Repository, { branch, uncommitted, commits, main: first }: LeftOver): string[] {
  const [at, main] = [shellWord(tree.root), shellWord(first)];
  const name = branch === null ? [] : [shellWord(branch)];
  const files = uncommitted.length === 0 ? 'nothing that is not committed' : `not committed: ${listed(uncommitted)}`;
  const keep = [
    ...(uncommitted.length > 0 ? [`git -C ${at} add -A && git -C ${at} commit`] : []),
    ...name.map((each) => `git -C ${main} merge ${each}`),
  ];
  const drop = [
    `git -C ${main} worktree remove --force ${at}`,
    ...name.map((each) => `git -C ${main} branch -D ${each}`),
  ];
  return [
    `worktree: ${tree.root}${branch === null ? '' : ` on branch ${branch}`}`,
    `  ${count(commits, 'commit')} of its own; ${files}`,
    ...(commits + uncommitted.length === 0
      ? []
      : keep.map((line, i) => `${i === 0 ? '  keep it:  ' : '            '}${line}`)),
    ...drop.map((line, i) => `${i === 0 ? '  drop it:  ' : '            '}${line}`),
  ];
}

function listed(paths: readonly string[]): string {
  return `${paths.slice(0, SHOWN).join(', ')}${paths.length > SHOWN ? `, and ${paths.length - SHOWN} more` : ''}`;
}
