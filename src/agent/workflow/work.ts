// A workflow run while a process works on it: what is known, what is under way, and the one way in which things get into its log; begins no session.
import { clip, dollars, oneLine } from '../../base/text.ts';
import type { Emit } from '../../domain/emit.ts';
import type { RunLine, Workflow, WorkflowLine } from '../../domain/workflow.ts';
import type { Layout } from '../../store/layout.ts';
import type { WorkflowLog } from '../../store/workflow-runs.ts';
import type { Runner } from '../run-order.ts';
import type { CheckSchema } from './answer.ts';
import { type PlannedStep, planOf } from './plan.ts';
import { openResults, type Results } from './results.ts';
import { type RunState, unitsOf } from './run-state.ts';

/** What a workflow run is handed, new or resumed. */
export interface WorkflowRequest {
  layout: Layout;
  runner: Runner;
  /** Checked already: nothing in it is unknown. */
  workflow: Workflow;
  /** Of the file's bytes. */
  sha256: string;
  /** Absolute path of the folder that all steps work in. */
  folder: string;
  /** Sessions at once, 1 to 64. */
  jobs: number;
  redact: (text: string) => string;
  now: () => Date;
  emit: Emit;
  /** Stops the whole; the runner knows it too. */
  signal: AbortSignal;
}

export interface Work {
  request: WorkflowRequest;
  check: CheckSchema;
  head: RunLine;
  steps: PlannedStep[];
  state: RunState;
  results: Results;
  log: WorkflowLog;
  running: Map<string, { step: string; done: Promise<void> }>;
  /** Sessions of an earlier process that are not over, by what they work on. */
  broken: Map<string, string>;
  /** What waits for a person, or was interrupted: not begun again by this process. */
  held: Map<string, 'waiting' | 'interrupted'>;
  /** Why nothing more is begun: the model cannot be asked, or something was thrown. */
  halt?: { why: 'no_model' } | { reason: unknown };
}

/** A step, or one item of it. */
export interface Place {
  step: string;
  item?: number;
}

type Facts<T extends WorkflowLine['type']> = Omit<Extract<WorkflowLine, { type: T }>, 'type' | 'at' | 'step' | 'item'>;
export type EndFacts = Facts<'ended'>;
export type AgainFacts = Facts<'again'>;

/** A run that nothing is under way in. */
export function openWork(
  request: WorkflowRequest,
  { log, state, head, check }: Pick<Work, 'log' | 'state' | 'head' | 'check'>,
): Work {
  const steps = planOf(request.workflow);
  const results = openResults(request.layout, steps, state);
  return {
    ...{ request, check, head, steps, state, results, log },
    ...{ running: new Map(), broken: new Map(), held: new Map() },
  };
}

/** Logs a line and takes note of it. */
export function write({ state, log }: Pick<Work, 'state' | 'log'>, line: WorkflowLine): void {
  log.append(line);
  state.add(line);
}

/** Another attempt is to come. */
export function again(work: Work, place: Place, facts: AgainFacts): void {
  const why = work.request.redact(facts.why);
  write(work, { type: 'again', at: timeOf(work), ...place, ...facts, why });
  const next = { retry: 'is tried again', correction: 'is asked for another form', same: 'stopped' }[facts.next];
  note(work, `↻ ${nameOf(place)} ${next}: ${clip(oneLine(why), 200)}`);
}

/** A step, or one item of it, is over. */
export function ended(work: Work, place: Place, facts: EndFacts): void {
  const { status, usd } = facts;
  const why = facts.why === undefined ? undefined : work.request.redact(facts.why);
  write(work, { type: 'ended', at: timeOf(work), ...place, ...facts, ...(why !== undefined && { why }) });
  const mark = status === 'done' ? '✓' : status === 'failed' ? '✗' : '⊘';
  const money = usd > 0 ? ` ${dollars(usd)}` : '';
  note(work, `${mark} ${nameOf(place)}${money}${why === undefined ? '' : `: ${clip(oneLine(why), 200)}`}`);
}

/** Something that a person should see. */
export function note({ request }: Work, text: string): void {
  request.emit({ type: 'note', stage: 'workflow', text });
}

/** How far the run is, as far as its lists are known, and what was done last. */
export function progress({ request, state, steps }: Work, text: string): void {
  const units = steps.flatMap((step) => {
    const known = state.step(step.id);
    return (unitsOf(step, known) ?? [undefined]).map((item) => known.units.get(item)?.status ?? 'open');
  });
  const done = units.filter((status) => status !== 'open').length;
  const last = clip(oneLine(text), 80);
  request.emit({ type: 'progress', stage: 'workflow', done, total: units.length, unit: 'run', note: last });
}

/** `review`, `review 3`: items are counted from 0. */
export function nameOf({ step, item }: Place): string {
  return item === undefined ? step : `${step} ${item}`;
}

/** What tells a step, or an item of it, from all others. */
export function keyOf(place: { step: string; item?: number | undefined }): string {
  return `${place.step} ${place.item ?? ''}`;
}

/** The present, as lines of the log hold it. */
export function timeOf({ request }: Pick<Work, 'request'>): string {
  return request.now().toISOString();
}
