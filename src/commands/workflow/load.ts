// A workflow and all that is wrong with it, against the agents and rubrics that there are; runs nothing.
import { type Known, workflowFaults } from '../../agent/workflow/check.ts';
import { UserError } from '../../base/errors.ts';
import type { Workflow } from '../../domain/workflow.ts';
import { schemaFault } from '../../grading/json-schema.ts';
import { readAgent } from '../../store/agents.ts';
import { type Fault, faultsError } from '../../store/faults.ts';
import { readRubric } from '../../store/rubrics.ts';
import { type ReadWorkflow, readWorkflow, type WorkflowFile } from '../../store/workflows.ts';
import { agentTemplate, type Workspace } from '../../workspace.ts';

export interface CheckedWorkflow extends ReadWorkflow {
  workflow: Workflow;
}

/** The workflow of a file. Throws UserError with every problem and its line. */
export function soundWorkflow(workspace: Workspace, cwd: string, file: WorkflowFile): CheckedWorkflow {
  const { read, faults } = checkedWorkflow(workspace, cwd, file);
  const { workflow } = read;
  if (workflow === undefined || faults.length > 0) throw faultsError('This workflow is not valid', file.path, faults);
  return { ...read, workflow };
}

/** What the file says, and what is wrong with it. Throws UserError where it is not YAML. */
export function checkedWorkflow(
  workspace: Workspace,
  cwd: string,
  file: WorkflowFile,
): { read: ReadWorkflow; faults: Fault[] } {
  const read = readWorkflow(file);
  const { workflow, lineOf } = read;
  const found = workflow === undefined ? [] : workflowFaults(workflow, knownOf(workspace, cwd), lineOf);
  return { read, faults: [...read.faults, ...found].sort((a, b) => a.line - b.line) };
}

function knownOf({ layout, repo }: Workspace, cwd: string): Known {
  const builtIn = agentTemplate();
  const agent = (name: string) => readAgent(layout, name, { project: repo.root, builtIn });
  return {
    agent: (name) => problemOf(() => agent(name)),
    rubricOf: (name) => agent(name).rubric,
    rubric: (name) => problemOf(() => readRubric(layout, name, cwd)),
    schema: schemaFault,
  };
}

function problemOf(read: () => unknown): ReturnType<Known['agent']> {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, hint } = error.problem;
    return { text: what, hint };
  }
}
