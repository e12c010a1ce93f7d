// Where the model's server is and how one shows who one is: out of the environment and the settings, never out of profile files.
import { UserError } from '../base/errors.ts';

/** A server and the right to use it. */
export interface Server {
  /** What the SDK puts `/v1/messages` after. */
  baseUrl: string;
  /** For people: `api.anthropic.com`, `http://127.0.0.1:11434`. */
  where: string;
  /** Anthropic's own API, which keeps to its documents; others are met with more patience. */
  anthropic: boolean;
  /** An API key, a bearer token, or neither, as local servers need none. */
  auth: { key: string } | { token: string } | undefined;
  /**
   * Who chose the address. A memory that was cloned brings its own config.yaml: a key must not go to a server on the network
   * that only `settings` chose before the person has agreed to that.
   */
  chosenBy: 'environment' | 'settings' | 'default';
  /** A server on this very machine. */
  loopback: boolean;
  /** For people: where address and key came from. */
  found: string;
}

/** What was looked for, in vain: one line each. */
export interface NoServer {
  lookedFor: string[];
  /** The ways to go on. */
  ways: string[];
}

const ANTHROPIC = 'https://api.anthropic.com';

/**
 * Looks for a server: ANTHROPIC_BASE_URL before `base_url` of config.yaml before Anthropic's own; ANTHROPIC_API_KEY before
 * ANTHROPIC_AUTH_TOKEN. Without either only a server of one's own will do. Throws UserError for an address or key that can't be.
 */
export function findServer(env: NodeJS.ProcessEnv, baseUrl?: string): Server | NoServer {
  const fromEnv = env.ANTHROPIC_BASE_URL?.trim();
  const source = fromEnv ? 'ANTHROPIC_BASE_URL' : baseUrl ? 'base_url of config.yaml' : undefined;
  const url = normalBaseUrl(fromEnv || baseUrl || ANTHROPIC, source ?? 'the default address');
  const key = secret(env.ANTHROPIC_API_KEY, 'ANTHROPIC_API_KEY');
  const token = secret(env.ANTHROPIC_AUTH_TOKEN, 'ANTHROPIC_AUTH_TOKEN');
  const anthropic = isAnthropic(url);
  if (key === undefined && token === undefined && anthropic) return nothingFound();
  const by = key !== undefined ? 'ANTHROPIC_API_KEY' : token !== undefined ? 'ANTHROPIC_AUTH_TOKEN' : 'no key';
  return {
    baseUrl: url.href.replace(/\/+$/, ''),
    where: anthropic ? url.host : `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    anthropic,
    auth: key !== undefined ? { key } : token !== undefined ? { token } : undefined,
    chosenBy: fromEnv ? 'environment' : baseUrl ? 'settings' : 'default',
    loopback: isLoopback(url),
    found: source === undefined ? by : `${source}, ${by}`,
  };
}

/** True for a server that was found. */
export function isServer(found: Server | NoServer): found is Server {
  return 'baseUrl' in found;
}

/**
 * The address that the SDK puts `/v1/messages` after, whichever part of the whole address somebody gave: `https://x/v1/`,
 * `https://x/v1/messages` and `https://x` are one. `source` names the setting in the error.
 */
export function normalBaseUrl(given: string, source: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw problem(source, 'is no address', 'for example http://127.0.0.1:11434');
  if (url.search !== '' || url.hash !== '')
    throw problem(source, 'has a part after ? or #', 'give only the address of the server');
  if (url.username !== '' || url.password !== '')
    throw problem(source, 'has a name or password in it', 'put the key into ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN');
  url.pathname = url.pathname.replace(/\/{2,}/g, '/').replace(/(\/v1(\/messages)?)?\/?$/, '');
  return url;
}

// The address itself is not shown: somebody may have pasted a key into it.
function problem(source: string, what: string, hint: string): UserError {
  return new UserError({ what: `The address of the model's server ${what}.`, where: source, hint });
}

function isAnthropic(url: URL): boolean {
  return url.hostname === 'api.anthropic.com' || url.hostname.endsWith('.anthropic.com');
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^127(\.\d{1,3}){3}$|^\[::1\]$/.test(hostname);
}

// What can't stand in a header would fail in every attempt, as if the connection were broken.
function secret(value: string | undefined, name: string): string | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new UserError({ what: `${name} holds characters that no key has.`, where: name, hint: 'copy the key again' });
  return text;
}

function nothingFound(): NoServer {
  return {
    lookedFor: [
      'ANTHROPIC_API_KEY: not set',
      'ANTHROPIC_AUTH_TOKEN: not set',
      'ANTHROPIC_BASE_URL and base_url in config.yaml: no server of your own',
    ],
    ways: [
      'set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN)',
      'point ANTHROPIC_BASE_URL, or base_url in config.yaml, at a server of your own, for example http://127.0.0.1:11434 for Ollama; no key is needed then',
      'work without a server: --model scripted:<file> or --model cassette:<file>',
    ],
  };
}
