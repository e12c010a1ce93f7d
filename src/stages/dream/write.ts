// What a dream writes: its review branch, in one go; never a branch that is there already, never the checkout.
import { UserError } from '../../base/errors.ts';
import { buildCommits } from '../../git/fast-import.ts';
import { resolveCommit } from '../../git/refs.ts';
import { type BranchPlan, planCommits } from '../../learning/commit-plan.ts';
import type { DreamRequest } from './contract.ts';

/** The new branch's head, and the commit of each change in their order. */
export interface Written {
  head: string;
  commits: string[];
}

/** Throws UserError where the branch is there; no ref has moved then. */
export async function writeBranch({ repo }: DreamRequest, base: string, plan: BranchPlan): Promise<Written> {
  const branch = `dream/${plan.dream}`;
  const existing = await resolveCommit(repo, `refs/heads/${branch}`);
  if (existing !== null) {
    throw new UserError({
      what: `the branch ${branch} is there already`,
      hint: `it holds the dream of these sessions: \`agent review ${branch}\`, or delete it (git branch -D ${branch}) to dream again`,
    });
  }
  return buildCommits(repo, { branch, from: null, parent: base, commits: planCommits(plan) });
}
