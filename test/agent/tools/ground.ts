// A workspace on the disk in which tools run commands, and the way to call a tool as the loop does.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandGround } from '../../../src/agent/tools/bash.ts';
import type { Tool, ToolOutcome } from '../../../src/agent/tools/tool.ts';
import type { SandboxMode } from '../../../src/domain/run-settings.ts';
import { cleanEnvironment } from '../../../src/host/clean-env.ts';
import { confinerFor, type Sandbox, wallsInWords } from '../../../src/host/sandbox.ts';

export interface Ground extends CommandGround {
  remove: () => void;
}

const NONE: Sandbox = { kind: 'none', reason: 'missing', why: 'there is none in this test' };

/** A fresh workspace; commands run unconfined unless a sandbox and a mode are given. */
export function makeGround(sandbox: Sandbox = NONE, mode: SandboxMode = 'auto', env: object = {}): Ground {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'agentmem-ground-')));
  const workspace = join(base, 'work');
  const home = join(base, 'home');
  mkdirSync(workspace);
  mkdirSync(home);
  return {
    workspace,
    env: { ...cleanEnvironment({ ...process.env, ...env }), HOME: home },
    confine: confinerFor(mode, sandbox, { workspace, home, network: false }),
    walls: wallsInWords(mode, sandbox, false),
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** Calls a tool and waits for its result. */
export function call(
  tool: Tool | undefined,
  input: Record<string, unknown>,
  more: { signal?: AbortSignal; progress?: (text: string) => void } = {},
): Promise<ToolOutcome> {
  if (tool === undefined) throw new Error('there is no such tool');
  return tool.run({ id: 'evt_1', input, signal: new AbortController().signal, progress: () => {}, ...more });
}

/** The text of a result. */
export function textOf({ content }: ToolOutcome): string {
  return content.map((block) => (block.type === 'text' ? block.text : JSON.stringify(block))).join('\n');
}
