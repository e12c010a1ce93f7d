// Suite: every trial of a run becomes a session, many at once, each in a fresh workspace; what was broken off is gone on with. Grades nothing itself.
import { join } from 'node:path';
import type { RunEnd, Runner, RunOrder } from '../agent/run-order.ts';
import { folderStays, type TrialFolders } from '../agent/suite/folders.ts';
import { type Trial, trialKey } from '../agent/suite/plan.ts';
import { progressLine } from '../agent/suite/progress.ts';
import { type SuiteTable, suiteTable, wholeRow } from '../agent/suite/table.ts';
import { countedTrials, isDone, readTrial, type TrialRecord, trialOfEnd } from '../agent/suite/trial-record.ts';
import { type LayOut, layOut } from '../agent/suite/workspace.ts';
import { Interrupted, UserError } from '../base/errors.ts';
import { inPool } from '../base/pool.ts';
import { clip, count, dollars, oneLine } from '../base/text.ts';
import type { Emit } from '../domain/emit.ts';
import type { Layout } from '../store/layout.ts';
import { HELD } from '../store/lock.ts';
import { openIndex } from '../store/session-index.ts';
import { lockSuiteRun, type SuiteRun } from '../store/suite-runs.ts';

export interface SuiteRequest {
  layout: Layout;
  /** What was asked; its sessions carry its id. */
  run: SuiteRun;
  /** The trials of the run, in the order in which they are begun. */
  trials: readonly Trial[];
  runner: Runner;
  folders: TrialFolders;
  workspace: Omit<LayOut, 'signal' | 'commits'>;
  /** Trials at once. */
  jobs: number;
  /** Leaves the folders of trials where they are. */
  keep: boolean;
  /** Why no further trial may begin; undefined while one may. */
  purse: () => string | undefined;
  now: () => Date;
  emit: Emit;
  signal: AbortSignal;
}

/** What `agent run --suite --json` prints. */
export interface SuiteReport {
  suite: string;
  run: string;
  held_out: boolean;
  /** `stopped`: what is left was not begun, for `why`. */
  end: 'done' | 'interrupted' | 'stopped';
  why?: string;
  table: SuiteTable;
  /** One record a trial that has a session. */
  trials: TrialRecord[];
  not_started: { task: string; trial: number; why: string }[];
}

const SAME_TROUBLE = 3;

/**
 * Runs what is not done yet. Throws UserError where another process works on the run, or the model cannot be reached for reasons
 * of configuration; sessions that were made until then stay, and the run can be gone on with.
 */
export async function runSuite(request: SuiteRequest): Promise<SuiteReport> {
  const { layout, run, jobs, now } = request;
  const lock = lockSuiteRun(layout, run.run, now().toISOString());
  try {
    const state = await openState(request);
    await inPool(state.open, jobs, (trial) => oneTrial(state, trial), state.stop.signal);
    if (state.fatal !== undefined) throw state.fatal;
    return reportOf(state);
  } finally {
    for (const { key, why } of await request.folders.close()) request.emit(folderStays('suite', key, why));
    lock.release();
  }
}

/** Every stored trial of a run, those that broke off and were started anew included. */
export function storedTrials(layout: Layout, run: string, emit: Emit): TrialRecord[] {
  return openIndex(layout, emit).flatMap((entry) => {
    if (entry.suite?.run !== run) return [];
    const record = readTrial(join(layout.sessions, entry.path));
    return record === undefined ? [] : [record];
  });
}

interface State {
  request: SuiteRequest;
  /** By session. */
  records: Map<string, TrialRecord>;
  /** What is known of a trial from an earlier stretch. */
  earlier: Map<string, TrialRecord>;
  open: Trial[];
  notStarted: SuiteReport['not_started'];
  stop: AbortController;
  /** Trials that are over, and the money of all sessions. */
  sofar: { passed: number; failed: number; other: number; usd: number };
  begun: number;
  ended: number;
  /** How often starting failed for which reason, as long as nothing has ended. */
  troubles: Map<string, number>;
  why?: string;
  fatal?: UserError;
}

