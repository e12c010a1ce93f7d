// Runs pieces of work for suites, workflows and proofs, many in one process, with nobody at the terminal; decides nothing about what is run.
import { setMaxListeners } from 'node:events';
import { realpathSync } from 'node:fs';
import { lastGrade, readPast, storedEnd, storedRun } from '../../agent/past.ts';
import type { RunEnd, Runner, RunOrder } from '../../agent/run-order.ts';
import type { Evaluation, SessionEvent } from '../../domain/events.ts';
import { projectOf } from '../../git/work-tree.ts';
import { type RunReport, type RunRequest, resumeRun, startRun } from '../../stages/run.ts';
import { openIndex } from '../../store/session-index.ts';
import { findSession } from '../../store/sessions.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { type SessionPlan, withParts } from './parts.ts';
import { placeOf } from './place.ts';
import { projectContext } from './project-context.ts';
import { openWorkshop, type Workshop, type WorkshopOptions } from './workshop.ts';

export interface RunnerOptions extends WorkshopOptions {
  /** Told of every event of every session after it is stored; must not throw. */
  onEvent?: (event: SessionEvent, order: RunOrder) => void;
}

/** Opens what the runs share. What a ref of a memory means is settled when it is first used. */
export async function openRunner(
  context: CommandContext,
  workspace: Workspace,
  options: RunnerOptions,
): Promise<Runner> {
  const workshop = openWorkshop(context, workspace, options);
  // Hundreds of folders lie side by side, and the same ones above them all.
  const above = new Map<string, boolean>();
  return {
    start: (order) => start(workshop, options, order, above),
    goOn: (session, order) => goOn(workshop, options, session, order),
    close: workshop.close,
  };
}

async function start(
  workshop: Workshop,
  options: RunnerOptions,
  order: RunOrder,
  above: Map<string, boolean>,
): Promise<RunEnd> {
  const { agent, prompt, task, memory, suite, workflow } = order;
  const found = workshop.agent(agent);
  if (found.memory.playbooks !== 'none') workshop.lessons.ahead(memory);
  return await ended(workshop, options, order, {}, async (parts) => {
    const tools = [...parts.tools.keys()];
    const briefing = await workshop.lessons.briefing({ agent: found, tools, task: prompt, memory });
    const { top, ...place } = await placeOf(parts.folder, above);
    return await startRun({
      ...parts,
      task: { ...(task !== undefined && { id: task }), prompt },
      by: workshop.workspace.by,
      // A trial's own folder is gone tomorrow: its task is one of the memory's project, and is compared with its other trials.
      workspace: suite === undefined ? place : { ...place, project: projectOf(workshop.workspace.repo) },
      context: projectContext(workshop, { folder: parts.folder, top }),
      ...(briefing !== undefined && { briefing }),
      marks: { ...(suite !== undefined && { suite }), ...(workflow !== undefined && { workflow }) },
    });
  });
}

async function goOn(workshop: Workshop, options: RunnerOptions, session: string, order: RunOrder): Promise<RunEnd> {
  const { layout } = workshop.workspace;
  const entry = findSession(openIndex(layout, workshop.context.emit), session);
  const path = `${layout.sessions}/${entry.path}`;
  const over = storedEnd(path);
  if (over !== undefined) return over;
  const { header, used } = storedRun(path);
  const going = { session: entry.id, used, begun: header.at };
  return await ended(workshop, options, order, going, (parts) =>
    resumeRun({ ...parts, session: { id: entry.id, path } }),
  );
}

/** Events; a hundred long sessions would fill the memory with what can be read back. */
const MOST_KEPT = 50;

async function ended(
  workshop: Workshop,
  { onEvent }: RunnerOptions,
  order: RunOrder,
  going: Pick<SessionPlan, 'session' | 'used' | 'begun'>,
  work: (parts: RunRequest & { folder: string }) => Promise<RunReport>,
): Promise<RunEnd> {
  const { context } = workshop;
  const folder = realpathSync.native(order.folder);
  let grade: Evaluation | undefined;
  let past: SessionEvent[] | undefined = order.suite !== undefined && going.session === undefined ? [] : undefined;
  const plan: SessionPlan = {
    ...going,
    agent: workshop.agent(order.agent),
    folder,
    rubric: order.rubric,
    budget: order.budget,
    seed: order.seed,
    task: order.task,
    memory: order.memory,
    attended: false,
    signal: eitherOf(context.signal, order.signal),
    activity: order.activity ?? (() => {}),
    onEvent: (event) => {
      if (event.type === 'span.outcome_evaluation_end') grade = event as Evaluation; // ours, of the session's one rubric
      if (past !== undefined && past.push(event) > MOST_KEPT) past = undefined;
      onEvent?.(event, order);
    },
  };
  const report = await withParts(workshop, plan, (parts) => work({ ...parts, folder }));
  // A session that was graded before it broke off keeps that grade.
  grade ??= going.session === undefined ? undefined : lastGrade(readPast(report.path));
  return endOf(report, grade, past);
}

// The trials of a suite are stopped by one signal, to which hundreds of them listen.
function eitherOf(command: AbortSignal, own: AbortSignal | undefined): AbortSignal {
  if (own === undefined) return command;
  const known = eithers.get(own);
  if (known !== undefined) return known;
  const either = AbortSignal.any([command, own]);
  setMaxListeners(0, either);
  eithers.set(own, either);
  return either;
}

/** By the signal of a piece of work; a process has one for its command. */
const eithers = new WeakMap<AbortSignal, AbortSignal>();

function endOf(report: RunReport, grade: Evaluation | undefined, past: SessionEvent[] | undefined): RunEnd {
  const { session, path, stop_reason, text, why, usage, never_started } = report;
  return {
    ...{ session, path, stop_reason, text, usage, never_started },
    ...(why !== undefined && { why }),
    ...(grade !== undefined && { grade }),
    ...(past !== undefined && { past }),
  };
}
