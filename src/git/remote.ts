// Fetches from and pushes to a server as the person's own git would; never asks a question, never overwrites what somebody else put there.
import { UserError } from '../base/errors.ts';
import { isAncestor } from './history.ts';
import type { GitResult, RunOptions } from './invoke.ts';
import { type Environment, networkEnvironment } from './network.ts';
import { assertObjectId, assertSafeBranch } from './paths.ts';
import { type Branch, resolveCommit } from './refs.ts';
import { rejection, unreachable } from './remote-failure.ts';
import type { Repository } from './repository.ts';

export interface Remote {
  name: string;
  /** Where git goes, and the URL as it is set (they differ where `url.*.insteadOf` rewrites it). May carry a password. */
  urls: string[];
}

/** What became of a branch on the server. `current`: it was there already, commit for commit. */
export type PushResult = 'created' | 'updated' | 'replaced' | 'current';

/** The remote that is meant: the one named, else the memory branch's upstream, else `origin`, else the only one. */
export async function pickRemote(repo: Repository, memoryBranch: string, wanted?: string): Promise<Remote> {
  const names = await remoteNames(repo);
  const upstream = await setting(repo, `branch.${memoryBranch}.remote`);
  const guesses = wanted !== undefined ? [wanted] : [upstream, 'origin', names.length === 1 ? names[0] : undefined];
  const name = guesses.find((guess) => guess !== undefined && names.includes(guess));
  if (name === undefined) throw noRemote(names, wanted);
  const { stdout } = await repo.run(['remote', 'get-url', name]);
  const urls = [stdout.toString().trim(), (await setting(repo, `remote.${name}.url`)) ?? ''];
  return { name, urls: [...new Set(urls)].filter(Boolean) };
}

/**
 * Brings the memory branch and the review branches of a server in as `refs/remotes/<remote>/…` and forgets those review
 * branches that are gone there. Returns what the server holds. No local branch moves.
 */
