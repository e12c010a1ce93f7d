// `agent prove`: a dream's branch against the memory in force on held-out tasks, with a verdict that is written to the branch; merges nothing.
import { readTrial } from '../agent/suite/trial-record.ts';
import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { listBranches } from '../git/refs.ts';
import { memoryAt } from '../learning/memory-at.ts';
import { isValidated, proofsIn } from '../learning/proof-files.ts';
import { BRANCH_PREFIX } from '../learning/review-branch.ts';
import { type Estimate, estimateOf } from '../proving/estimate.ts';
import type { EarlierProof } from '../proving/used.ts';
import { type ProveReport, prove } from '../stages/prove.ts';
import { decide } from '../stages/review.ts';
import { proofPlans, writeProofPlan } from '../store/proof-plans.ts';
import { openIndex } from '../store/session-index.ts';
import { reviewer, type Workspace } from '../workspace.ts';
import { askYes } from './ask-yes.ts';
import type { CommandContext, Define } from './context.ts';
import { collect } from './flag-values.ts';
import type { ProveFlags } from './prove/flags.ts';
import { newOrder, type ProofOrder, resumeLine, storedOrder } from './prove/order.ts';
import { printEstimate, printProof } from './prove/print.ts';
import { openRunner } from './run/runner.ts';
import { openTrialGround } from './run/trial-ground.ts';
import { wholeNumber } from './selection.ts';

const EXAMPLES = `
Examples:
  $ agent prove --suite six-sites --estimate            what it costs and what it could see; runs nothing
  $ agent prove --suite six-sites --trials 4 -j 10
  $ agent prove dream/d20261120-8c1f --suite six-sites --per-entry --drop-harmful
  $ agent prove --suite six-sites --sequential          stops early; decide for it beforehand
  $ agent prove --resume                                goes on with a proof that was broken off
  $ agent prove --resume 20261121-091500-k3v9 --explain "site-7=its map was wrong, see issue 12"

Every task runs with the memory in force, with the branch, and with neutral text of the same length, on equal seeds and in
fresh workspaces. The verdict is committed to the branch; docs/proof.md says what each one means and how often it errs.
Exit codes: 0 validated · 1 not (or not yet) · 2 it could not start · 130 interrupted`;