async function openState(request: SuiteRequest): Promise<State> {
  const { layout, run, trials, emit, signal, now, folders, keep } = request;
  const records = storedTrials(layout, run.run, emit);
  const earlier = new Map(countedTrials(records).map((record) => [trialKey(record.task, record.trial), record]));
  const stop = new AbortController();
  if (signal.aborted) stop.abort();
  signal.addEventListener('abort', () => stop.abort(), { once: true });
  const over = (trial: Trial) => isDone(earlier.get(keyOf(trial)) ?? { result: 'broke_off' });
  const open = trials.filter((trial) => !over(trial));
  // The process may have died between the end of a trial and the removal of its folder.
  if (!keep) for (const trial of trials.filter(over)) await removeFolder(request, folders, keyOf(trial));
  const { done, results } = wholeRow(trials.length, records);
  const { passed, failed } = results;
  const usd = records.reduce((sum, record) => sum + record.usd, 0);
  return {
    request,
    sofar: { passed, failed, other: done - passed - failed, usd },
    records: new Map(records.map((record) => [record.session, record])),
    ...{ earlier, open, stop, notStarted: [], begun: now().getTime(), ended: 0, troubles: new Map() },
  };
}

async function oneTrial(state: State, trial: Trial): Promise<void> {
  const { request } = state;
  const empty = request.purse();
  if (empty !== undefined) {
    state.why ??= empty;
    return;
  }
  try {
    const end = (await goOn(state, trial)) ?? (await startAnew(state, trial));
    if (typeof end === 'string') notStarted(state, trial, end);
    else await take(state, trial, end);
  } catch (error) {
    if (error instanceof Interrupted) return; // before there was a session
    if (!(error instanceof UserError)) throw error;
    trouble(state, trial, error);
  }
}

// Undefined where there is nothing to go on with: no session that was broken off in its midst, or its folder is gone.
async function goOn(state: State, trial: Trial): Promise<RunEnd | undefined> {
  const { runner, folders, emit } = state.request;
  const key = keyOf(trial);
  const record = state.earlier.get(key);
  if (record === undefined || (record.stop_reason !== undefined && record.stop_reason !== 'interrupted'))
    return undefined;
  const folder = folders.existing(key);
  if (folder === undefined) return undefined;
  try {
    return await runner.goOn(record.session, orderOf(state, trial, folder));
  } catch (error) {
    // Another process at work on that session would be joined by a second one.
    if (!(error instanceof UserError) || error.problem.what.includes(HELD)) throw error;
    const text = `${key} is started anew, since its session cannot be gone on with: ${error.problem.what}`;
    emit({ type: 'warning', stage: 'suite', text });
    return undefined;
  }
}

// A sentence where the workspace could not be set up.
async function startAnew(state: State, trial: Trial): Promise<RunEnd | string> {
  const { runner, folders, workspace, run, emit } = state.request;
  const key = keyOf(trial);
  const folder = await folders.fresh(key);
  const laid = await layOut(folder, trial, { ...workspace, commits: run.commits, signal: state.stop.signal });
  if ('why' in laid) return laid.why;
  if (laid.left_out > 0) {
    const what = `${count(laid.left_out, 'link')} out of the copied folder, or of another kind`;
    emit({ type: 'warning', stage: 'suite', text: `${key} works without ${what}` });
  }
  return await runner.start(orderOf(state, trial, folder));
}

function orderOf({ request, stop }: State, { task, trial, seed }: Trial, folder: string): RunOrder {
  const { suite, run, memory } = request.run;
  const { id, prompt, agent, rubric, budget, tags, held_out } = task;
  return {
    ...{ agent, prompt, folder, seed, task: id },
    ...(rubric !== undefined && { rubric }),
    ...(budget !== undefined && { budget }),
    memory: memory === null ? false : { ref: memory },
    suite: { suite, run, trial, seed, ...(tags.length > 0 && { tags }), ...(held_out && { held_out }) },
    signal: stop.signal,
  };
}