export async function fetchRemote(
  repo: Repository,
  remote: Remote,
  branches: { memory: string; prefix: string },
  env: Environment,
): Promise<{ memory: string | null; review: Branch[] }> {
  assertSafeBranch(branches.memory);
  const network = await networkFor(repo, env);
  const heads = await serverBranches(repo, remote, [branches.memory, `${branches.prefix}*`], network);
  const memory = heads.find((b) => b.name === branches.memory)?.commit ?? null;
  const spec = (name: string) => `+refs/heads/${name}:refs/remotes/${remote.name}/${name}`;
  const specs = [...(memory === null ? [] : [spec(branches.memory)]), spec(`${branches.prefix}*`)];
  const flags = ['--quiet', '--prune', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--refmap='];
  await talk(repo, remote, ['fetch', ...flags, remote.name, ...specs], network);
  return { memory, review: heads.filter((b) => b.name.startsWith(branches.prefix)) };
}

/**
 * Puts a local branch on the server under the same name, by compare-and-swap against what was just seen there. It is
 * created, moved forward, or replaced where the server still holds `ours`, a commit that this machine put there before.
 * Anything else there is somebody's work: then nothing changes and a UserError says so.
 */
export async function pushBranch(
  repo: Repository,
  remote: Remote,
  push: { branch: string; commit: string; ours?: string },
  env: Environment,
): Promise<PushResult> {
  const { branch, commit } = push;
  assertSafeBranch(branch);
  assertObjectId(commit);
  const network = await networkFor(repo, env);
  const heads = await serverBranches(repo, remote, [branch], network);
  const there = heads.find((b) => b.name === branch)?.commit ?? null;
  if (there === commit) return 'current';
  const ahead = there !== null && (await isForward(repo, there, commit));
  if (there !== null && !ahead && there !== push.ours) throw rejection(remote, branch, 'non-fast-forward');
  const lease = `--force-with-lease=refs/heads/${branch}:${there ?? ''}`;
  const flags = ['--porcelain', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no', lease];
  const args = ['push', ...flags, remote.name, `${commit}:refs/heads/${branch}`];
  const result = await repo.run(args, { network, allow: FAILED });
  if (result.code !== 0) throw pushFailure(repo, remote, branch, result);
  await remember(repo, remote, branch, commit);
  return there === null ? 'created' : ahead ? 'updated' : 'replaced';
}

/** Branches whose name begins with `prefix`, as the last fetch saw them on any server; by branch, then by remote. */
export async function remoteTracking(
  repo: Repository,
  prefix: string,
): Promise<{ remote: string; branch: string; commit: string }[]> {
  const remotes = await remoteNames(repo);
  const { stdout } = await repo.run(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/remotes/']);
  const found = stdout
    .toString()
    .split('\n')
    .flatMap((line) => {
      const [, commit = '', path = ''] = /^(\S+) refs\/remotes\/(.*)$/.exec(line) ?? [];
      const remote = remotes.find((name) => path.startsWith(`${name}/${prefix}`));
      return remote === undefined ? [] : [{ remote, branch: path.slice(remote.length + 1), commit }];
    });
  const key = (b: { remote: string; branch: string }) => `${b.branch}\0${b.remote}`;
  return found.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

// Exit codes of git push and fetch: 1 something was refused, 128 it could not be done at all.
const FAILED = [1, 128];

async function networkFor(repo: Repository, env: Environment): Promise<Record<string, string>> {
  return networkEnvironment(env, await setting(repo, 'core.sshCommand'));
}

async function serverBranches(
  repo: Repository,
  remote: Remote,
  names: readonly string[],
  network: Record<string, string>,
): Promise<Branch[]> {
  const args = ['ls-remote', '--quiet', '--refs', remote.name, ...names.map((name) => `refs/heads/${name}`)];
  const { stdout } = await talk(repo, remote, args, network);
  const branches = stdout
    .toString()
    .split('\n')
    .flatMap((line) => {
      const [, commit = '', name = ''] = /^([0-9a-f]+)\trefs\/heads\/(.*)$/.exec(line) ?? [];
      return name === '' ? [] : [{ name, commit }];
    });
  return branches.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function talk(
  repo: Repository,
  remote: Remote,
  args: readonly string[],
  network: NonNullable<RunOptions['network']>,
): Promise<GitResult> {
  const result = await repo.run(args, { network, allow: FAILED });
  if (result.code !== 0) throw unreachable(repo.root, remote, args, result);
  return result;
}

// The server's commit may not be here at all; then it can't be known to be older than ours.
async function isForward(repo: Repository, there: string, commit: string): Promise<boolean> {
  return (await resolveCommit(repo, there)) !== null && isAncestor(repo, there, commit);
}

function pushFailure(repo: Repository, remote: Remote, branch: string, result: GitResult): UserError {
  const refused = /^!\t\S+\t\[(?:remote )?rejected\] \((.*)\)$/m.exec(result.stdout.toString())?.[1];
  if (refused === undefined) return unreachable(repo.root, remote, ['push'], result);
  return rejection(remote, branch, refused, result.stderr);
}

// A push under a bare commit id does not move the remote-tracking branch by itself on every git.
async function remember(repo: Repository, remote: Remote, branch: string, commit: string): Promise<void> {
  const input = `update refs/remotes/${remote.name}/${branch} ${commit}\n`;
  await repo.run(['update-ref', '--stdin', '-m', 'agentmem push'], { input, allow: FAILED });
}

async function remoteNames(repo: Repository): Promise<string[]> {
  return (await repo.run(['remote'])).stdout.toString().split('\n').filter(Boolean);
}

async function setting(repo: Repository, key: string): Promise<string | undefined> {
  const { stdout } = await repo.run(['config', '--get', key], { allow: [1] });
  return stdout.toString().replace(/\n$/, '') || undefined;
}

function noRemote(names: readonly string[], wanted: string | undefined): UserError {
  if (names.length === 0) {
    return new UserError({
      what: 'this repository has no remote, so there is no server to talk to',
      hint: 'git remote add origin <url>',
    });
  }
  return new UserError({
    what: wanted === undefined ? 'this repository has several remotes, and none is origin' : `no remote ${wanted}`,
    hint: `name one of: ${names.join(', ')}`,
  });
}
