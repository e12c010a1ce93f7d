// The steps of the demo, each by the very stage that its command uses: missions, dream, proof, merge; prints nothing.
import { readReviewBranch } from '../../learning/review-branch.ts';
import { type DreamReport, dream } from '../../stages/dream.ts';
import { type MergeReport, merge } from '../../stages/merge.ts';
import type { ProveReport } from '../../stages/prove.ts';
import type { SuiteReport } from '../../stages/suite.ts';
import { writeProofPlan } from '../../store/proof-plans.ts';
import { openIndex } from '../../store/session-index.ts';
import { memoryCommit, reviewer, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { newOrder as newProof } from '../prove/order.ts';
import { proved } from '../prove.ts';
import { runOrder } from '../run/suite.ts';
import { newOrder } from '../run/suite-order.ts';
import type { DemoPlan } from './plan.ts';

const SUITE = 'six-sites';
const HELD_OUT = 'held-out';

/** So many missions at each of the six sites, with the lessons that are in force now. */
export async function missionsOf(
  context: CommandContext,
  workspace: Workspace,
  { jobs, model }: DemoPlan,
  trials: number,
): Promise<SuiteReport> {
  const flags = { suite: SUITE, jobs, trials, ...(model !== undefined && { model }) };
  return await runOrder(context, workspace, flags, await newOrder(context, workspace, flags));
}

export async function dreamOf({ world, emit, signal }: CommandContext, workspace: Workspace): Promise<DreamReport> {
  const sessions = openIndex(workspace.layout, emit);
  const base = workspace.settings.memory.branch;
  return await dream({ ...workspace, sessions, base, dryRun: false, now: world.now, emit, signal });
}

export async function proofOf(
  context: CommandContext,
  workspace: Workspace,
  { jobs, model, heldOut }: DemoPlan,
  branch: string,
): Promise<ProveReport> {
  const flags = { suite: HELD_OUT, jobs, trials: heldOut, ...(model !== undefined && { model }) };
  const order = await newProof(context, workspace, branch, flags);
  writeProofPlan(workspace.layout, order.plan);
  return await proved(context, workspace, order, flags, new Map());
}

export async function mergeOf({ world }: CommandContext, workspace: Workspace, branch: string): Promise<MergeReport> {
  const { repo, prefix, settings } = workspace;
  const memory = await memoryCommit(workspace);
  return await merge({
    ...{ repo, prefix, memoryBranch: settings.memory.branch, now: world.now, deleteBranch: false },
    state: await readReviewBranch(repo, prefix, memory, branch),
    who: await reviewer(workspace),
  });
}
