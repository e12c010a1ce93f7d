// `agent mcp`: the MCP servers of the configuration, and whether they answer; starts none that nobody has trusted, and calls no tool.
import { realpathSync } from 'node:fs';
import { openGround } from '../agent/ground.ts';
import type { ServerReport } from '../agent/mcp/servers.ts';
import { UserError } from '../base/errors.ts';
import { count, nearest } from '../base/text.ts';
import { cautious } from '../domain/cautious.ts';
import { type McpServerSettings, mcpTarget, mcpVariables } from '../domain/mcp-settings.ts';
import type { Settings } from '../domain/settings.ts';
import { trustedCommands } from '../store/trust.ts';
import type { Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import { trustRequest } from './nightly.ts';

interface Flags {
  json?: boolean;
}

const LIST_EXAMPLES = `
Examples:
  $ agent mcp list
  $ agent mcp list --json

Nothing is started. A server runs, or is asked, only after its command or address was trusted: agent trust --show`;

const TEST_EXAMPLES = `
Examples:
  $ agent mcp test
  $ agent mcp test github --json

Starts each server as a run would (in its sandbox, with its variables), asks for its tools, and ends it; no tool is called.
Exit code 0 if every server answers, 1 if one does not.`;

export const define: Define = (command, bind) => {
  command
    .command('list')
    .description('the MCP servers of config.yaml, and whether they are trusted')
    .option('--json', 'print the servers as JSON')
    .addHelpText('after', LIST_EXAMPLES)
    .action(bind(list));
  command
    .command('test [server]')
    .description('start servers, list their tools, end them')
    .option('--json', 'print the servers and their tools as JSON')
    .addHelpText('after', TEST_EXAMPLES)
    .action(bind(test));
};

async function list(context: CommandContext, { json }: Flags): Promise<number> {
  const { print } = context;
  const workspace = await context.open();
  const trusted = trustedSet(context, workspace);
  const servers = Object.entries(workspace.settings.mcp).map(([name, server]) => ({
    name,
    kind: server.url === undefined ? 'command' : 'url',
    target: mcpTarget(server),
    variables: mcpVariables(server),
    trusted: trusted.has(mcpTarget(server)),
    required: server.required,
    ...(server.tools !== undefined && { tools: server.tools }),
  }));
  context.stop();
  if (json) print.json(servers);
  else if (servers.length === 0) print.line('config.yaml names no MCP server');
  else {
    const rows = servers.map(({ name, target, variables, trusted: may, tools }) => [
      ...[name, may ? 'trusted' : 'not trusted', tools?.join(', ') ?? 'all', variables.join(', '), target],
    ]);
    print.table(['server', 'trust', 'tools', 'sees', 'command or address'], rows);
  }
  const wanting = servers.some((server) => !server.trusted);
  print.next(wanting ? 'next: agent trust --show' : 'next: agent mcp test');
  return 0;
}

async function test(context: CommandContext, name: string | undefined, { json }: Flags): Promise<number> {
  const { print } = context;
  const workspace = await context.open();
  const servers = chosen(workspace.settings, name);
  const notes: string[] = [];
  const reports = await tried(context, workspace, servers, (text) => notes.push(text));
  context.stop();
  if (json) print.json(reports.map(({ state, ...rest }) => ({ ...rest, state })));
  else for (const report of reports) show(context, report);
  if (!json) for (const text of notes) print.line(print.outside(text));
  if (reports.length === 0 && !json) print.line('config.yaml names no MCP server');
  const untrusted = reports.some(({ state }) => state === 'untrusted');
  print.next(untrusted ? 'next: agent trust --show' : 'next: agent permissions test mcp__<server>__<tool>');
  return reports.every(({ state }) => state === 'ready') ? 0 : 1;
}

function chosen({ mcp }: Settings, name: string | undefined): Record<string, McpServerSettings> {
  if (name === undefined) return mcp;
  const server = Object.hasOwn(mcp, name) ? mcp[name] : undefined;
  if (server !== undefined) return { [name]: server };
  const meant = nearest(name, Object.keys(mcp));
  throw new UserError({
    what: `config.yaml names no MCP server ${name}`,
    hint: meant === undefined ? 'agent mcp list' : `did you mean ${meant}?`,
  });
}

async function tried(
  context: CommandContext,
  { layout, settings }: Workspace,
  servers: Record<string, McpServerSettings>,
  warn: (text: string) => void,
): Promise<ServerReport[]> {
  const { world, signal } = context;
  const trusted = trustedSet(context, { layout });
  const allowed = trusted.size === 0 ? cautious(settings).settings : settings;
  const workspace = realpathSync(world.cwd);
  const places = { workspace, memory: realpathSync(layout.dir), env: world.env, home: world.home };
  const ground = await openGround({ settings: allowed, ...places });
  try {
    const { openMcp } = await import('../agent/mcp/servers.ts');
    // A server that is required must not end the test of the others.
    const each = Object.entries(servers).map(([name, server]) => [name, { ...server, required: false }] as const);
    const hands = await openMcp({
      ...{ servers: Object.fromEntries(each), wanted: undefined, ground, env: world.env, warn, signal },
      trusted: (target) => trusted.has(target),
    });
    await hands.close();
    return hands.reports;
  } finally {
    await ground.remove();
  }
}

function trustedSet({ world }: CommandContext, { layout }: Pick<Workspace, 'layout'>): Set<string> {
  return new Set(trustedCommands(trustRequest(world, layout)) ?? []);
}

function show({ print }: CommandContext, { name, state, why, tools, notes }: ServerReport): void {
  const { paint } = print;
  if (state === 'ready') print.line(`${paint.green('ready')}  ${name}: ${count(tools.length, 'tool')}`);
  else if (state === 'untrusted') print.line(`${paint.yellow('not started')}  ${name}: nobody has trusted it here`);
  else print.line(`${paint.red('failed')}  ${name}: ${print.outside(why ?? '')}`);
  for (const tool of tools) print.line(`  ${tool.name}  ${paint.dim(print.outside(tool.description))}`);
  for (const note of notes) print.line(`  ${paint.yellow('note')}  ${print.outside(note)}`);
}
