// Throw-away workspaces for the tests of the tools, and a way to call a tool as the loop does.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { confineTo } from '../../src/agent/confinement.ts';
import { openFileView } from '../../src/agent/tools/file-view.ts';
import type { Tool, ToolOutcome } from '../../src/agent/tools/tool.ts';
import type { WorkspaceFiles } from '../../src/agent/tools/workspace-files.ts';

const holders: string[] = [];

afterEach(() => {
  for (const holder of holders.splice(0)) rmSync(holder, { recursive: true, force: true });
});

export interface TestWorkspace {
  /** Real path of the workspace; its parent holds what must stay out of reach. */
  root: string;
  outside: string;
  files: WorkspaceFiles;
  write(path: string, content: string | Buffer): void;
  read(path: string): string;
}

/** A folder `ws` with these files, beside a folder `outside` that holds `secret.txt`. */
export function workspaceWith(files: Record<string, string | Buffer> = {}): TestWorkspace {
  const holder = realpathSync(mkdtempSync(join(tmpdir(), 'agentmem-tools-')));
  holders.push(holder);
  const root = join(holder, 'ws');
  const outside = join(holder, 'outside');
  for (const folder of [root, outside]) mkdirSync(folder);
  writeFileSync(join(outside, 'secret.txt'), 'kept outside\n');
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  return { root, outside, files: { within: confineTo(root), view: openFileView() }, write, read };
}

/** Calls a tool; results never name a folder above the workspace. */
export async function call(
  tool: Tool,
  input: Record<string, unknown>,
  signal = new AbortController().signal,
): Promise<ToolOutcome> {
  const outcome = await tool.run({ id: 'evt_call', input, signal, progress: () => undefined });
  expect(textOf(outcome)).not.toMatch(/agentmem-tools-(?!.*ws\/)/);
  return outcome;
}

/** The text of a result. */
export function textOf(outcome: ToolOutcome): string {
  return outcome.content.map((block) => (block.type === 'text' ? block.text : `<${block.type}>`)).join('\n');
}

/** The text of a result that must be a success. */
export async function works(tool: Tool, input: Record<string, unknown>): Promise<string> {
  const outcome = await call(tool, input);
  expect(outcome.isError ?? false, textOf(outcome)).toBe(false);
  return textOf(outcome);
}

/** The text of a result that must be an error. */
export async function fails(tool: Tool, input: Record<string, unknown>): Promise<string> {
  const outcome = await call(tool, input);
  expect(outcome.isError, textOf(outcome)).toBe(true);
  expect(outcome.changed ?? []).toEqual([]);
  return textOf(outcome);
}
