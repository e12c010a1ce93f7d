// `agent merge`: puts a reviewed branch in force, and says what was not decided; never resolves a conflict by guessing.
import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { conflictsOf } from '../git/merge.ts';
import { resolveCommit } from '../git/refs.ts';
import { isValidated, provenOf, provenWords } from '../learning/proof-files.ts';
import { pickBranch, type ReviewBranch, readReviewBranch } from '../learning/review-branch.ts';
import { merge } from '../stages/merge.ts';
import { memoryCommit, reviewer, type Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import { printRebuild, runRebuild } from './review-rebuild.ts';

interface Flags {
  delete?: boolean;
  unproven?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent merge
  $ agent merge dream/d20261120-8c1f --delete

A branch that fell behind is rebuilt on the memory branch's tip first where a plain merge would conflict (its old tip is
kept under refs/agentmem/old/). Where the two contradict each other nothing is merged, both texts are shown, and the exit
code is 1: agent review --rebuild --keep … --drop … settles it.`;

export const define: Define = (command, bind) => {
  command
    .argument('[branch]', 'a review branch or dream id (default: the newest that waits)')
    .option('--delete', 'delete the review branch afterwards')
    .option('--unproven <why>', 'merge without the proof that settings demand; the reason is kept in the commit')
    .option('--json', 'print what was merged as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, ref: string | undefined, flags: Flags): Promise<number> {
  const workspace = await context.open();
  const { repo, prefix, settings } = workspace;
  const memory = await memoryCommit(workspace);
  const branch = await pickBranch(repo, prefix, memory, ref);
  const caughtUp = await catchUp(context, workspace, memory, branch, flags);
  if (!caughtUp) return 1;
  const state = await readReviewBranch(repo, prefix, memory, branch);
  askForProof(context, workspace, state, flags.unproven);
  const report = await merge({
    repo,
    prefix,
    memoryBranch: settings.memory.branch,
    state,
    ...(flags.unproven !== undefined && { unproven: flags.unproven }),
    who: await reviewer(workspace),
    now: context.world.now,
    deleteBranch: flags.delete === true,
  });
  const { print, emit } = context;
  if (report.undecided.length > 0) {
    emit({ type: 'warning', stage: 'merge', text: `merged without a verdict: ${report.undecided.join(', ')}` });
  }
  if (flags.json) print.json(report);
  else {
    const how = report.way === 'checkout' ? 'in your checkout' : 'beside your checkout, which is untouched';
    print.line(
      `${report.branch} is in force on ${report.into}: ${count(report.entries.length, 'lesson')} (${report.commit.slice(0, 8)}, ${how})`,
    );
  }
  print.next('next: agent playbooks list');
  return 0;
}

// Lessons that no proof has validated are told; where settings demand one, they need a reason.
function askForProof(
  { emit }: CommandContext,
  { settings }: Workspace,
  state: ReviewBranch,
  unproven: string | undefined,
): void {
  const proven = provenOf(state);
  if (isValidated(proven) || state.entries.every((e) => e.verdict === 'rejected')) return;
  const found = proven === undefined ? 'no proof was made' : `its proof says: ${provenWords(proven)}`;
  const hint = `agent prove ${state.branch} --suite <name>`;
  if (settings.review.require_proof && (unproven ?? '').trim() === '')
    throw new UserError({
      what: `review.require_proof wants ${state.branch} validated on held-out tasks, and ${found}`,
      hint: `${hint}; or --unproven "<why>"`,
    });
  if (proven === undefined) emit({ type: 'note', stage: 'merge', text: `not proven on held-out tasks (${hint})` });
  else emit({ type: 'warning', stage: 'merge', text: `not validated on held-out tasks; ${found}` });
}

// A branch that fell behind is rebuilt on the tip where a plain merge would conflict or bring back what was decided
// meanwhile. False where the two sides contradict each other: that is for a person to settle.
async function catchUp(
  { print, emit, stop }: CommandContext,
  workspace: Workspace,
  memory: string,
  branch: string,
  flags: Flags,
): Promise<boolean> {
  const { repo } = workspace;
  const head = await resolveCommit(repo, branch);
  const planned = await runRebuild(workspace, { memory, branch, dryRun: true });
  if (planned.status === 'current' || head === null) return true;
  const conflicts = await conflictsOf(repo, memory, head);
  const opposed = planned.entries.some((e) => e.outcome === 'contradiction');
  if (opposed || (conflicts.length > 0 && planned.status !== 'rebuilt')) {
    stop();
    if (flags.json) print.json(planned);
    else printRebuild(print, planned);
    return false;
  }
  if (planned.status !== 'rebuilt') return true;
  if (conflicts.length === 0 && planned.entries.every((e) => e.outcome !== 'dropped')) return true;
  const { old, entries } = await runRebuild(workspace, { memory, branch });
  const dropped = entries.flatMap((e) => (e.outcome === 'dropped' ? [`${e.entry} (${e.why})`] : []));
  const without = dropped.length === 0 ? '' : `, without ${dropped.join(', ')}`;
  emit({ type: 'note', stage: 'merge', text: `${branch} was rebuilt on the new tip first${without}; old tip: ${old}` });
  return true;
}
