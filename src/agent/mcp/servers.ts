// The MCP servers of a configuration as tools of one session: opens those that a person has trusted, and lets none stop a run that need not have it.
import { UserError } from '../../base/errors.ts';
import { safeForTerminal } from '../../base/text.ts';
import { filledHeader, type McpServerSettings, mcpTarget } from '../../domain/mcp-settings.ts';
import { cleanEnvironment } from '../../host/clean-env.ts';
import type { CommandGround } from '../tools/bash.ts';
import type { Tool } from '../tools/tool.ts';
import { httpWire } from './http-wire.ts';
import type { Listing, OpenWire } from './link.ts';
import { programWire } from './program-wire.ts';
import type { ListedTool } from './protocol.ts';
import { McpServer } from './server.ts';
import { mcpDefinition, shortDescription } from './tool-definition.ts';
import { isAllowed, toolNames, wantsServer } from './tool-names.ts';

export interface McpRequest {
  servers: Readonly<Record<string, McpServerSettings>>;
  /** `tools` of the agent's file: a server of which it wants none is not opened. */
  wanted: readonly string[] | undefined;
  ground: Pick<CommandGround, 'workspace' | 'confine'>;
  env: NodeJS.ProcessEnv;
  /** Whether a person has trusted this very command line or address. */
  trusted: (target: string) => boolean;
  /** Told, while the session runs, what a person should know; must not throw. */
  warn: (text: string) => void;
  signal: AbortSignal;
}

/** What became of one server. `unwanted`: the agent has none of its tools. `why` is there for `failed`. */
export interface ServerReport {
  name: string;
  state: 'ready' | 'failed' | 'untrusted' | 'unwanted';
  why?: string;
  /** By our names, in the order in which the server lists them. */
  tools: { name: string; own: string; description: string }[];
  /** What was left out, in words. */
  notes: string[];
}

export interface McpHands {
  tools: Tool[];
  reports: ServerReport[];
  close(): Promise<void>;
}

/** Opens them side by side. Throws UserError where one that is `required` cannot be had, after ending the others. */
export async function openMcp(request: McpRequest): Promise<McpHands> {
  const all = await Promise.all(
    Object.entries(request.servers).map(([name, settings]) => openOne(request, name, settings)),
  );
  const close = async () => {
    await Promise.all(all.map(({ server }) => server?.close()));
  };
  const missing = all.find(({ settings, report }) => settings.required && isMissing(report));
  if (missing !== undefined) {
    await close();
    throw new UserError({
      what: `MCP server ${missing.report.name} is required, and ${reasonOf(missing.report)}`,
      where: `mcp.${missing.report.name} in config.yaml`,
      hint: missing.report.state === 'untrusted' ? 'agent trust --show' : `agent mcp test ${missing.report.name}`,
    });
  }
  return { tools: all.flatMap(({ tools }) => tools), reports: all.map(({ report }) => report), close };
}

/** What a person should know of the servers: those that are not there, and what was left out of the others. */
export function mcpNotes(reports: readonly ServerReport[]): string[] {
  return reports.flatMap((report) => [
    ...(isMissing(report) ? [`MCP server ${report.name} is left out: ${reasonOf(report)}`] : []),
    ...report.notes.map((note) => `MCP server ${report.name}: ${note}`),
  ]);
}

interface Opened {
  settings: McpServerSettings;
  report: ServerReport;
  tools: Tool[];
  server?: McpServer;
}

