// Workflow: the steps of a plan are run as sessions of their own, side by side where nothing holds them up, and every begin and end is logged; runs no session itself.
import { attempt, type RunMove } from '../agent/workflow/attempt.ts';
import { type Move, nextMoves } from '../agent/workflow/moves.ts';
import { reportOf, type WorkflowReport } from '../agent/workflow/report.ts';
import { RunState } from '../agent/workflow/run-state.ts';
import {
  type EndFacts,
  ended,
  keyOf,
  nameOf,
  openWork,
  timeOf,
  type Work,
  type WorkflowRequest,
  write,
} from '../agent/workflow/work.ts';
import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { MOST_AT_ONCE, type RunLine, type RunStatus } from '../domain/workflow.ts';
import { checkSchema } from '../grading/json-schema.ts';
import { redactDeep } from '../store/redaction.ts';
import { openWorkflowLog, readWorkflowLog, sessionsOfRun } from '../store/workflow-runs.ts';

export interface NewWorkflow extends WorkflowRequest {
  run: string;
  /** The name, or the absolute path, that finds the file again. */
  file: string;
  /** Values of every input, defaults filled in. */
  inputs: Record<string, unknown>;
  model?: string;
  memory?: false | string;
}

export interface ResumedWorkflow extends WorkflowRequest {
  run: string;
  /** Go on although the file or an answer has changed since. */
  anyway?: boolean;
  /** Begin anew what had failed. */
  failed?: boolean;
}

/** Begins a run and works until nothing can be done any more. Throws UserError where the disk refuses. */
export async function startWorkflow(request: NewWorkflow): Promise<WorkflowReport> {
  const { layout, run, workflow, file, inputs, folder, model, memory, redact } = request;
  const at = timeOf({ request });
  const log = openWorkflowLog(layout, run, at);
  try {
    const head: RunLine = {
      ...{ type: 'run', version: 1, at, run, workflow: workflow.workflow, file, sha256: request.sha256 },
      // What a session is sent is redacted; with other inputs a resumed run would send something else.
      ...{ inputs: redactDeep(redact, inputs), folder },
      ...(model !== undefined && { model }),
      ...(memory !== undefined && { memory }),
    };
    const state = new RunState();
    write({ log, state }, head);
    return await workThrough(openWork(request, { log, state, head, check: checkSchema }));
  } finally {
    log.close();
  }
}

/**
 * Goes on with a run: what has ended is left alone, a session that broke off is gone on with, everything else is begun.
 * Throws UserError where another process works on it, it works elsewhere, or the file or an answer has changed.
 */
export async function resumeWorkflow(request: ResumedWorkflow): Promise<WorkflowReport> {
  const { layout, run, emit } = request;
  const at = timeOf({ request });
  const log = openWorkflowLog(layout, run, at);
  try {
    const { lines, bad } = readWorkflowLog(layout, run);
    if (bad.length > 0) {
      const text = `${count(bad.length, 'line')} of the run’s log cannot be read (${bad.join(', ')})`;
      emit({ type: 'warning', stage: 'workflow', text, where: run });
    }
    const state = new RunState(lines);
    const work = openWork(request, { log, state, head: headOf(state, run), check: checkSchema });
    const gone = refuseWhatChanged(request, work);
    write(work, { type: 'resumed', at, sha256: request.sha256 });
    for (const { step, item } of [...gone, ...(request.failed === true ? failedUnits(state) : [])])
      write(work, { type: 'reopened', at, step, ...(item !== undefined && { item }) });
    for (const { header } of sessionsOfRun(layout, run, work.head.at))
      if (header.workflow !== undefined && !state.over.has(header.session))
        work.broken.set(keyOf(header.workflow), header.session);
    return await workThrough(work);
  } finally {
    log.close();
  }
}

function headOf({ head }: RunState, run: string): RunLine {
  if (head !== undefined) return head;
  const hint = 'begin anew: agent workflow run';
  throw new UserError({ what: 'the beginning of this run’s log cannot be read', where: run, hint });
}

