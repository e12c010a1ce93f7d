// Opens MCP servers as a run does, over a workspace of the test's own, and keeps what people were told.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type McpHands, type McpRequest, openMcp } from '../../../src/agent/mcp/servers.ts';
import { type McpServerSettings, mcpServerSchema } from '../../../src/domain/mcp-settings.ts';
import type { Ground } from '../tools/ground.ts';

export interface OpenedMcp extends McpHands {
  told: string[];
}

/** Opens `servers` (as config.yaml would name them). */
export async function openServers(
  ground: Ground,
  servers: Record<string, object>,
  more: Partial<McpRequest> = {},
): Promise<OpenedMcp> {
  const told: string[] = [];
  const parsed: Record<string, McpServerSettings> = {};
  for (const [name, server] of Object.entries(servers)) parsed[name] = mcpServerSchema.parse(server);
  const opened = await openMcp({
    servers: parsed,
    wanted: undefined,
    ground,
    env: { PATH: process.env.PATH },
    trusted: () => true,
    warn: (text) => told.push(text),
    signal: new AbortController().signal,
    ...more,
  });
  return { ...opened, told };
}

/** The lines of a file that a server keeps in the workspace. */
export function linesOf(ground: Ground, name: string): string[] {
  try {
    return readFileSync(join(ground.workspace, name), 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
}