async function openOne(request: McpRequest, name: string, settings: McpServerSettings): Promise<Opened> {
  const report = (state: ServerReport['state'], more: Partial<ServerReport> = {}): ServerReport => {
    return { name, state, tools: [], notes: [], ...more };
  };
  if (!wantsServer(request.wanted, name)) return { settings, report: report('unwanted'), tools: [] };
  if (!request.trusted(mcpTarget(settings))) return { settings, report: report('untrusted'), tools: [] };
  const open = wireFor(request, settings);
  if ('failed' in open) return { settings, report: report('failed', { why: open.failed }), tools: [] };
  const server = new McpServer({
    name,
    open: open.wire,
    timeoutSeconds: settings.timeout_seconds,
    givesUp: settings.url === undefined,
    say: (text) => request.warn(`MCP server ${text}`),
  });
  const listing = await server.start(request.signal);
  if ('failed' in listing) {
    await server.close();
    return { settings, report: report('failed', { why: listing.failed }), tools: [] };
  }
  const { tools, listed, notes } = toolsOf(name, settings, server, listing);
  return { settings, report: report('ready', { tools: listed, notes }), tools, server };
}

function wireFor(
  { ground, env }: McpRequest,
  { command, url, headers, env: passed }: McpServerSettings,
): { wire: OpenWire } | { failed: string } {
  if (url !== undefined) {
    const filled = Object.entries(headers).map(([name, value]) => [name, filledHeader(value, env)] as const);
    const missing = filled.flatMap(([, header]) => ('missing' in header ? header.missing : []));
    if (missing.length > 0) return { failed: `not set in the environment: ${[...new Set(missing)].join(', ')}` };
    const values = filled.flatMap(([name, header]) => ('value' in header ? [[name, header.value] as const] : []));
    return { wire: (sdk, events) => httpWire(sdk, { url, headers: Object.fromEntries(values) }, events) };
  }
  const confined = ground.confine(['/bin/sh', '-c', command ?? '']);
  if (confined.kind === 'refused') return { failed: confined.why };
  const { argv, inSandbox } = confined;
  // Its own variables, and not those that pass_env gives to every command.
  const program = { argv, inSandbox, cwd: ground.workspace, env: cleanEnvironment(env, passed) };
  return { wire: async (sdk, events) => programWire(sdk, program, events) };
}

function toolsOf(name: string, settings: McpServerSettings, server: McpServer, listing: Listing) {
  const notes = [...listing.notes];
  const names = toolNames(
    name,
    listing.tools.map((tool) => tool.name),
  );
  const seen = new Set<string>();
  const tools: Tool[] = [];
  const shown: ServerReport['tools'] = [];
  for (const listed of listing.tools) {
    const ours = names.get(listed.name) ?? '';
    if (!isAllowed(settings.tools, listed.name)) continue;
    const definition = mcpDefinition(name, ours, listed);
    const fault = seen.has(ours)
      ? 'another tool is called like it'
      : 'fault' in definition
        ? definition.fault
        : undefined;
    if (fault !== undefined) notes.push(`the tool ${safeForTerminal(listed.name).slice(0, 80)} is left out: ${fault}`);
    if (fault !== undefined || 'fault' in definition) continue;
    seen.add(ours);
    shown.push({ name: ours, own: listed.name, description: shortDescription(definition) });
    tools.push(toolOf(server, definition, listed));
  }
  for (const wanted of settings.tools ?? [])
    if (!shown.some(({ own }) => isAllowed([wanted], own)))
      notes.push(`it has no tool ${wanted}, which config.yaml names`);
  return { tools, listed: shown, notes };
}

function toolOf(server: McpServer, definition: Tool['definition'], listed: ListedTool): Tool {
  return {
    definition,
    // Only what may run side by side hangs on the server's word; whether a call may be made at all does not.
    readOnly: listed.annotations?.readOnlyHint === true,
    subject: (input) => ({ kind: 'text', value: JSON.stringify(input) }),
    run: (call) => server.call(listed.name, call),
  };
}

function isMissing({ state }: ServerReport): boolean {
  return state === 'failed' || state === 'untrusted';
}

function reasonOf({ state, why }: ServerReport): string {
  if (state === 'untrusted') return 'nobody has trusted it on this machine (agent trust --show)';
  return `it cannot be used: ${why ?? 'it did not start'}`;
}
