// The hands of one agent: every tool that its file, the settings and this machine give it; decides about no call.
import { UserError } from '../base/errors.ts';
import type { Agent } from '../domain/agent.ts';
import type { Settings } from '../domain/settings.ts';
import { secretNames } from '../host/clean-env.ts';
import type { Sandbox } from '../host/sandbox.ts';
import { type GroundRequest, openGround } from './ground.ts';
import type { McpHands, McpRequest } from './mcp/servers.ts';
import type { AskPerson } from './tools/ask.ts';
import { bashTools } from './tools/bash.ts';
import { commandTools } from './tools/command.ts';
import { chooseTools, openTools } from './tools/table.ts';
import type { Tool } from './tools/tool.ts';
import type { Claim } from './tools/workspace-files.ts';

export interface HandsRequest extends GroundRequest {
  agent: Pick<Agent, 'name' | 'tools' | 'memory'>;
  settings: Pick<Settings, 'sandbox' | 'web' | 'pass_env' | 'tools' | 'mcp'>;
  notesFolder: string;
  /** Whether a person has trusted this very command, or address of an MCP server, of the configuration. */
  trusted: (command: string) => boolean;
  /** Puts a question to the person; absent where nobody is there. */
  askPerson?: AskPerson;
  /** Tools of its team. Whoever has a team has them, also where its file names other tools only. */
  more?: readonly Tool[];
  /** Asked before a file is changed, where several threads work in the folder. */
  claim?: Claim;
  /** Told, while the session runs, what a person should know of what an MCP server does; must not throw. */
  warn?: (text: string) => void;
  /** Ends the waiting for MCP servers that are being started. */
  signal?: AbortSignal;
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

/**
 * Opens the tools of an agent. Throws UserError where a sandbox is demanded and there is none, two tools have one name, or an
 * MCP server that is required cannot be had.
 */
export async function openHands(request: HandsRequest): Promise<Hands> {
  const { agent, settings, workspace, trusted, askPerson, more = [], claim } = request;
  const ground = await openGround(request);
  const ends: (() => Promise<void>)[] = [ground.remove];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const mcp = await mcpOf(request, ground);
    ends.push(mcp.close);
    const all = openTools({
      workspace,
      notesFolder: request.notesFolder,
      notesMode: agent.memory.notes,
      web: settings.web,
      ...(askPerson !== undefined && { askPerson }),
      ...(claim !== undefined && { claim }),
      more: [...bashTools(ground), ...commandTools(settings.tools, ground, trusted), ...more, ...mcp.tools],
    });
    ends.push(async () => {
      await Promise.all(all.map((tool) => tool.close?.()));
    });
    const { tools: chosen, unknown, limited } = chooseTools(all, agent.tools);
    const tools = byName([...chosen, ...more.filter((tool) => !chosen.includes(tool))]);
    const { sandbox } = ground;
    refuseWithoutSandbox(settings, sandbox, tools);
    return { tools, limited, sandbox, notes: [...notesOf(request, sandbox, unknown, tools), ...mcp.notes], close };
  } catch (error) {
    await close();
    throw error;
  }
}

// Loaded with the first run that has servers: the package behind it is the largest that we have.
async function mcpOf(
  request: HandsRequest,
  ground: McpRequest['ground'],
): Promise<Pick<McpHands, 'tools' | 'close'> & { notes: string[] }> {
  const { agent, settings, env, trusted, warn = () => {}, signal = new AbortController().signal } = request;
  if (Object.keys(settings.mcp).length === 0) return { tools: [], notes: [], close: async () => {} };
  const { openMcp, mcpNotes } = await import('./mcp/servers.ts');
  const order = { servers: settings.mcp, wanted: agent.tools, ground, env, trusted, warn, signal };
  const { tools, reports, close } = await openMcp(order);
  return { tools, close, notes: mcpNotes(reports) };
}

function refuseWithoutSandbox(
  { sandbox: { mode }, tools: commands }: HandsRequest['settings'],
  sandbox: Sandbox,
  tools: ReadonlyMap<string, Tool>,
): void {
  if (mode === 'required' && sandbox.kind === 'none' && (tools.has('bash') || commands.length > 0))
    throw new UserError({
      what: `config.yaml demands a sandbox, and there is none: ${sandbox.why}`,
      hint: 'agent doctor',
    });
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
