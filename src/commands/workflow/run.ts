// `agent workflow run | resume`: a workflow is checked, run and told of; decides nothing about its steps.
import { resolve as resolvePath } from 'node:path';
import { inputsOf } from '../../agent/workflow/inputs.ts';
import type { WorkflowReport } from '../../agent/workflow/report.ts';
import { RunState } from '../../agent/workflow/run-state.ts';
import type { WorkflowRequest } from '../../agent/workflow/work.ts';
import { UserError } from '../../base/errors.ts';
import { liveSessionId } from '../../base/ids.ts';
import { count, dollars } from '../../base/text.ts';
import { MOST_AT_ONCE } from '../../domain/workflow.ts';
import { resumeWorkflow, startWorkflow } from '../../stages/workflow.ts';
import { readWorkflowLog, workflowRuns } from '../../store/workflow-runs.ts';
import { findWorkflow } from '../../store/workflows.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { openRunner } from '../run/runner.ts';
import { workspaceFolder } from '../run/workspace-folder.ts';
import { type CheckedWorkflow, soundWorkflow } from './load.ts';
import { printSteps } from './show.ts';

interface RunFlags {
  jobs: number;
  workspace?: string;
  budget?: string;
  allow?: string[];
  deny?: string[];
  context?: boolean;
  record?: string;
  model?: string;
  json?: boolean;
}

/** `agent workflow run`. */
export async function run(
  context: CommandContext,
  name: string,
  flags: RunFlags & { input?: string[]; memory?: string | boolean },
): Promise<number> {
  const workspace = await context.open();
  const { world } = context;
  const file = findWorkflow(workspace.layout, name, world.cwd);
  const sound = soundWorkflow(workspace, world.cwd, file);
  const inputs = inputsOf(sound.workflow, flags.input ?? []);
  const id = liveSessionId(world.now(), world.random());
  const { model, memory } = flags;
  return await withRunner(context, workspace, flags, sound, (request) =>
    startWorkflow({
      ...request,
      ...{ run: id, inputs, file: file.name ?? file.path },
      ...(model !== undefined && { model }),
      // commander makes `true` of a flag that was not given but can be denied
      ...(memory !== undefined && memory !== true && { memory }),
    }),
  );
}

/** `agent workflow resume`. */
export async function resume(
  context: CommandContext,
  named: string | undefined,
  flags: RunFlags & { failed?: boolean; anyway?: boolean },
): Promise<number> {
  const workspace = await context.open();
  const { layout } = workspace;
  const { head, run: id } = findRun(layout, named);
  const file = findWorkflow(layout, head.file);
  const sound = soundWorkflow(workspace, context.world.cwd, file);
  const model = flags.model ?? head.model;
  return await withRunner(context, workspace, { ...flags, ...(model !== undefined && { model }) }, sound, (request) =>
    resumeWorkflow({
      ...{ ...request, run: id },
      ...(flags.failed !== undefined && { failed: flags.failed }),
      ...(flags.anyway !== undefined && { anyway: flags.anyway }),
    }),
  );
}

// The run of that id, or the newest that is not done.
function findRun(layout: Workspace['layout'], named: string | undefined) {
  for (const id of named === undefined || named === 'last' ? workflowRuns(layout) : [named]) {
    const { head, stopped } = new RunState(readWorkflowLog(layout, id).lines);
    if (head !== undefined && (named !== undefined || stopped?.status !== 'done')) return { run: id, head };
    if (named === id) throw new UserError({ what: 'the beginning of this run’s log cannot be read', where: id });
  }
  throw new UserError({
    what: 'there is no workflow run to go on with',
    hint: 'agent workflow list shows those there are',
  });
}

async function withRunner(
  context: CommandContext,
  workspace: Workspace,
  flags: RunFlags,
  { workflow, sha256 }: CheckedWorkflow,
  work: (request: WorkflowRequest) => Promise<WorkflowReport>,
): Promise<number> {
  const { world, emit, signal } = context;
  const folder = workspaceFolder(resolvePath(world.cwd, flags.workspace ?? '.'));
  if (flags.jobs > MOST_AT_ONCE)
    emit({
      type: 'warning',
      stage: 'workflow',
      text: `-j ${flags.jobs}: ${MOST_AT_ONCE} sessions at once is the most`,
    });
  const runner = await openRunner(context, workspace, flags);
  try {
    const { layout, redact } = workspace;
    const report = await work({
      ...{ layout, runner, workflow, sha256, folder, redact, emit, signal },
      ...{ jobs: flags.jobs, now: world.now },
    });
    context.stop();
    printReport(context, report, flags);
    return exitCode(report);
  } finally {
    await runner.close();
  }
}

function exitCode({ status }: WorkflowReport): number {
  if (status === 'done') return 0;
  if (status === 'interrupted') return 130;
  return status === 'no_model' ? 2 : 1;
}

function printReport(context: CommandContext, report: WorkflowReport, flags: RunFlags): void {
  const { print } = context;
  const { run: id, status, output, runs, usd, steps } = report;
  if (flags.json) print.json(report);
  else if (output !== undefined && status === 'done') print.line(print.outside(output));
  else printSteps(context, steps);
  const money = usd > 0 ? `, ${dollars(usd)}` : '';
  print.next(`${id}: ${status.replace('_', ' ')} · ${count(runs, 'session')}${money}`);
  print.next(nextOf(report));
}

function nextOf({ status, run: id, steps }: WorkflowReport): string {
  if (status === 'done') return `next: agent workflow show ${id}`;
  if (status === 'interrupted') return `next: agent workflow resume ${id}`;
  if (status === 'no_model') return `next: mend the key or the address, then agent workflow resume ${id}`;
  if (status === 'waiting')
    return `next: agent run --resume <session> "<your answer>", then agent workflow resume ${id}`;
  const failed = steps.flatMap(({ units }) => units).find((unit) => unit.status === 'failed')?.session;
  const look = failed === undefined ? `agent workflow show ${id}` : `agent sessions show ${failed}`;
  return `next: ${look}; agent workflow resume ${id} --failed tries again`;
}
