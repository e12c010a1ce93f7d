// `agent run --suite`: opens what a run of a suite needs, runs the stage and prints its table; decides nothing about single trials.
import type { Runner } from '../../agent/run-order.ts';
import { UserError } from '../../base/errors.ts';
import { count } from '../../base/text.ts';
import { runSuite, type SuiteReport } from '../../stages/suite.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { printSuite } from '../suite/print.ts';
import type { SuiteFlags } from './flags.ts';
import { openRunner } from './runner.ts';
import { newOrder, resumeLine, type SuiteOrder, storedOrder } from './suite-order.ts';
import { openTrialGround } from './trial-ground.ts';

/** Runs the suite, or what is left of a run of it; the exit code. */
export async function suiteRun(context: CommandContext, words: string[], flags: SuiteFlags): Promise<number> {
  refuseMixed(words, flags);
  const workspace = await context.open();
  const order = await (flags.resume === undefined ? newOrder : storedOrder)(context, workspace, flags);
  const text = `run ${order.run.run}: ${count(order.trials.length, 'trial')} of ${count(order.run.tasks.length, 'task')}, ${flags.jobs} at once`;
  context.emit({ type: 'note', stage: 'suite', text });
  const report = await runOrder(context, workspace, flags, order);
  context.stop();
  if (flags.json) context.print.json(report);
  else printSuite(context.print, report);
  context.print.next(nextStep(order, report));
  return exitCode(report);
}

/** Runs what is ordered, with a runner of its own unless one is handed in. */
export async function runOrder(
  context: CommandContext,
  workspace: Workspace,
  flags: Pick<SuiteFlags, 'model' | 'record' | 'allow' | 'deny' | 'context' | 'budget' | 'jobs' | 'keep'>,
  { run, trials }: SuiteOrder,
  given?: Runner,
): Promise<SuiteReport> {
  const { world, emit, signal } = context;
  const tasks = trials.map(({ task }) => task);
  const ground = openTrialGround(context, workspace, run.run, tasks);
  const runner = given ?? (await openRunner(context, workspace, flags));
  try {
    return await runSuite({
      ...{ layout: workspace.layout, run, trials, runner, jobs: flags.jobs, keep: flags.keep === true },
      ...ground,
      ...{ now: world.now, emit, signal },
    });
  } finally {
    if (given === undefined) await runner.close();
  }
}

/** 0 every trial is over, and passed where it was graded · 1 not all of them · 130 interrupted. */
function exitCode({ end, table }: SuiteReport): number {
  if (end === 'interrupted') return 130;
  const { trials, results } = table.whole;
  return results.passed + results.ended === trials ? 0 : 1;
}

function nextStep({ run }: SuiteOrder, { table, trials }: SuiteReport): string {
  if (table.whole.done < table.whole.trials) return `next: ${resumeLine(run)}`;
  const failed = trials.find(({ result }) => result === 'failed');
  if (failed !== undefined) return `next: agent sessions show ${failed.session}`;
  return run.held_out ? 'next: agent suite list' : 'next: agent dream';
}

function refuseMixed(words: readonly string[], flags: SuiteFlags): void {
  if (words.length > 0 || flags.file !== undefined)
    throw new UserError({
      what: 'a suite brings its own tasks, and none can be typed beside it',
      hint: 'leave the task out',
    });
  if ((flags.fork ?? flags.worktree) !== undefined)
    throw new UserError({
      what: '--fork and --worktree are for single sessions; each trial of a suite begins anew in a fresh workspace',
      hint: 'leave them out',
    });
  const own = flags.rubric !== undefined || flags.workspace !== undefined;
  if (own || (flags.agent !== undefined && flags.agent !== 'default'))
    throw new UserError({
      what: 'the suite says who works, where, and by which rubric',
      hint: `write it into suites/${flags.suite}.yaml, or leave out --agent, --rubric and --workspace`,
    });
  if (flags.resume !== undefined && (flags.only ?? flags.trials ?? flags.heldOut) !== undefined)
    throw new UserError({
      what: 'a run that goes on has the tasks that it began with',
      hint: 'leave out --only, --trials and --held-out, or start a new run without --resume',
    });
}
