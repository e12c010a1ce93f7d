// What a session's header says of the repository it works in: which one, which commit and branch, clean or not; changes nothing.
import { basename, dirname } from 'node:path';
import { dirtyPaths } from './read.ts';
import { currentBranch, resolveCommit } from './refs.ts';
import type { Repository } from './repository.ts';

export interface WorkTree {
  /** The repository's own folder, which all its worktrees share. */
  project: string;
  git: { head?: string; branch?: string; dirty: boolean };
}

/** The state of a work tree now. */
export async function describeWorkTree(repo: Repository): Promise<WorkTree> {
  const [head, branch, dirty] = await Promise.all([
    resolveCommit(repo, 'HEAD'),
    currentBranch(repo),
    dirtyPaths(repo, ''),
  ]);
  return {
    project: projectOf(repo),
    git: { ...(head !== null && { head }), ...(branch !== null && { branch }), dirty: dirty.length > 0 },
  };
}

/** What all worktrees of a repository share: its own folder. */
export function projectOf(repo: Repository): string {
  return basename(repo.commonDir) === '.git' ? dirname(repo.commonDir) : repo.root;
}
