// The trials of a proof: each in its arm's memory and a fresh workspace, many at once; what was broken off is gone on with. Judges nothing.
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { inPool } from '../../base/pool.ts';
import type { Emit } from '../../domain/emit.ts';
import type { PlannedTrial, ProofPlan } from '../../domain/proof.ts';
import type { WholeTask } from '../../domain/suite.ts';
import type { Layout } from '../../store/layout.ts';
import { HELD } from '../../store/lock.ts';
import { openIndex } from '../../store/session-index.ts';
import type { MemoryChoice, RunEnd, Runner, RunOrder } from '../run-order.ts';
import { folderStays, type TrialFolders } from './folders.ts';
import { isDone, rank, readTrial, type TrialRecord, trialOfEnd } from './trial-record.ts';
import { type LayOut, layOut } from './workspace.ts';

export interface ArmTrials {
  layout: Layout;
  plan: ProofPlan;
  tasks: ReadonlyMap<string, WholeTask>;
  runner: Runner;
  folders: TrialFolders;
  workspace: Omit<LayOut, 'signal' | 'commits'>;
  /** Trials at once. */
  jobs: number;
  /** Leaves the folders of trials where they are. */
  keep: boolean;
  /** Why no further trial may begin; undefined while one may. */
  purse: () => string | undefined;
  /** Told after each trial that is over. */
  tell: (planned: PlannedTrial, record: TrialRecord) => void;
  emit: Emit;
  signal: AbortSignal;
}

/** A trial that has a session. */
export interface HeldTrial {
  record: TrialRecord;
  /** Absolute path of its transcript. */
  path: string;
}

export interface ArmOutcome {
  /** By `armKey`. */
  held: Map<string, HeldTrial>;
  /** Trials that could not begin, with the reason. */
  missed: Map<string, string>;
  /** Why the rest was not begun. */
  stopped?: string;
}

const SAME_TROUBLE = 3;

/** Names a trial within its proof; also the name of its folder. */
export function armKey({ task, trial, arm }: Pick<PlannedTrial, 'task' | 'trial' | 'arm'>): string {
  return `${task}.${trial}.${arm}`;
}

/** What is stored of a proof's trials: of several sessions of one trial the one that was done, else the latest. */
export function heldTrials({ layout, plan }: Pick<ArmTrials, 'layout' | 'plan'>, emit: Emit): Map<string, HeldTrial> {
  const held = new Map<string, HeldTrial>();
  for (const entry of openIndex(layout, emit)) {
    if (entry.suite?.run !== plan.run) continue;
    const path = join(layout.sessions, entry.path);
    const record = readTrial(path);
    if (record?.arm === undefined) continue;
    const key = armKey({ ...record, arm: record.arm });
    const earlier = held.get(key);
    if (earlier === undefined || rank(record) > rank(earlier.record)) held.set(key, { record, path });
  }
  return held;
}

/**
 * Runs those of `planned` that are not done. Throws UserError where the model cannot be reached for reasons of configuration, or
 * where the first trials all fail to start for the same reason; sessions that were made until then stay.
 */
export async function runArmTrials(request: ArmTrials, planned: readonly PlannedTrial[]): Promise<ArmOutcome> {
  const held = heldTrials(request, request.emit);
  const stop = new AbortController();
  const onward = () => stop.abort();
  if (request.signal.aborted) stop.abort();
  request.signal.addEventListener('abort', onward, { once: true });
  const state: State = { request, held, missed: new Map(), stop, troubles: new Map(), ended: 0 };
  const due = planned.filter((trial) => {
    const found = held.get(armKey(trial));
    return found === undefined || !isDone(found.record);
  });
  try {
    await inPool(due, request.jobs, (trial) => oneTrial(state, trial), stop.signal);
  } finally {
    request.signal.removeEventListener('abort', onward);
  }
  if (state.fatal !== undefined) throw state.fatal;
  const { missed, stopped } = state;
  return { held, missed, ...(stopped !== undefined && { stopped }) };
}

interface State {
  request: ArmTrials;
  held: Map<string, HeldTrial>;
  missed: Map<string, string>;
  stop: AbortController;
  /** How often starting failed for which reason, as long as nothing has ended. */
  troubles: Map<string, number>;
  ended: number;
  stopped?: string;
  fatal?: UserError;
}

