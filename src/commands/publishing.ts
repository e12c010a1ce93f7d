// `--push` and `--pr`, as `dream` and `sync` share them: what is published, and how that is told; decides nothing about lessons.
import { UserError } from '../base/errors.ts';
import { fetchRemote, pickRemote, type Remote } from '../git/remote.ts';
import { BRANCH_PREFIX } from '../learning/review-branch.ts';
import { hasFailed, type Published, publish } from '../stages/publish.ts';
import { memoryCommit, type Workspace } from '../workspace.ts';
import type { CommandContext } from './context.ts';

export interface PublishFlags {
  /** True: the usual remote. */
  push?: boolean | string;
  pr?: boolean;
}

/** The remote that the flags ask for; undefined where nothing is to be published. `--pr` alone pushes too. */
export async function remoteFor({ repo, settings }: Workspace, flags: PublishFlags): Promise<Remote | undefined> {
  if (flags.push === undefined && !flags.pr) return undefined;
  return pickRemote(repo, settings.memory.branch, typeof flags.push === 'string' ? flags.push : undefined);
}

/** Looks at what others have put on the server, so that a dream does not propose it again; a failure is only a warning. */
export async function lookAtServer(
  { emit, world }: CommandContext,
  { repo, settings }: Workspace,
  remote: Remote,
): Promise<void> {
  try {
    await fetchRemote(repo, remote, { memory: settings.memory.branch, prefix: BRANCH_PREFIX }, world.env);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    emit({ type: 'warning', stage: 'publish', text: `going on without the server: ${error.message}` });
  }
}

/** Pushes local review branches, opening pull requests where asked. */
export async function publishBranches(
  { emit, world }: CommandContext,
  workspace: Workspace,
  remote: Remote,
  branches: readonly string[],
  pullRequest: boolean,
): Promise<Published[]> {
  const { layout, repo, prefix, settings } = workspace;
  return publish({
    layout,
    repo,
    prefix,
    memoryBranch: settings.memory.branch,
    memoryCommit: await memoryCommit(workspace),
    remote,
    branches: [...new Set(branches)],
    pullRequest,
    env: world.env,
    emit,
  });
}

/** Says what was published; failures go to stderr, where cron mails them from. Returns the exit code. */
export function tellPublished({ print, emit }: CommandContext, published: readonly Published[], json: boolean): number {
  for (const { branch, remote, result, reason, hint, pull_request: pr } of published) {
    if (result === 'failed') {
      const text = `${branch} was not pushed: ${reason ?? ''}${hint === undefined ? '' : ` (${hint})`}`;
      emit({
        type: 'warning',
        stage: 'publish',
        text,
        where: `it is safe here; try again: agent sync ${remote} --push`,
      });
      continue;
    }
    if (!json) print.line(`${print.paint.bold(branch)} on ${remote}: ${RESULTS[result]}`);
    if (pr?.result === 'failed') {
      const byHand = pr.url === undefined ? '' : `; by hand: ${pr.url}`;
      emit({ type: 'warning', stage: 'publish', text: `no pull request: ${pr.reason ?? ''}${byHand}` });
    } else if (pr !== undefined && !json) {
      print.line(`  pull request ${pr.result}: ${print.outside(pr.url ?? pr.reason ?? '')}`);
    }
  }
  return published.some(hasFailed) ? 1 : 0;
}

const RESULTS = {
  created: 'pushed',
  updated: 'brought up to date',
  replaced: 'replaced by the branch as it was rebuilt here',
  current: 'was there already',
};
