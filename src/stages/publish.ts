// Publishes review branches: pushes each to a server and, where asked, opens or updates its pull request; never overwrites work of others.
import { UserError } from '../base/errors.ts';
import type { Emit } from '../domain/emit.ts';
import { compareUrl, webAddressOf } from '../domain/web-address.ts';
import { resolveCommit } from '../git/refs.ts';
import { type PushResult, pushBranch, type Remote } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { openPullRequest, type PullRequestOutcome } from '../host/forge.ts';
import { pullRequestBody, pullRequestTitle, updatedBody } from '../learning/pull-request.ts';
import { readReviewBranch, waitingBranches } from '../learning/review-branch.ts';
import { readDreamLog } from '../store/dream-log.ts';
import type { Layout } from '../store/layout.ts';
import { readRemoteNotes, remoteNote, writeRemoteNotes } from '../store/remote-branches.ts';

export interface PublishRequest {
  layout: Layout;
  repo: Repository;
  prefix: string;
  memoryBranch: string;
  memoryCommit: string;
  remote: Remote;
  /** Names of local review branches. */
  branches: readonly string[];
  pullRequest: boolean;
  env: NodeJS.ProcessEnv;
  emit: Emit;
}

/** What became of one branch. `reason` and `hint` say why where the result is `failed`. */
export interface Published {
  branch: string;
  remote: string;
  result: PushResult | 'failed';
  reason?: string;
  hint?: string;
  pull_request?: PublishedPullRequest;
}

/** `by hand`: nothing here can open it; `url` is the page where a person can, if the server has one. */
export interface PublishedPullRequest {
  result: 'opened' | 'updated' | 'unchanged' | 'closed' | 'by hand' | 'failed';
  url?: string;
  reason?: string;
}

/**
 * Publishes branch by branch, those that still wait. One that fails stays wanted, so that the next `dream --push` or
 * `sync --push` tries again.
 */
export async function publish(request: PublishRequest): Promise<Published[]> {
  if (request.branches.length === 0) return [];
  const { layout, repo, prefix, memoryCommit, remote } = request;
  const waiting = new Set((await waitingBranches(repo, prefix, memoryCommit)).map((b) => b.name));
  const settled = request.branches.filter((branch) => !waiting.has(branch));
  if (settled.length > 0)
    writeRemoteNotes(
      layout,
      settled.map((branch) => ({ remote: remote.name, branch })),
    );
  const published: Published[] = [];
  for (const branch of request.branches.filter((b) => waiting.has(b)))
    published.push(await publishOne(request, branch));
  return published;
}

/** Review branches that an earlier run was asked to push to `remote` and could not. */
export function stillWanted(layout: Layout, remote: string): string[] {
  return readRemoteNotes(layout)
    .filter((n) => n.remote === remote && n.wanted === true && n.dropped !== true)
    .map((n) => n.branch);
}

/** True where a person has to look at it: the exit code says so. */
export function hasFailed({ result, pull_request }: Published): boolean {
  return result === 'failed' || pull_request?.result === 'failed';
}

async function publishOne(request: PublishRequest, branch: string): Promise<Published> {
  const { layout, repo, remote, emit } = request;
  const note = remoteNote(readRemoteNotes(layout), remote.name, branch);
  // Written before the push, so that a run that is killed in between is made up for.
  writeRemoteNotes(layout, [{ ...note, wanted: true }]);
  emit({ type: 'note', stage: 'publish', text: `pushing ${branch} to ${remote.name}` });
  try {
    const commit = await resolveCommit(repo, `refs/heads/${branch}`);
    if (commit === null) throw new UserError({ what: `the branch ${branch} was deleted meanwhile` });
    const ours = note.ours === undefined ? {} : { ours: note.ours };
    const result = await pushBranch(repo, remote, { branch, commit, ...ours }, request.env);
    writeRemoteNotes(layout, [{ remote: remote.name, branch, seen: commit, ours: commit }]);
    const opened = request.pullRequest ? { pull_request: await openFor(request, branch) } : {};
    return { branch, remote: remote.name, result, ...opened };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, hint } = error.problem;
    return { branch, remote: remote.name, result: 'failed', reason: what, ...(hint !== undefined && { hint }) };
  }
}

async function openFor(request: PublishRequest, branch: string): Promise<PublishedPullRequest> {
  const { layout, repo, prefix, memoryBranch, memoryCommit, remote, env } = request;
  const address = remote.urls.map(webAddressOf).find((found) => found !== null);
  if (address === undefined || address === null)
    return { result: 'by hand', reason: 'the remote is a folder and has no web page' };
  const state = await readReviewBranch(repo, prefix, memoryCommit, branch);
  const body = pullRequestBody(state, costOf(layout, state.dream));
  const outcome = await openPullRequest({
    address,
    branch,
    base: memoryBranch,
    title: pullRequestTitle(state),
    body,
    update: (existing) => updatedBody(existing, body),
    env,
    cwd: repo.root,
  });
  return shown(outcome, compareUrl(address, branch, memoryBranch));
}

function shown(outcome: PullRequestOutcome, byHand: string): PublishedPullRequest {
  if (outcome.result === 'none') return { result: 'by hand', url: byHand };
  if (outcome.result === 'failed')
    return { result: 'failed', url: byHand, reason: `${outcome.via}: ${outcome.reason}` };
  return { result: outcome.result, url: outcome.url };
}

// Known only on the machine that dreamt; elsewhere the body does not speak of it.
function costOf(layout: Layout, dream: string): number | undefined {
  return readDreamLog(layout).findLast((r) => r.dream === dream && r.status === 'completed')?.usd;
}
