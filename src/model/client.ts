// Builds the SDK's client for one server: everything explicit, nothing out of profile files, nothing on stdout, no retries of its own.
import type Anthropic from '@anthropic-ai/sdk';
import type { Dispatcher } from 'undici';
import { UserError } from '../base/errors.ts';
import { directFetch } from './direct-fetch.ts';
import type { Server } from './server.ts';

export interface ClientOptions {
  server: Server;
  env: NodeJS.ProcessEnv;
  /** Answers instead of the network: a script, a cassette. */
  fetch?: typeof fetch;
  /** True where that `fetch` goes to the network after all, to record: it gets the same limits and proxies then. */
  recording?: boolean;
  /** Where the SDK's log goes where ANTHROPIC_LOG asks for one; without it there is none. */
  log?: (line: string) => void;
}

/** A client, and the way to close its connections. */
export interface Connection {
  client: Anthropic;
  close(): Promise<void>;
}

// Longest that a timer can be set to; our own idle time-out ends an attempt long before.
const NEVER_MS = 2 ** 31 - 1;

/**
 * Opens a client; SDK and dispatcher are loaded here and not before. A redirect is never followed, since it could take the key
 * elsewhere. Throws UserError for a proxy in the environment that is no address.
 */
export async function openClient({ server, env, fetch, recording, log }: ClientOptions): Promise<Connection> {
  const { default: Sdk } = await import('@anthropic-ai/sdk');
  const dispatcher = fetch === undefined || recording ? await dispatcherFor(server, env) : undefined;
  const client = new Sdk({
    baseURL: server.baseUrl,
    ...credentials(server),
    webhookKey: null,
    maxRetries: 0,
    timeout: NEVER_MS,
    openTelemetry: false,
    defaultHeaders: headersFor(server),
    ...logging(env, log),
    ...(fetch !== undefined ? { fetch } : dispatcher !== undefined && { fetch: directFetch(dispatcher) }),
    fetchOptions: { redirect: 'manual', ...(dispatcher !== undefined && { dispatcher }) },
  });
  return { client, close: async () => dispatcher?.destroy() };
}

// With neither key nor token the SDK would look for profile files and might adopt an address from one. A key that is
// there but never sent (see headersFor) keeps it from looking.
function credentials({ auth }: Server): { apiKey: string } | { authToken: string } {
  if (auth === undefined) return { apiKey: 'none' };
  return 'key' in auth ? { apiKey: auth.key } : { authToken: auth.token };
}

/** Other servers know the older version of the API, and look for the key where it used to be. */
function headersFor({ anthropic, auth }: Server): Record<string, string | null> {
  const nobody = auth === undefined ? { authorization: null } : {};
  if (anthropic) return nobody;
  return {
    'anthropic-version': '2023-06-01',
    ...nobody,
    ...(auth !== undefined && 'key' in auth && { 'x-api-key': auth.key }),
  };
}

const LEVELS = ['off', 'error', 'warn', 'info', 'debug'] as const;

// The SDK's own logger writes to stdout, into the middle of the answer.
function logging(env: NodeJS.ProcessEnv, log: ClientOptions['log']) {
  const level = (log && LEVELS.find((l) => l === env.ANTHROPIC_LOG)) ?? 'off';
  const write = (message: string, ...rest: unknown[]) => log?.([message, ...rest.map(inOneLine)].join(' '));
  return { logLevel: level, logger: { error: write, warn: write, info: write, debug: write } };
}

function inOneLine(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

// Node's own limits of 300 s to headers and between bytes would end slow local models; ours are in attempt.ts.
async function dispatcherFor(server: Server, env: NodeJS.ProcessEnv): Promise<Dispatcher> {
  const limits = { headersTimeout: 0, bodyTimeout: 0 };
  const httpProxy = proxy(env, 'http_proxy');
  const httpsProxy = proxy(env, 'https_proxy');
  // A proxy can't reach what runs on this machine, and those who set one for their company rarely think of NO_PROXY.
  if (server.loopback || (httpProxy === '' && httpsProxy === '')) {
    // The whole package would take most of the time that a run needs to begin, and only a proxy needs more of it than this.
    const { default: Agent } = await import('undici/lib/dispatcher/agent.js');
    return new Agent(limits);
  }
  // An empty text, unlike none, keeps undici from reading the environment itself.
  const noProxy = env.no_proxy || env.NO_PROXY || '';
  // By way of the default export: a bundle has no named ones of a CommonJS package.
  const { EnvHttpProxyAgent } = (await import('undici')).default;
  return new EnvHttpProxyAgent({ ...limits, httpProxy, httpsProxy, noProxy });
}

function proxy(env: NodeJS.ProcessEnv, name: string): string {
  const value = (env[name] || env[name.toUpperCase()] || '').trim();
  if (value === '' || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))) return value;
  throw new UserError({
    what: `${name.toUpperCase()} is no address of a proxy.`,
    where: name.toUpperCase(),
    hint: 'for example http://proxy.example:8080',
  });
}
