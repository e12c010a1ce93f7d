// The hands of one agent: every tool that its file, the settings and this machine give it; decides about no call.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import type { Agent } from '../domain/agent.ts';
import type { Settings } from '../domain/settings.ts';
import { cleanEnvironment, secretNames } from '../host/clean-env.ts';
import { confinerFor, probeSandbox, type Sandbox, wallsInWords } from '../host/sandbox.ts';
import type { AskPerson } from './tools/ask.ts';
import { bashTools } from './tools/bash.ts';
import { commandTools } from './tools/command.ts';
import { chooseTools, openTools } from './tools/table.ts';
import type { Tool } from './tools/tool.ts';

export interface HandsRequest {
  agent: Pick<Agent, 'name' | 'tools' | 'memory'>;
  settings: Pick<Settings, 'sandbox' | 'web' | 'pass_env' | 'tools'>;
  /** Real path of the folder that the agent works in. */
  workspace: string;
  notesFolder: string;
  /** Folder of the memory: commands may read it and not write there. */
  memory: string;
  env: NodeJS.ProcessEnv;
  home: string;
  /** Whether a person has trusted this very command of the configuration. */
  trusted: (command: string) => boolean;
  /** Puts a question to the person; absent where nobody is there. */
  askPerson?: AskPerson;
  /** Tools from elsewhere: a team, MCP servers. */
  more?: readonly Tool[];
  /** What was found to confine commands, where somebody has looked already. */
  sandbox?: Sandbox;
}

export interface Hands {
  tools: ReadonlyMap<string, Tool>;
  /** Entries of the agent's `tools` with brackets: only such calls are meant. */
  limited: string[];
  sandbox: Sandbox;
  /** What a person should know about them. */
  notes: string[];
  /** Ends whatever outlives a call. */
  close(): Promise<void>;
}

/** Opens the tools of an agent. Throws UserError where a sandbox is demanded and there is none, or two tools have one name. */
export async function openHands(request: HandsRequest): Promise<Hands> {
  const { agent, settings, workspace, env, home, trusted, askPerson, more = [] } = request;
  const { mode, network } = settings.sandbox;
  const sandbox = request.sandbox ?? (await probeSandbox(env.PATH));
  const tmp = mkdtempSync(join(tmpdir(), 'agentmem-'));
  const confine = confinerFor(mode, sandbox, { workspace, network, home, tmp, protect: [request.memory] });
  const walls = wallsInWords(mode, sandbox, network);
  const ground = { workspace, env: cleanEnvironment(env, settings.pass_env), confine, walls };
  const all = openTools({
    workspace,
    notesFolder: request.notesFolder,
    notesMode: agent.memory.notes,
    web: settings.web,
    ...(askPerson !== undefined && { askPerson }),
    more: [...bashTools(ground), ...commandTools(settings.tools, ground, trusted), ...more],
  });
  const { tools: chosen, unknown, limited } = chooseTools(all, agent.tools);
  const tools = byName(chosen);
  if (mode === 'required' && sandbox.kind === 'none' && (tools.has('bash') || settings.tools.length > 0))
    throw new UserError({
      what: `config.yaml demands a sandbox, and there is none: ${sandbox.why}`,
      hint: 'agent doctor',
    });
  return {
    tools,
    limited,
    sandbox,
    notes: notesOf(request, sandbox, unknown, tools),
    close: async () => {
      await Promise.all(all.map((tool) => tool.close?.()));
      rmSync(tmp, { recursive: true, force: true });
    },
  };
}

function byName(tools: readonly Tool[]): Map<string, Tool> {
  const named = new Map<string, Tool>();
  for (const tool of tools) {
    const { name } = tool.definition;
    if (named.has(name))
      throw new UserError({ what: `two tools are named ${name}`, where: 'tools in config.yaml', hint: 'rename one' });
    named.set(name, tool);
  }
  return named;
}

function notesOf(
  { agent, settings }: HandsRequest,
  sandbox: Sandbox,
  unknown: readonly string[],
  tools: ReadonlyMap<string, Tool>,
): string[] {
  const { mode } = settings.sandbox;
  const secrets = secretNames(settings.pass_env);
  return [
    ...(unknown.length > 0 ? [`agent ${agent.name} names tools that are not here: ${unknown.join(', ')}`] : []),
    ...(tools.has('bash') && mode === 'auto' && sandbox.kind === 'none'
      ? [`commands run without a sandbox: ${sandbox.why}`]
      : []),
    ...(secrets.length > 0 ? [`pass_env hands commands what looks like secrets: ${secrets.join(', ')}`] : []),
  ];
}
