// What `init` and the demo need of git: which branch is meant to be in force, what is ignored, and a first commit.

import { currentBranch, listBranches } from './refs.ts';
import type { Repository } from './repository.ts';

/** The branch that a new memory should be read from: the remote's default branch, else main or master, else what is checked out. */
export async function memoryBranchOf(repo: Repository): Promise<string> {
  const remote = await repo.run(['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'], { allow: [1] });
  const named = /^refs\/remotes\/origin\/(.+)\n$/.exec(remote.stdout.toString())?.[1];
  const branches = (await listBranches(repo, '')).map((b) => b.name);
  const candidates = [named, 'main', 'master'].filter((name) => name !== undefined && branches.includes(name));
  return candidates[0] ?? (await currentBranch(repo)) ?? branches[0] ?? 'main';
}

/** True if the file, or one below the folder, is untracked and the repository's ignore rules keep it so. */
export async function isIgnored(repo: Repository, path: string): Promise<boolean> {
  const { stdout } = await repo.run(['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--', path]);
  return stdout.length > 0;
}

/** True if git's index holds anything at or below the path. */
export async function isTracked(repo: Repository, path: string): Promise<boolean> {
  const { stdout } = await repo.run(['ls-files', '-z', '--', path]);
  return stdout.length > 0;
}

/** Commits `paths` of the work tree under the given identity, without hooks; for repositories that we made ourselves. */
export async function commitPaths(
  repo: Repository,
  paths: readonly string[],
  message: string,
  who: { name: string; email: string },
): Promise<void> {
  await repo.run(['add', '--', ...paths]);
  await repo.run([
    '-c',
    `user.name=${who.name}`,
    '-c',
    `user.email=${who.email}`,
    '-c',
    'commit.gpgsign=false',
    'commit',
    '--quiet',
    '--no-verify',
    '-m',
    message,
  ]);
}

/** Gives a repository that we made ourselves an identity to commit by, where the person has none; nothing outside of it is changed. */
export async function nameCommitter(repo: Repository, who: { name: string; email: string }): Promise<void> {
  await repo.run(['config', '--local', 'user.name', who.name]);
  await repo.run(['config', '--local', 'user.email', who.email]);
}
