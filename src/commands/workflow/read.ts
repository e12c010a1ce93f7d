// `agent workflow list | check`: the workflows of this memory, their newest runs, and what is wrong with them; changes nothing.
import { RunState } from '../../agent/workflow/run-state.ts';
import { UserError } from '../../base/errors.ts';
import { count } from '../../base/text.ts';
import { ago } from '../../base/time.ts';
import type { Fault } from '../../store/faults.ts';
import { readWorkflowLog, workflowRuns } from '../../store/workflow-runs.ts';
import { findWorkflow, type WorkflowFile, workflowNames } from '../../store/workflows.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { checkedWorkflow } from './load.ts';

const MOST_RUNS_SHOWN = 10;

interface Listed {
  name: string;
  description: string;
  steps: number;
  problems: number;
}

/** `agent workflow list`; exit code 1 where a file of workflows/ cannot run. */
export async function list(context: CommandContext, flags: { json?: boolean }): Promise<number> {
  const { print, world } = context;
  const workspace = await context.open();
  const workflows = workflowNames(workspace.layout).map((name) => listed(workspace, world.cwd, name));
  const runs = listedRuns(workspace);
  if (flags.json) print.json({ workflows, runs });
  else {
    if (workflows.length === 0) print.line('no workflow yet');
    else print.table(['workflow', 'steps', 'problems', 'description'], workflows.map(row));
    if (runs.length > 0) {
      print.line();
      const rows = runs.map(({ run, workflow, status, at }) => [run, workflow, status, ago(at, world.now())]);
      print.table(['run', 'workflow', 'state', 'begun'], rows);
    }
  }
  const broken = workflows.find(({ problems }) => problems > 0);
  if (broken !== undefined) print.next(`next: agent workflow check ${broken.name}`);
  else
    print.next(
      workflows.length === 0 ? 'next: write .agentmem/workflows/<name>.yaml' : 'next: agent workflow run <name>',
    );
  return broken === undefined ? 0 : 1;
}

/** `agent workflow check`; exit code 1 where there are problems. */
export async function check(context: CommandContext, name: string, flags: { json?: boolean }): Promise<number> {
  const { print, world } = context;
  const workspace = await context.open();
  const file = findWorkflow(workspace.layout, name, world.cwd);
  const faults = faultsOf(workspace, world.cwd, file);
  if (flags.json) print.json({ file: file.from, problems: faults });
  else {
    for (const { line, text, hint } of faults)
      print.line(print.outside(`${file.from}:${line}: ${text}${hint === undefined ? '' : ` (${hint})`}`));
    print.line(faults.length === 0 ? 'nothing is wrong with it' : count(faults.length, 'problem'));
  }
  print.next(
    faults.length === 0
      ? `next: agent workflow run ${name}`
      : `next: mend these lines, then agent workflow check ${name}`,
  );
  return faults.length === 0 ? 0 : 1;
}

// A file that is not even YAML has one problem, with its line.
function faultsOf(workspace: Workspace, cwd: string, file: WorkflowFile): Fault[] {
  try {
    return checkedWorkflow(workspace, cwd, file).faults;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, where, hint } = error.problem;
    const line = Number(/:(\d+)$/.exec(where ?? '')?.[1] ?? 1);
    return [{ line, text: what, ...(hint !== undefined && { hint }) }];
  }
}

function listed(workspace: Workspace, cwd: string, name: string): Listed {
  const unread = { name, description: '', steps: 0 };
  try {
    const { read, faults } = checkedWorkflow(workspace, cwd, findWorkflow(workspace.layout, name));
    const { description = '', steps = [] } = read.workflow ?? {};
    return { name, description, steps: steps.length, problems: faults.length };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...unread, problems: 1 };
  }
}

function listedRuns({ layout }: Workspace) {
  return workflowRuns(layout)
    .slice(0, MOST_RUNS_SHOWN)
    .flatMap((run) => {
      const { head, stopped } = new RunState(readWorkflowLog(layout, run).lines);
      if (head === undefined) return [];
      return [{ run, workflow: head.workflow, status: stopped?.status ?? 'open', at: head.at }];
    });
}

function row({ name, description, steps, problems }: Listed): string[] {
  return [name, String(steps), problems === 0 ? '' : String(problems), description.replace(/\s+/g, ' ')];
}