// The answers that are gone, where that was said to be no matter.
function refuseWhatChanged({ anyway, sha256, run, folder }: ResumedWorkflow, { state, results, head }: Work) {
  if (head.folder !== folder)
    throw new UserError({
      what: 'this run works in another folder',
      where: head.folder,
      hint: `agent workflow resume ${run} --workspace ${head.folder}`,
    });
  const hint = `agent workflow resume ${run} --anyway goes on with what is there now; agent workflow run begins anew`;
  if (anyway !== true && state.sha256 !== sha256)
    throw new UserError({ what: 'the workflow has changed since this run worked on it', where: head.file, hint });
  const changed = results.changed();
  if (anyway === true || changed.length === 0) return changed.filter(({ gone }) => gone);
  const which = changed.map((one) => `${nameOf(one)} (${one.session}${one.gone ? ', which is gone' : ''})`);
  const what = `answers are no longer what they were when their steps ended: ${which.join(', ')}`;
  throw new UserError({ what, hint });
}

function failedUnits({ steps }: RunState): { step: string; item: number | undefined }[] {
  return [...steps].flatMap(([step, { units }]) =>
    [...units].flatMap(([item, { status }]) => (status === 'failed' ? [{ step, item }] : [])),
  );
}

async function workThrough(work: Work): Promise<WorkflowReport> {
  const { request, running, steps, state, results } = work;
  for (;;) {
    if (work.halt === undefined && !request.signal.aborted) beginWhatFits(work, settle(work));
    if (running.size === 0) break;
    await Promise.race([...running.values()].map(({ done }) => done));
  }
  if (work.halt !== undefined && 'reason' in work.halt) throw work.halt.reason;
  write(work, { type: 'stopped', at: timeOf(work), status: statusAtEnd(work) });
  return reportOf(request.workflow, steps, state, results);
}

// Writes down what needs no session, until only sessions are left to begin.
function settle(work: Work): RunMove[] {
  const { state, steps, results, head } = work;
  for (;;) {
    const moves = nextMoves(steps, state, { inputs: head.inputs, step: results.step });
    const runs = moves.filter((move): move is RunMove => move.do === 'run');
    if (runs.length === moves.length) return runs;
    for (const move of moves) {
      if (move.do === 'items') write(work, { type: 'items', at: timeOf(work), step: move.step, count: move.count });
      else if (move.do !== 'run') {
        const item = 'item' in move ? move.item : undefined;
        ended(work, { step: move.step, ...(item !== undefined && { item }) }, endOf(move));
      }
    }
  }
}

function endOf({ do: what, why }: Extract<Move, { do: 'skip' | 'fail' }>): EndFacts {
  return what === 'skip'
    ? { status: 'skipped', why, usd: 0 }
    : { status: 'failed', failure: 'not_started', why, usd: 0 };
}

function beginWhatFits(work: Work, moves: readonly RunMove[]): void {
  const { running, held, request } = work;
  const jobs = Math.max(1, Math.min(request.jobs, MOST_AT_ONCE));
  for (const move of moves) {
    if (running.size >= jobs) return;
    const { step, item } = move;
    const key = keyOf({ step: step.id, item });
    const same = [...running.values()].filter((one) => one.step === step.id).length;
    if (running.has(key) || held.has(key) || same >= (step.parallel ?? jobs)) continue;
    const done = attempt(work, move)
      .catch((reason: unknown) => {
        work.halt ??= { reason };
      })
      .finally(() => running.delete(key));
    running.set(key, { step: step.id, done });
  }
}

function statusAtEnd({ halt, held, state, steps, results, request }: Work): RunStatus {
  if (halt !== undefined) return 'no_model';
  const { steps: reports } = reportOf(request.workflow, steps, state, results);
  if (reports.every(({ status }) => status === 'done' || status === 'skipped')) return 'done';
  const how = [...held.values()];
  if (request.signal.aborted || how.includes('interrupted')) return 'interrupted';
  return how.includes('waiting') ? 'waiting' : 'failed';
}
