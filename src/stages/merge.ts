// Merge: a reviewed branch becomes part of the memory branch; in the checkout only where that branch is checked out and clean.
import { mergeBeside, mergeCheckedOut } from '../git/merge.ts';
import { refuseChanges } from '../git/read.ts';
import { currentBranch, deleteBranch, resolveCommit } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { mergeMessage } from '../learning/commit-message.ts';
import type { ReviewBranch } from '../learning/review-branch.ts';

export interface MergeRequest {
  repo: Repository;
  prefix: string;
  memoryBranch: string;
  state: ReviewBranch;
  who: { name: string; email: string };
  now: () => Date;
  /** Why it is merged although nothing proves it, where settings demand proof; kept in the commit. */
  unproven?: string;
  /** Delete the review branch once it is in force. */
  deleteBranch: boolean;
}

export interface MergeReport {
  branch: string;
  dream: string;
  into: string;
  commit: string;
  /** `checkout`: an ordinary merge in the work tree. `beside`: built without touching it. */
  way: 'checkout' | 'beside';
  entries: string[];
  /** Lessons that nobody accepted or turned down before the merge. */
  undecided: string[];
}

/** Merges; throws UserError, with nothing moved, where the checkout is dirty below `.agentmem/` or the two sides conflict. */
export async function merge(request: MergeRequest): Promise<MergeReport> {
  const { repo, prefix, state, memoryBranch } = request;
  const message = mergeMessage(
    state.dream,
    state.entries.filter((e) => e.verdict !== 'rejected'),
    request.unproven,
  );
  const checkedOut = (await currentBranch(repo)) === memoryBranch;
  if (checkedOut) {
    await refuseChanges(repo, prefix);
    await mergeCheckedOut(repo, state.branch, message);
  } else {
    await mergeBeside(repo, {
      target: memoryBranch,
      source: state.branch,
      message,
      identity: request.who,
      atMs: request.now().getTime(),
    });
  }
  const commit = (await resolveCommit(repo, `refs/heads/${memoryBranch}`)) ?? '';
  if (request.deleteBranch) await deleteBranch(repo, state.branch, state.head);
  return {
    branch: state.branch,
    dream: state.dream,
    into: memoryBranch,
    commit,
    way: checkedOut ? 'checkout' : 'beside',
    entries: state.entries.filter((e) => e.verdict !== 'rejected').map((e) => e.entry),
    undecided: state.entries.filter((e) => e.verdict === 'pending').map((e) => e.entry),
  };
}
