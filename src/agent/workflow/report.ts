// A workflow run as people and programs are told of it: where each step is, what it took and what was not reached; changes nothing.
import type { RunStatus, Workflow } from '../../domain/workflow.ts';
import type { PlannedStep } from './plan.ts';
import { textOf } from './prompt.ts';
import type { Results } from './results.ts';
import { type RunState, type StepStatus, statusOf, unitsOf } from './run-state.ts';
import { readTemplate } from './template.ts';

export interface WorkflowReport {
  run: string;
  workflow: string;
  /** `open`: the log does not say that anybody stopped; a process works on it, or was killed. */
  status: RunStatus | 'open';
  /** Sessions that were begun. */
  runs: number;
  usd: number;
  steps: StepReport[];
  /** The file's `output` with its values, where all that it names is there. */
  output?: string;
}

export interface StepReport {
  id: string;
  agent: string;
  needs: string[];
  /** `not_reached`: something that it needs failed, or was not reached itself. */
  status: StepStatus | 'not_reached';
  why?: string;
  usd: number;
  /** One for each item of a list; of a step that runs once, one. */
  units: UnitReport[];
}

export interface UnitReport {
  item?: number;
  status: 'not_begun' | 'open' | 'done' | 'failed' | 'skipped';
  session?: string;
  failure?: string;
  why?: string;
  usd: number;
  retries: number;
  seconds?: number;
}

/** The report of a run as its log stands. */
export function reportOf(
  workflow: Workflow,
  steps: readonly PlannedStep[],
  run: RunState,
  results: Results,
): WorkflowReport {
  const reports = stepReports(steps, run);
  const output = outputOf(workflow, run, results);
  return {
    run: run.head?.run ?? '',
    workflow: workflow.workflow,
    status: run.stopped?.status ?? 'open',
    runs: run.runs,
    usd: reports.reduce((sum, step) => sum + step.usd, 0),
    steps: reports,
    ...(output !== undefined && { output }),
  };
}

/** Each step in the order of the file. */
export function stepReports(steps: readonly PlannedStep[], run: RunState): StepReport[] {
  const known = new Map<string, StepReport['status']>();
  const statusWith = (step: PlannedStep): StepReport['status'] => {
    const before = known.get(step.id);
    if (before !== undefined) return before;
    const own = statusOf(step, run);
    known.set(step.id, own); // a circle, were there one, ends here
    const needs = steps.filter((one) => step.after.includes(one.id)).map(statusWith);
    const lost = own === 'not_begun' && needs.some((need) => need === 'failed' || need === 'not_reached');
    known.set(step.id, lost ? 'not_reached' : own);
    return lost ? 'not_reached' : own;
  };
  return steps.map((step) => stepReport(step, run, statusWith(step)));
}

function stepReport(step: PlannedStep, run: RunState, status: StepReport['status']): StepReport {
  const state = run.step(step.id);
  const units = (unitsOf(step, state) ?? []).map((item) => unitReport(run, step.id, item));
  const why = state.skipped ?? state.units.get(undefined)?.why;
  return {
    id: step.id,
    agent: step.agent,
    needs: step.after,
    status,
    ...(why !== undefined && { why }),
    usd: [...state.units.values()].reduce((sum, unit) => sum + unit.usd, 0),
    units,
  };
}

function unitReport(run: RunState, step: string, item: number | undefined): UnitReport {
  const unit = run.step(step).units.get(item);
  if (unit === undefined) return { ...(item !== undefined && { item }), status: 'not_begun', usd: 0, retries: 0 };
  const { status, begun, session, failure, why, usd, retries, from, until } = unit;
  const ms = from === undefined || until === undefined ? Number.NaN : Date.parse(until) - Date.parse(from);
  return {
    ...(item !== undefined && { item }),
    status: status === 'open' && !begun ? 'not_begun' : status,
    ...(session !== undefined && { session }),
    ...(failure !== undefined && { failure }),
    ...(why !== undefined && { why }),
    usd,
    retries,
    ...(!Number.isNaN(ms) && { seconds: Math.max(0, Math.round(ms / 100) / 10) }),
  };
}

function outputOf({ output }: Workflow, run: RunState, results: Results): string | undefined {
  if (output === undefined) return undefined;
  const { parts } = readTemplate(output);
  const there = parts.every(
    (part) => 'text' in part || part.name.of !== 'steps' || results.step(part.name.step)?.status !== undefined,
  );
  return there ? textOf(parts, { inputs: run.head?.inputs ?? {}, step: results.step }) : undefined;
}