export const define: Define = (command, bind) => {
  command
    .argument('[branch]', 'a review branch or dream id (default: the newest that waits)')
    .option('--suite <name>', 'the suite whose held-out tasks decide')
    .option('--trials <n>', 'how often each task is tried in each arm (default: as the suite says)', wholeNumber)
    .option('-j, --jobs <n>', 'trials at once', wholeNumber, 4)
    .option('--only <task or tag...>', 'only these held-out tasks')
    .option('--per-entry', 'measure single entries as well, each left out of half of the trials of a further arm')
    .option('--sequential', 'stop as soon as the evidence is strong enough; needs a larger gain')
    .option('--estimate', 'say what it would cost and see, and run nothing')
    .option('--resume [run]', 'go on with a proof that was broken off, or judge one anew')
    .option('--again', 'let held-out tasks decide that have decided before')
    .option('--explain <task=why>', 'why a task fell from all to nearly none; may be repeated', collect)
    .option('--drop-harmful', 'turn down the lessons that hurt, as agent review --reject does')
    .option('--model <id>', 'a model id, scripted:<file> or cassette:<file>')
    .option('--budget <limits>', 'of each trial, for example 0.50, or usd=1,turns=40')
    .option('--allow <pattern>', 'allow calls without asking; may be repeated', collect)
    .option('--deny <pattern>', 'refuse calls, whatever else is said; may be repeated', collect)
    .option('--no-context', 'leave out AGENTS.md, CLAUDE.md, GEMINI.md and skills of the project')
    .option('--keep', 'leave the workspaces of the trials where they are')
    .option('-y, --yes', 'do not ask before it begins')
    .option('--json', 'print the proof as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, ref: string | undefined, flags: ProveFlags): Promise<number> {
  const explained = explanations(flags.explain ?? []);
  refuseMixed(ref, flags);
  const workspace = await context.open();
  const order =
    flags.resume === undefined ? await newOrder(context, workspace, ref, flags) : storedOrder(workspace, flags);
  const { print, emit } = context;
  if (flags.estimate || (context.interactive && flags.resume === undefined && !flags.yes && !flags.json)) {
    const estimate = estimated(context, workspace, order, flags.jobs);
    context.stop();
    if (flags.json && flags.estimate) print.json(estimate);
    else printEstimate(print, estimate);
    if (flags.estimate) {
      print.next(`next: agent prove ${order.plan.branch} --suite ${order.plan.suite}`);
      return 0;
    }
    if (!(await askYes(context, `Run ${count(estimate.trials, 'trial')}?`))) return 1;
  }
  const { plan } = order;
  if (flags.resume === undefined) writeProofPlan(workspace.layout, plan);
  const text = `proof ${plan.run}: ${count(plan.schedule.length, 'trial')} of ${count(plan.tasks.length, 'held-out task')}, ${flags.jobs} at once`;
  emit({ type: 'note', stage: 'prove', text });
  const report = await proved(context, workspace, order, flags, explained);
  if (report.dropped.length > 0) await drop(context, workspace, report);
  context.stop();
  if (flags.json) print.json(report);
  else printProof(print, report);
  print.next(nextStep(order, report));
  return isValidated({ proof: report, current: true }) ? 0 : 1;
}

function refuseMixed(ref: string | undefined, flags: ProveFlags): void {
  const own = [ref, flags.suite, flags.trials, flags.only, flags.perEntry, flags.sequential, flags.estimate];
  if (flags.resume !== undefined && own.some((flag) => flag !== undefined))
    throw new UserError({
      what: 'a proof that goes on has branch, suite, tasks and trials as it began',
      hint: 'leave them out, or begin a new one without --resume',
    });
}

function explanations(words: readonly string[]): Map<string, string> {
  return new Map(
    words.map((word) => {
      const [, task, why] = /^([^=]+)=([\s\S]*\S[\s\S]*)$/.exec(word) ?? [];
      if (task === undefined || why === undefined)
        throw new UserError({ what: `--explain ${word.slice(0, 80)}`, hint: '--explain "<task>=<why it fell>"' });
      return [task.trim(), why.trim()];
    }),
  );
}

export async function proved(
  context: CommandContext,
  workspace: Workspace,
  order: ProofOrder,
  flags: ProveFlags,
  explained: Map<string, string>,
): Promise<ProveReport> {
  const { world, emit, signal } = context;
  const { layout, repo, prefix } = workspace;
  const ground = openTrialGround(context, workspace, order.plan.run, [...order.tasks.values()]);
  const earlier = await earlierProofs(workspace, order.plan.base);
  const runner = await openRunner(context, workspace, flags);
  try {
    return await prove({
      ...{ ...order, layout, repo, prefix, runner, ...ground, explained, earlier, emit, signal, now: world.now },
      ...{ jobs: flags.jobs, keep: flags.keep === true, again: flags.again === true },
      dropHarmful: flags.dropHarmful === true,
      who: await reviewer(workspace),
    });
  } finally {
    await runner.close();
  }
}

// Of the memory in force, of every review branch here, and of this machine: a branch that was deleted used its tasks all the same.
async function earlierProofs({ layout, repo, prefix }: Workspace, memory: string): Promise<EarlierProof[]> {
  const commits = [memory, ...(await listBranches(repo, BRANCH_PREFIX)).map((b) => b.commit)];
  const found: EarlierProof[] = [];
  for (const commit of commits) {
    const { files } = await memoryAt(repo, commit, prefix);
    found.push(...[...proofsIn(files).values()].flat());
  }
  const ended = proofPlans(layout).filter((plan) => plan.finished !== undefined);
  return [
    ...found,
    ...ended.map(({ run, dream, finished, at, tasks }) => ({ run, dream, at: finished?.at ?? at, tasks })),
  ];
}

function estimated({ emit }: CommandContext, { layout }: Workspace, { plan }: ProofOrder, jobs: number): Estimate {
  const index = openIndex(layout, emit).filter((entry) => entry.suite?.suite === plan.suite && entry.suite.arm !== 'P');
  const earlier = index.slice(0, 400).flatMap((entry) => {
    const record = readTrial(`${layout.sessions}/${entry.path}`);
    if (record === undefined || record.result === 'broke_off') return [];
    const passed = record.result === 'passed' ? true : record.result === 'failed' ? false : null;
    return [{ task: record.task, passed, usd: record.unpriced > 0 ? null : record.usd, minutes: record.seconds / 60 }];
  });
  const arms = plan.per_entry.length > 0 ? 4 : 3;
  const { trials, sequential, seed } = plan;
  return estimateOf({ tasks: plan.tasks.length, trials, arms, jobs, sequential, earlier, seed });
}

async function drop(context: CommandContext, workspace: Workspace, report: ProveReport): Promise<void> {
  const { layout, repo, prefix, world } = workspace;
  await decide({
    ...{ layout, repo, prefix, memoryCommit: report.base, branch: report.branch },
    index: openIndex(layout, context.emit),
    accept: [],
    reject: report.dropped,
    because: `harmful on held-out tasks: ${report.reasons[0] ?? report.verdict}`.replaceAll('`', ''),
    who: await reviewer(workspace),
    now: world.now,
  });
}

function nextStep({ plan }: ProofOrder, report: ProveReport): string {
  const lost = report.tasks.find((t) => t.collapsed && t.explained === undefined);
  if (isValidated({ proof: report, current: true })) return `next: agent merge ${plan.branch}`;
  if (report.verdict === 'harmful' && report.dropped.length === 0)
    return `next: agent review ${plan.branch} --reject <entry…>   (or: ${resumeLine(plan)} --drop-harmful)`;
  if (lost !== undefined) return `next: agent sessions list --suite ${plan.run}   (task ${lost.task})`;
  return `next: agent diff ${plan.branch}`;
}
