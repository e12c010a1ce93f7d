// MCP servers as config.yaml names them: a program or an address each, and what they are handed; starts none and holds no secret.
import { z } from 'zod';

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable');
const SECRET_HEADER = /authorization|cookie|key|token|secret|password/i;
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * How a server is called. It becomes the middle of `mcp__<server>__<tool>`, so no name may hold or touch the separator: a
 * rule for `mcp__git__*` would let through the tools of a server `git__hub`, or of `git_`.
 */
export const mcpServerName = z
  .string()
  .max(32)
  .regex(/^[a-z0-9-]+(?:_[a-z0-9-]+)*$/, 'small letters, digits, - and single _ between them, at most 32');

/** One MCP server. Exactly one of `command` and `url`. It is started, or asked, only after `agent trust`. */
export const mcpServerSchema = z
  .strictObject({
    /** A line for /bin/sh, run in the workspace and confined as `bash` is; it speaks MCP over stdin and stdout. */
    command: z
      .string()
      .min(1)
      .max(2000)
      .regex(/^[^\n\r\0]*$/, 'one line')
      .optional(),
    /** Names of environment variables that the program may see beside the harmless ones. */
    env: z.array(variable).max(50).default([]),
    /** Address of a server that speaks MCP over streamable HTTP. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** Sent with every request; `${NAME}` stands for an environment variable. */
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'the name of a header'),
        z
          .string()
          .max(2000)
          .regex(/^[\t\x20-\x7e]*$/, 'one line of ASCII'),
      )
      .default({}),
    /** How long one answer may take, the first one included. */
    timeout_seconds: z.number().positive().max(3600).default(60),
    /** The server's own names of the tools that agents get, `*` for any text; absent = all of them. */
    tools: z.array(z.string().min(1).max(200)).max(200).optional(),
    /** True where a run must not start without it. */
    required: z.boolean().default(false),
  })
  .superRefine((server, context) => {
    for (const { path, message } of faultsOf(server)) context.addIssue({ code: 'custom', path, message });
  });
export type McpServerSettings = z.infer<typeof mcpServerSchema>;

/** Servers by name. */
export const mcpSettings = z
  .record(mcpServerName, mcpServerSchema)
  .refine((servers) => Object.keys(servers).length <= 20, 'at most 20 servers')
  .default({});

/** What a person trusts: the command line, or the address. */
export function mcpTarget({ command, url }: Pick<McpServerSettings, 'command' | 'url'>): string {
  return command ?? url ?? '';
}

/** The environment variables whose values a server is handed, in the order in which they are named. */
export function mcpVariables({ env, headers }: Pick<McpServerSettings, 'env' | 'headers'>): string[] {
  const sent = Object.values(headers).flatMap((value) => [...value.matchAll(REFERENCE)].map(([, name = '']) => name));
  return [...new Set([...env, ...sent])];
}

/** A header's value with the variables filled in, or the names of those that are not set. */
export function filledHeader(value: string, env: NodeJS.ProcessEnv): { value: string } | { missing: string[] } {
  const names = [...value.matchAll(REFERENCE)].map(([, name = '']) => name);
  const missing = names.filter((name) => !env[name]);
  return missing.length > 0 ? { missing } : { value: value.replace(REFERENCE, (_, name: string) => env[name] ?? '') };
}

/** When a server runs, or is asked, and what it sees: for whoever decides about trust. */
export function mcpInWords(name: string, server: McpServerSettings): string {
  const variables = mcpVariables(server);
  const handed = variables.length === 0 ? '' : `, with the values of ${variables.join(', ')}`;
  return server.url === undefined
    ? `when an agent that has tools of ${name} starts, to the end of its session${handed}`
    : `this address is asked when an agent has tools of ${name}, and sent what it passes to them${handed}`;
}

interface Faulty {
  command?: string | undefined;
  url?: string | undefined;
  env: string[];
  headers: Record<string, string>;
}

function faultsOf({ command, url, env, headers }: Faulty): { path: string[]; message: string }[] {
  const fault = (key: string, message: string) => ({ path: [key], message });
  const names = Object.entries(headers);
  const place = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  const plain = place?.protocol === 'http:' && !isLoopback(place.hostname);
  return [
    ...((command === undefined) === (url === undefined) ? [fault('command', 'needs exactly one of command, url')] : []),
    ...(command === undefined && env.length > 0 ? [fault('env', 'is for a command')] : []),
    ...(url === undefined && names.length > 0 ? [fault('headers', 'are for a url')] : []),
    ...(place !== undefined && (place.username !== '' || place.password !== '')
      ? [fault('url', 'holds a password; put it into a variable of the environment and name that in headers')]
      : []),
    ...(plain && names.some(([, value]) => value.match(REFERENCE) !== null)
      ? [fault('url', 'is not encrypted, and values of the environment would be sent to it; use https')]
      : []),
    ...names
      .filter(([name, value]) => SECRET_HEADER.test(name) && value.match(REFERENCE) === null)
      .map(([name]) => fault('headers', `${name} looks like a secret; name an environment variable: $\{NAME}`)),
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
