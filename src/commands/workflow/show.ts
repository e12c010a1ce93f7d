// `agent workflow show`: the plan of a workflow, or where a run is, as a small graph; changes nothing.
import { planOf } from '../../agent/workflow/plan.ts';
import { reportOf, type StepReport, stepReports } from '../../agent/workflow/report.ts';
import { openResults } from '../../agent/workflow/results.ts';
import { RunState } from '../../agent/workflow/run-state.ts';
import { UserError } from '../../base/errors.ts';
import { count, dollars } from '../../base/text.ts';
import { ago } from '../../base/time.ts';
import { type Workflow, workflowSchema } from '../../domain/workflow.ts';
import type { Layout } from '../../store/layout.ts';
import { readWorkflowLog, workflowRuns } from '../../store/workflow-runs.ts';
import { findWorkflow, readWorkflow } from '../../store/workflows.ts';
import type { CommandContext } from '../context.ts';
import { drawSteps } from './draw.ts';
import { soundWorkflow } from './load.ts';

/** `agent workflow show`; a run's exit code is 0 wherever it is. */
export async function show(context: CommandContext, name: string, flags: { json?: boolean }): Promise<number> {
  const { layout } = await context.open();
  const runs = workflowRuns(layout);
  const run = name === 'last' ? runs[0] : runs.find((id) => id === name);
  if (run !== undefined) return await showRun(context, run, flags);
  if (name === 'last') throw new UserError({ what: 'there is no workflow run', hint: 'agent workflow run <name>' });
  return await showPlan(context, name, flags);
}

/** The steps as a graph with their states; `plan`: nothing has run. */
export function printSteps({ print }: CommandContext, steps: readonly StepReport[], plan = false): void {
  const rows = drawSteps(steps, plan).map(({ graph, agent, state, facts, notes }) =>
    plan ? [graph, agent, notes] : [graph, state, facts, notes],
  );
  // Not a table of the printer's: that would take the blanks out of the branches.
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  for (const row of rows)
    print.line(
      print.outside(
        row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd(),
      ),
    );
}

async function showPlan(context: CommandContext, name: string, flags: { json?: boolean }): Promise<number> {
  const { print, world } = context;
  const workspace = await context.open();
  const file = findWorkflow(workspace.layout, name, world.cwd);
  const { workflow } = soundWorkflow(workspace, world.cwd, file);
  const steps = planOf(workflow);
  if (flags.json) {
    print.json({ ...workflow, steps: workflow.steps.map((step, i) => ({ ...step, needs: steps[i]?.after ?? [] })) });
    return 0;
  }
  print.line(`${workflow.workflow}  ${print.paint.dim(print.outside(file.path))}`);
  if (workflow.description !== '') print.line(print.outside(workflow.description.trim()));
  for (const line of inputLines(workflow)) print.line(print.outside(line));
  print.line();
  printSteps(context, stepReports(steps, new RunState()), true);
  print.next(`next: agent workflow run ${name}`);
  return 0;
}

function inputLines({ inputs }: Workflow): string[] {
  return Object.entries(inputs).map(([name, { description, required, list, default: usual }]) => {
    const facts = [
      ...(required ? ['required'] : []),
      ...(list ? ['may be repeated'] : []),
      ...(usual === undefined ? [] : [`default ${JSON.stringify(usual)}`]),
    ];
    return `--input ${name}=…  ${description}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  });
}

async function showRun(context: CommandContext, run: string, flags: { json?: boolean }): Promise<number> {
  const { print, world, emit } = context;
  const { layout } = await context.open();
  const { workflow, state } = runOf(layout, run, (text) =>
    emit({ type: 'warning', stage: 'workflow', text, where: run }),
  );
  const steps = planOf(workflow);
  const report = reportOf(workflow, steps, state, openResults(layout, steps, state));
  if (flags.json) {
    print.json(report);
    return 0;
  }
  const began = state.head === undefined ? '' : `, begun ${ago(state.head.at, world.now())}`;
  const money = report.usd > 0 ? `, ${dollars(report.usd)}` : '';
  const status = report.status === 'open' ? 'under way, or broken off' : report.status.replace('_', ' ');
  print.line(`${report.workflow} ${run}: ${status}${began}, ${count(report.runs, 'session')}${money}`);
  print.line();
  printSteps(context, report.steps);
  for (const { id, units } of report.steps)
    for (const { item, session, status: how } of units)
      if (session !== undefined)
        print.line(print.paint.dim(`  ${id}${item === undefined ? '' : ` ${item}`}: ${how} in ${session}`));
  print.next(report.status === 'done' ? 'next: agent sessions show <session>' : `next: agent workflow resume ${run}`);
  return 0;
}

// A run is shown by the file as it is now; where that has gone or changed shape, by what its log says alone.
function runOf(layout: Layout, run: string, warn: (text: string) => void): { workflow: Workflow; state: RunState } {
  const { lines, bad } = readWorkflowLog(layout, run);
  if (bad.length > 0) warn(`${count(bad.length, 'line')} of the log cannot be read: ${bad.join(', ')}`);
  const state = new RunState(lines);
  return { state, workflow: workflowOf(layout, state, warn) };
}

function workflowOf(layout: Layout, { head, steps }: RunState, warn: (text: string) => void): Workflow {
  if (head === undefined) throw new UserError({ what: 'the beginning of this run’s log cannot be read' });
  try {
    const { workflow, sha256 } = readWorkflow(findWorkflow(layout, head.file));
    if (workflow !== undefined && sha256 !== head.sha256) warn('the workflow has changed since this run began');
    if (workflow !== undefined) return workflow;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  warn('the workflow cannot be read any more, so what its steps need is not shown');
  const known = [...steps].map(([id, { count: items }]) => ({
    id,
    prompt: '…',
    ...(items !== undefined && { for_each: [] }),
  }));
  return workflowSchema.parse({ workflow: head.workflow, steps: known });
}