async function oneTrial(state: State, planned: PlannedTrial): Promise<void> {
  const { request } = state;
  const empty = request.purse();
  if (empty !== undefined) {
    state.stopped ??= empty;
    return;
  }
  try {
    const end = (await goOn(state, planned)) ?? (await startAnew(state, planned));
    if (typeof end === 'string') miss(state, planned, end);
    else await take(state, planned, end);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    miss(state, planned, error.problem.what);
    if (state.ended > 0) return;
    const times = (state.troubles.get(error.problem.what) ?? 0) + 1;
    state.troubles.set(error.problem.what, times);
    if (times < SAME_TROUBLE) return;
    state.fatal ??= error;
    state.stop.abort();
  }
}

// Undefined where there is nothing to go on with: no session that was broken off in its midst, or its folder is gone.
async function goOn(state: State, planned: PlannedTrial): Promise<RunEnd | undefined> {
  const { runner, folders, emit } = state.request;
  const record = state.held.get(armKey(planned))?.record;
  const midst = record?.stop_reason === undefined || record.stop_reason === 'interrupted';
  const folder = folders.existing(armKey(planned));
  if (record === undefined || !midst || folder === undefined) return undefined;
  try {
    return await runner.goOn(record.session, orderOf(state, planned, folder));
  } catch (error) {
    // Another process at work on that session would be joined by a second one.
    if (!(error instanceof UserError) || error.problem.what.includes(HELD)) throw error;
    const text = `${armKey(planned)} is started anew, since its session cannot be gone on with: ${error.problem.what}`;
    emit({ type: 'warning', stage: 'prove', text });
    return undefined;
  }
}

// A sentence where the workspace could not be set up.
async function startAnew(state: State, planned: PlannedTrial): Promise<RunEnd | string> {
  const { runner, folders, workspace, plan } = state.request;
  const task = taskOf(state, planned);
  const folder = await folders.fresh(armKey(planned));
  const { trial, seed } = planned;
  const order = { ...workspace, commits: plan.commits, signal: state.stop.signal };
  const laid = await layOut(folder, { task, trial, seed }, order);
  return 'why' in laid ? laid.why : await runner.start(orderOf(state, planned, folder));
}

function orderOf(state: State, planned: PlannedTrial, folder: string): RunOrder {
  const { plan } = state.request;
  const { id, prompt, agent, rubric, budget, tags } = taskOf(state, planned);
  const { arm, trial, seed } = planned;
  return {
    ...{ agent, prompt, folder, seed, task: id },
    ...(rubric !== undefined && { rubric }),
    ...(budget !== undefined && { budget }),
    memory: memoryOf(plan, planned),
    suite: { suite: plan.suite, run: plan.run, trial, seed, arm, held_out: true, ...(tags.length > 0 && { tags }) },
    signal: state.stop.signal,
  };
}

// Commits, not branches: a branch may move while the trials run.
function memoryOf({ base, head }: ProofPlan, { arm, without }: PlannedTrial): MemoryChoice {
  if (arm === 'A') return { ref: base, whole: true };
  return { ref: head, whole: true, ...(arm === 'P' && { placebo: true }), ...(without.length > 0 && { without }) };
}

async function take(state: State, planned: PlannedTrial, end: RunEnd): Promise<void> {
  const { request, held, stop } = state;
  const record = trialOfEnd(end);
  if (record === undefined) throw new Error(`the session ${end.session} does not say which trial it is`);
  held.set(armKey(planned), { record, path: end.path });
  if (end.never_started) {
    state.fatal ??= new UserError({
      what: end.why ?? 'the model was never reached',
      hint: `then go on: agent prove --resume ${request.plan.run}`,
    });
    stop.abort();
    return;
  }
  if (isDone(record)) {
    state.ended++;
    const stays = request.keep ? undefined : await request.folders.remove(armKey(planned));
    if (stays !== undefined) request.emit(folderStays('prove', armKey(planned), stays));
  }
  request.tell(planned, record);
}

function miss({ request, missed, stop }: State, planned: PlannedTrial, why: string): void {
  if (stop.signal.aborted) return; // it was stopped on its way; that is no fault of the trial
  missed.set(armKey(planned), why);
  request.emit({ type: 'warning', stage: 'prove', text: `${armKey(planned)} was not started: ${why}` });
}

function taskOf({ request }: State, { task }: PlannedTrial): WholeTask {
  const found = request.tasks.get(task);
  if (found === undefined) throw new Error(`a trial of no task: ${task}`);
  return found;
}
