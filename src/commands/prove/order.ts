// What a proof is to do: a new plan out of flags, branch and suite, or a stored one that still fits; starts nothing.
import { chooseTasks, trialSeed } from '../../agent/suite/plan.ts';
import { UserError } from '../../base/errors.ts';
import { canonicalJson, shortHash } from '../../base/hash.ts';
import { liveSessionId } from '../../base/ids.ts';
import type { ProofPlan } from '../../domain/proof.ts';
import type { WholeTask } from '../../domain/suite.ts';
import { resolveCommit } from '../../git/refs.ts';
import { shellLine } from '../../host/shell-line.ts';
import { memoryAt } from '../../learning/memory-at.ts';
import { pickBranch, type ReviewBranch, readReviewBranch } from '../../learning/review-branch.ts';
import { scheduleOf } from '../../proving/schedule.ts';
import { taskKey } from '../../proving/used.ts';
import { readAgent } from '../../store/agents.ts';
import { proofPlan } from '../../store/proof-plans.ts';
import { readRubric } from '../../store/rubrics.ts';
import { type FoundSuite, readSuite } from '../../store/suites.ts';
import { agentTemplate, memoryCommit, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { assertKnown, trialFlagWords } from '../run/trial-flags.ts';
import type { ProveFlags } from './flags.ts';

export interface ProofOrder {
  plan: ProofPlan;
  tasks: Map<string, WholeTask>;
  /** Ids of criteria that must be met for a pass, of every rubric that grades these tasks. */
  required: Set<string>;
}

/** A plan that nobody has begun. Throws UserError for everything that would make its answer worthless. */
export async function newOrder(
  { world, emit }: CommandContext,
  workspace: Workspace,
  ref: string | undefined,
  flags: ProveFlags,
): Promise<ProofOrder> {
  const { layout, repo, prefix } = workspace;
  const memory = await memoryCommit(workspace);
  const branch = await pickBranch(repo, prefix, memory, ref);
  const state = await readReviewBranch(repo, prefix, memory, branch);
  await refuseBehind(workspace, memory, state);
  const standing = state.entries.filter((e) => e.verdict !== 'rejected');
  if (standing.length === 0)
    throw new UserError({ what: `every lesson of ${branch} was turned down: nothing is left to prove` });
  const suite = readSuite(layout, suiteName(flags));
  const tasks = heldOutTasks(suite, flags.only);
  const trials = flags.trials ?? suite.trials;
  const at = world.now();
  const run = liveSessionId(at, world.random());
  const by_hand = flags.perEntry !== true && standing.some((e) => e.byHand === true);
  const hand = standing.flatMap((e) => (e.byHand === true ? [e.entry] : []));
  const per_entry = flags.perEntry === true ? measurable(state, trials) : hand;
  if (tasks.length < 5)
    emit({
      type: 'warning',
      stage: 'prove',
      text: `with ${tasks.length} tasks no test can say yes; five are the least`,
    });
  const byId = new Map(tasks.map((t) => [t.id, t]));
  const sequential = flags.sequential === true;
  const seed = shortHash(canonicalJson([memory, state.head, suite.suite, [...byId.keys()], trials, per_entry]), 16);
  const plan: ProofPlan = {
    ...{ version: 1, run, at: at.toISOString(), branch: state.branch, dream: state.dream },
    ...{ base: memory, head: state.head, suite: suite.suite, trials, per_entry, sequential, seed },
    ...(by_hand && { by_hand }),
    tasks: tasks.map((t) => ({ id: t.id, key: taskKey(t.prompt, t.seed) })),
    commits: await commitsOf(workspace, tasks),
    flags: trialFlagWords(flags),
    schedule: [],
  };
  return { plan: { ...plan, schedule: drawn(plan, suite, byId) }, tasks: byId, required: requiredBy(workspace, tasks) };
}

/** The plan that `--resume` names. Throws UserError where suite or flags are others by now. */
export function storedOrder(workspace: Workspace, flags: ProveFlags): ProofOrder {
  const { layout } = workspace;
  const plan = proofPlan(layout, flags.resume === true ? undefined : flags.resume);
  const suite = readSuite(layout, plan.suite);
  const now = new Map(chooseTasks(suite, { heldOut: true }).map((t) => [t.id, t]));
  const other = plan.tasks.filter(({ id, key }) => {
    const task = now.get(id);
    return task === undefined || taskKey(task.prompt, task.seed) !== key;
  });
  if (other.length > 0)
    throw new UserError({
      what: `the suite was changed since this proof began: ${other
        .slice(0, 5)
        .map((t) => t.id)
        .join(', ')}`,
      where: suite.path,
      hint: 'put the file back, or begin a new proof',
    });
  if (canonicalJson(trialFlagWords(flags)) !== canonicalJson(plan.flags))
    throw new UserError({ what: 'this proof began with other flags', hint: resumeLine(plan) });
  const tasks = new Map(plan.tasks.flatMap(({ id }) => [...now].filter(([name]) => name === id)));
  return {
    plan: { ...plan, schedule: drawn(plan, suite, tasks) },
    tasks,
    required: requiredBy(workspace, [...tasks.values()]),
  };
}

// Drawn anew each time from the plan's seed: a stored one would have to be believed.
function drawn(plan: ProofPlan, suite: FoundSuite, tasks: ReadonlyMap<string, WholeTask>): ProofPlan['schedule'] {
  const { seed, trials, per_entry, sequential, by_hand: together } = plan;
  const seedOf = (id: string, trial: number) => {
    const task = tasks.get(id);
    return task === undefined ? '' : trialSeed(suite, task, trial);
  };
  return scheduleOf({ seed, tasks: [...tasks.keys()], trials, perEntry: per_entry, together, sequential, seedOf });
}

/** What to type to go on with a proof. */
export function resumeLine({ run, flags }: ProofPlan): string {
  return shellLine(['agent', 'prove', '--resume', run, ...flags]);
}

// What the memory gained meanwhile would count against a branch that does not have it.
async function refuseBehind({ repo, prefix }: Workspace, memory: string, state: ReviewBranch): Promise<void> {
  if (state.base === memory) return;
  const now = await memoryAt(repo, memory, prefix);
  const playbooks = (files: ReadonlyMap<string, string>) =>
    canonicalJson([...files].filter(([path]) => path.startsWith('playbooks/')).sort());
  if (playbooks(now.files) === playbooks(state.atBase.files)) return;
  throw new UserError({
    what: `${state.branch} grew from a memory that has other playbooks than the one in force, so the two cannot be compared`,
    hint: `agent review ${state.branch} --rebuild   (puts its lessons on the tip)`,
  });
}

function suiteName({ suite }: ProveFlags): string {
  if (suite !== undefined) return suite;
  throw new UserError({
    what: 'a proof needs tasks that no dream has read',
    hint: 'add --suite <name>; agent suite list',
  });
}

function heldOutTasks(suite: FoundSuite, only: string[] | undefined): WholeTask[] {
  assertKnown(suite, only);
  const tasks = chooseTasks(suite, { only, heldOut: true });
  if (tasks.length > 0) return tasks;
  throw new UserError({
    what: only === undefined ? 'no task of this suite is held out' : 'none of these tasks is held out',
    where: suite.from,
    hint: 'write `held_out: true` beside tasks that were never run for learning, or at the top for all of them: no dream reads their sessions',
  });
}

// Only what is new can be left out: without an entry that a branch edits, its old text would be missing too.
function measurable(state: ReviewBranch, trials: number): string[] {
  const added = state.entries.filter((e) => e.verdict !== 'rejected' && e.change === 'add' && e.section !== undefined);
  if (trials < 2)
    throw new UserError({
      what: '--per-entry compares trials of one task with each other, and each is tried once only',
      hint: 'add --trials 4',
    });
  if (added.length > 0) return added.map((e) => e.entry).sort();
  throw new UserError({ what: `${state.branch} adds no entry that could be left out`, hint: 'leave --per-entry out' });
}

function requiredBy({ layout, repo }: Workspace, tasks: readonly WholeTask[]): Set<string> {
  const names = new Set<string>();
  for (const task of tasks) {
    const agent = readAgent(layout, task.agent, { project: repo.root, builtIn: agentTemplate() });
    const rubric = task.rubric ?? agent.rubric ?? false;
    if (rubric === false)
      throw new UserError({
        what: `no rubric grades ${task.id}, and without grades nothing is proven`,
        hint: 'name one in the suite: `rubric: <name>`',
      });
    names.add(rubric);
  }
  const criteria = [...names].flatMap((name) => readRubric(layout, name).criteria);
  return new Set(criteria.filter((c) => c.required).map((c) => c.id));
}

async function commitsOf({ repo }: Workspace, tasks: readonly WholeTask[]): Promise<Record<string, string>> {
  const commits: Record<string, string> = {};
  for (const ref of new Set(tasks.flatMap(({ workspace }) => workspace?.git ?? []))) {
    const commit = await resolveCommit(repo, ref);
    if (commit === null) throw new UserError({ what: `workspace.git: no commit is named ${ref}` });
    commits[ref] = commit;
  }
  return commits;
}
