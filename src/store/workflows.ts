// Workflows as their files describe them: workflows/<name>.yaml, or a file that a person names; checks their shape, never writes one.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { forgivingWorkflowSchema, type Workflow, workflowSchema } from '../domain/workflow.ts';
import { type Fault, schemaFaults } from './faults.ts';
import type { Layout } from './layout.ts';
import { isOwnName, nameBelow, namesBelow, type OwnFiles, readPlain, unknownName } from './own-files.ts';
import { MAX_YAML, parseYamlText, type YamlText } from './yaml.ts';

/** The text of a workflow and where it lies. */
export interface WorkflowFile {
  text: string;
  path: string;
  /** `workflows/review.yaml`, or the path that was named. */
  from: string;
  /** The name that it must have, where its file gives it one. */
  name?: string;
}

/** What a file says, as far as it can be read, and what is wrong with its shape. */
export interface ReadWorkflow {
  /** Absent where even the outline is not that of a workflow. */
  workflow?: Workflow;
  faults: Fault[];
  /** 1-based line of a key. */
  lineOf: YamlText['lineOf'];
  /** Of the file's bytes. */
  sha256: string;
}

const WORKFLOWS: OwnFiles = {
  one: 'a workflow',
  ending: '.yaml',
  most: 4 * MAX_YAML,
  tooLarge: 'This YAML is larger than 256 KB.',
};

/**
 * The workflow of that name, or the file at that path (relative to `folder`): whatever holds a slash or ends in .yaml is one.
 * Throws UserError where there is none, or it cannot be read.
 */
export function findWorkflow(layout: Layout, nameOrPath: string, folder = layout.root): WorkflowFile {
  if (isOwnName(nameOrPath)) return ownWorkflow(layout, nameOrPath);
  if (!/[/\\]|\.ya?ml$/.test(nameOrPath)) {
    throw new UserError({
      what: `“${nameOrPath.slice(0, 80)}” is no name of a workflow`,
      hint: 'small letters, digits, - and _, as in workflows/<name>.yaml; or the path of a .yaml file',
    });
  }
  const path = resolve(folder, nameOrPath);
  const inside = nameBelow(layout.workflows, WORKFLOWS, path);
  if (inside !== undefined) return ownWorkflow(layout, inside);
  const text = readPlain(path, WORKFLOWS, statSync);
  if (text === undefined) throw new UserError({ what: 'there is no such workflow', where: path });
  return { text, path, from: nameOrPath };
}

/** Reads the text of a workflow. Throws UserError with the line where it is not YAML; all else that is wrong is listed. */
export function readWorkflow({ text, path, name }: WorkflowFile): ReadWorkflow {
  const { value, lineOf } = parseYamlText(text, path);
  const parsed = workflowSchema.safeParse(value);
  const faults = parsed.success ? [] : schemaFaults(parsed.error.issues, workflowSchema, lineOf);
  const workflow = parsed.success ? parsed.data : forgivingWorkflowSchema.safeParse(value).data;
  if (workflow !== undefined && name !== undefined && workflow.workflow !== name) {
    const text = `workflow: it says ${workflow.workflow}, and the file is called ${name}.yaml`;
    faults.push({ line: lineOf(['workflow']), text });
  }
  return { ...(workflow !== undefined && { workflow }), faults, lineOf, sha256: sha256(text) };
}

/** Names of the workflows in workflows/, sorted. */
export function workflowNames({ workflows }: Layout): string[] {
  return namesBelow(workflows, WORKFLOWS);
}

function ownWorkflow(layout: Layout, name: string): WorkflowFile {
  const path = join(layout.workflows, `${name}.yaml`);
  const text = readPlain(path, WORKFLOWS);
  if (text !== undefined) return { text, path, from: `workflows/${name}.yaml`, name };
  throw unknownName(name, WORKFLOWS, {
    names: workflowNames(layout),
    none: 'there are none yet: docs/workflows.md shows how to write one',
    where: path,
  });
}