async function take(state: State, trial: Trial, end: RunEnd): Promise<void> {
  const { request, records, stop } = state;
  const record = trialOfEnd(end);
  if (record === undefined) throw new Error(`the session ${end.session} does not say which trial it is`);
  addUp(state, record);
  records.set(end.session, record);
  if (end.never_started) {
    state.fatal ??= new UserError({
      what: end.why ?? 'the model was never reached',
      hint: `then go on: agent run --suite ${request.run.suite} --resume ${request.run.run}`,
    });
    stop.abort();
    return;
  }
  if (isDone(record)) {
    state.ended++;
    if (!request.keep) await removeFolder(request, request.folders, keyOf(trial));
  }
  tell(state, record);
}

function addUp({ sofar, records }: State, record: TrialRecord): void {
  sofar.usd += record.usd - (records.get(record.session)?.usd ?? 0);
  if (!isDone(record)) return;
  if (record.result === 'passed') sofar.passed++;
  else if (record.result === 'failed') sofar.failed++;
  else sofar.other++;
}

// What goes wrong with the very first ones in the same way is the configuration's fault and would go wrong with all.
function trouble(state: State, trial: Trial, error: UserError): void {
  const { troubles, open, stop } = state;
  const { what } = error.problem;
  notStarted(state, trial, what);
  if (state.ended > 0) return;
  const times = (troubles.get(what) ?? 0) + 1;
  troubles.set(what, times);
  if (times < Math.min(SAME_TROUBLE, open.length)) return;
  state.fatal ??= error;
  stop.abort();
}

function notStarted({ request, notStarted: list, stop }: State, { task, trial }: Trial, why: string): void {
  if (stop.signal.aborted) return; // it was stopped on its way; that is no fault of the trial
  list.push({ task: task.id, trial, why });
  const text = `${trialKey(task.id, trial)} was not started: ${why}`;
  request.emit({ type: 'warning', stage: 'suite', text });
}

function tell(state: State, record: TrialRecord): void {
  const { request, open, ended, begun } = state;
  const { emit, now, trials } = request;
  const facts = [`${record.seconds.toFixed(1)} s`, ...(record.usd > 0 ? [dollars(record.usd)] : [])].join(', ');
  const why = record.result === 'passed' || record.why === undefined ? '' : `: ${clip(oneLine(record.why), 120)}`;
  const text = `${trialKey(record.task, record.trial)} ${record.result.replace('_', ' ')} (${facts})${why}`;
  emit({ type: 'note', stage: 'suite', text });
  const { passed, failed, other, usd } = state.sofar;
  const note = progressLine({
    ...{ passed, failed, other, usd, ended },
    ...{ left: open.length - ended, elapsedMs: now().getTime() - begun },
  });
  const done = passed + failed + other;
  emit({ type: 'progress', stage: 'suite', done, total: trials.length, unit: 'trial', note });
}

function reportOf(state: State): SuiteReport {
  const { request, records, notStarted, why } = state;
  const { run, signal, trials } = request;
  return {
    ...{ suite: run.suite, run: run.run, held_out: run.held_out },
    end: signal.aborted ? 'interrupted' : why === undefined ? 'done' : 'stopped',
    ...(why !== undefined && { why }),
    table: suiteTable(
      trials.map(({ task, trial }) => ({ task: task.id, trial })),
      [...records.values()],
    ),
    trials: countedTrials([...records.values()]),
    not_started: notStarted,
  };
}

async function removeFolder(request: SuiteRequest, folders: TrialFolders, key: string): Promise<void> {
  const stays = await folders.remove(key);
  if (stays !== undefined) request.emit(folderStays('suite', key, stays));
}

function keyOf({ task, trial }: Trial): string {
  return trialKey(task.id, trial);
}
