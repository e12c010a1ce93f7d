// What a run of a suite is asked for: a new order out of flags and the suite's file, or a stored one that still fits; starts nothing.
import { chooseTasks, planTrials, type Trial, trialSeed } from '../../agent/suite/plan.ts';
import { assertCopyable } from '../../agent/suite/workspace.ts';
import { UserError } from '../../base/errors.ts';
import { canonicalJson, sha256 } from '../../base/hash.ts';
import { liveSessionId } from '../../base/ids.ts';
import { count } from '../../base/text.ts';
import type { WholeTask } from '../../domain/suite.ts';
import { resolveCommit } from '../../git/refs.ts';
import { shellLine } from '../../host/shell-line.ts';
import { readAgent } from '../../store/agents.ts';
import { readRubric } from '../../store/rubrics.ts';
import { listSuiteRuns, readSuiteRun, type SuiteRun, writeSuiteRun } from '../../store/suite-runs.ts';
import { type FoundSuite, readSuite } from '../../store/suites.ts';
import { agentTemplate, memoryCommit, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import type { SuiteFlags } from './flags.ts';
import { assertKnown, trialFlagWords } from './trial-flags.ts';

export interface SuiteOrder {
  run: SuiteRun;
  trials: Trial[];
}

/** A run that nobody has begun, kept so that it can be gone on with. Throws UserError for everything that would fail in all trials. */
export async function newOrder(
  { world }: CommandContext,
  workspace: Workspace,
  flags: SuiteFlags,
): Promise<SuiteOrder> {
  const { layout, settings, repo } = workspace;
  const suite = readSuite(layout, flags.suite);
  const heldOut = flags.heldOut === true;
  const tasks = chosen(suite, flags.only, heldOut);
  await assertStartable(workspace, tasks);
  const trials = flags.trials ?? suite.trials;
  const at = world.now();
  const branch = await resolveCommit(repo, `refs/heads/${settings.memory.branch}`);
  const named = typeof flags.memory === 'string' ? await memoryCommit(workspace, flags.memory) : branch;
  const run: SuiteRun = {
    version: 1,
    run: liveSessionId(at, world.random()),
    ...{ suite: suite.suite, sha256: suite.sha256, at: at.toISOString() },
    tasks: tasks.map((task) => ({ id: task.id, sha256: fingerprint(suite, task) })),
    ...{ trials, held_out: heldOut, flags: flagWords(flags) },
    memory: flags.memory === false ? null : named,
    commits: await commitsOf(workspace, tasks),
  };
  writeSuiteRun(layout, run);
  return { run, trials: planTrials(suite, tasks, trials) };
}

/**
 * The run that `--resume` names (by default the suite's newest), with the trials that it was asked for. Throws UserError where
 * the suite says something else of one of its tasks by now, or other flags are given.
 */
export async function storedOrder(
  { emit }: CommandContext,
  workspace: Workspace,
  flags: SuiteFlags,
): Promise<SuiteOrder> {
  const { layout } = workspace;
  const run = named(workspace, flags);
  const suite = readSuite(layout, flags.suite);
  const tasks = suite.sha256 === run.sha256 ? undefined : changes(suite, run);
  if (tasks !== undefined && tasks > 0) {
    const text = `${count(tasks, 'task')} came into the suite since this run began; a new run will have them`;
    emit({ type: 'note', stage: 'suite', text });
  }
  assertSameFlags(flags, run);
  const known = new Map(suite.tasks.map((task) => [task.id, task]));
  const wanted = run.tasks.flatMap(({ id }) => known.get(id) ?? []);
  const whole = chooseTasks({ ...suite, tasks: wanted }, { heldOut: run.held_out });
  await assertStartable(workspace, whole);
  return { run, trials: planTrials(suite, whole, run.trials) };
}

/** What to type to go on with a run. */
export function resumeLine({ suite, run, flags }: SuiteRun): string {
  return shellLine(['agent', 'run', '--suite', suite, '--resume', run, ...flags]);
}

function chosen(suite: FoundSuite, only: string[] | undefined, heldOut: boolean): WholeTask[] {
  assertKnown(suite, only);
  const tasks = chooseTasks(suite, { only, heldOut });
  if (tasks.length > 0) return tasks;
  const other = chooseTasks(suite, { only, heldOut: !heldOut }).length;
  throw new UserError({
    what: heldOut ? 'none of these tasks is held out' : 'all of these tasks are held out',
    where: suite.from,
    hint: heldOut
      ? `without --held-out there are ${other}; held_out: true in a task keeps it for proving`
      : `--held-out runs them (${other}); what is held out is never learned from`,
  });
}

// Agents and rubrics are named by hundreds of tasks: what is wrong with one is said before anything is spent.
async function assertStartable({ layout, repo }: Workspace, tasks: readonly WholeTask[]): Promise<void> {
  for (const name of new Set(tasks.map(({ agent }) => agent)))
    readAgent(layout, name, { project: repo.root, builtIn: agentTemplate() });
  for (const rubric of new Set(tasks.map((task) => task.rubric)))
    if (typeof rubric === 'string') readRubric(layout, rubric);
  for (const copy of new Set(tasks.map((task) => task.workspace?.copy)))
    if (copy !== undefined) await assertCopyable(layout.root, copy);
}

async function commitsOf({ repo }: Workspace, tasks: readonly WholeTask[]): Promise<Record<string, string>> {
  const commits: Record<string, string> = {};
  for (const ref of new Set(tasks.flatMap(({ workspace }) => workspace?.git ?? []))) {
    const commit = await resolveCommit(repo, ref);
    if (commit === null)
      throw new UserError({
        what: `workspace.git: no commit is named ${ref}`,
        hint: 'name a branch, a tag or a commit',
      });
    commits[ref] = commit;
  }
  return commits;
}

function named({ layout }: Workspace, { suite, resume }: SuiteFlags): SuiteRun {
  if (typeof resume === 'string' && resume !== 'last') {
    const run = readSuiteRun(layout, resume);
    if (run.suite === suite) return run;
    throw new UserError({ what: `${resume} is a run of the suite ${run.suite}`, hint: resumeLine(run) });
  }
  const newest = listSuiteRuns(layout).find((run) => run.suite === suite);
  if (newest !== undefined) return newest;
  throw new UserError({ what: `no run of ${suite} is known here`, hint: `agent run --suite ${suite} starts one` });
}

// How many tasks are new. Throws UserError where the tasks of the run are no longer what they were.
function changes(suite: FoundSuite, run: SuiteRun): number {
  const now = new Map(chooseTasks(suite, { heldOut: run.held_out }).map((task) => [task.id, fingerprint(suite, task)]));
  const gone = run.tasks.filter(({ id }) => !now.has(id)).map(({ id }) => id);
  const other = run.tasks.filter(({ id, sha256: was }) => now.has(id) && now.get(id) !== was).map(({ id }) => id);
  if (gone.length + other.length === 0) return now.size - run.tasks.length;
  const said = (what: string, ids: string[]) =>
    ids.length === 0 ? [] : [`${what}: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' …' : ''}`];
  throw new UserError({
    what: `the suite was changed since this run began, so that one table would hold unlike trials (${[...said('changed', other), ...said('gone', gone)].join('; ')})`,
    where: suite.path,
    hint: `put the file back, or start a new run: agent run --suite ${suite.suite}`,
  });
}

function assertSameFlags(flags: SuiteFlags, run: SuiteRun): void {
  if (canonicalJson(flagWords(flags)) === canonicalJson(run.flags)) return;
  throw new UserError({
    what: 'this run was started with other flags, so that one table would hold unlike trials',
    hint: resumeLine(run),
  });
}

// All that decides what a trial of the task is. Tags only choose.
function fingerprint(suite: FoundSuite, { tags: _tags, ...task }: WholeTask): string {
  return sha256(canonicalJson({ ...task, seed: trialSeed(suite, task, 1) }));
}

function flagWords(flags: SuiteFlags): string[] {
  const { memory } = flags;
  const chosen = memory === false ? ['--no-memory'] : typeof memory === 'string' ? ['--memory', memory] : [];
  return [...chosen, ...trialFlagWords(flags)];
}
