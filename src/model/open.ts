// Opens the model that a name means: a script, a cassette, or a model of the server that is configured; asks it nothing.
import { UserError } from '../base/errors.ts';
import { VERSION } from '../base/version.ts';
import type { CassetteLine } from '../domain/cassette.ts';
import type { Price } from '../domain/run-settings.ts';
import type { ScriptTurn } from '../domain/script.ts';
import { anthropicModel } from './anthropic.ts';
import { batchedModel } from './batched.ts';
import type { BatchesOptions } from './batches.ts';
import { type Capabilities, capabilities } from './capabilities.ts';
import { cassetteModel, playingFetch, recordingFetch } from './cassette.ts';
import type { Scrub } from './cassette-redaction.ts';
import { openClient } from './client.ts';
import { type Limiter, limiter } from './limiter.ts';
import type { Model, Usage } from './model.ts';
import { costOf } from './prices.ts';
import { interactiveRetries, type RetryPolicy, retries, unattendedRetries } from './retry.ts';
import { isModule } from './script-module.ts';
import { type Script, scriptedFetch } from './scripted.ts';
import { findServer, isServer, type Server } from './server.ts';

export interface OpenModelRequest {
  /** A model id, `scripted:<file>` (turns, or a module `.mjs`) or `cassette:<file>`. */
  name: string;
  env: NodeJS.ProcessEnv;
  /** `base_url` of config.yaml. */
  baseUrl?: string | undefined;
  /** Whether the address that the settings name may be sent a key: somebody has trusted this configuration. */
  trusted: boolean;
  prices: Record<string, Price>;
  now: () => Date;
  /** 0 ≤ x < 1. */
  random: () => number;
  /** Whether somebody is watching: retries are shorter then. */
  interactive: boolean;
  /** Reads a script's turns, and a cassette's lines. */
  readScript: (path: string) => ScriptTurn[];
  /** Loads a script that is a module: `scripted:<file>.mjs`. */
  loadScript: (path: string) => Promise<Script>;
  readCassette: (path: string) => CassetteLine[];
  /** Redacts every text of a value, for recordings. */
  scrub: Scrub;
  /** Takes the lines of a recording; absent = nothing is recorded. */
  record?: (line: string) => void;
  /** Takes lines of the SDK's own log, where ANTHROPIC_LOG asks for one. */
  log?: (line: string) => void;
  /** Other limits to retrying than the usual ones. */
  retryPolicy?: RetryPolicy;
  /** Asks through batches: at half the price, when the server has time. */
  batch?: Pick<BatchesOptions, 'sent' | 'say' | 'pace'>;
}

export interface OpenedModel {
  model: Model;
  /** What requests call it. */
  id: string;
  /** Whether a price is known. */
  priced: boolean;
  close(): Promise<void>;
}

// What a server cannot do, and how long it wants to be left alone, holds for every model of this process that talks to it.
const shared = new Map<string, { limiter: Limiter; capabilities: Capabilities }>();

const OFFLINE: Server = {
  baseUrl: 'http://offline.invalid',
  where: '',
  anthropic: true,
  auth: undefined,
  chosenBy: 'default',
  loopback: true,
  found: '',
};

/** Opens a model. Throws UserError, with the ways to go on, where there is neither key nor server nor file. */
export async function openModel(request: OpenModelRequest): Promise<OpenedModel> {
  const { name, readScript, loadScript, readCassette, scrub, record } = request;
  const scripted = after(name, 'scripted:');
  if (scripted !== undefined)
    return await openScript(request, isModule(scripted) ? await loadScript(scripted) : readScript(scripted), scripted);
  const cassette = after(name, 'cassette:');
  if (cassette !== undefined) {
    const lines = readCassette(cassette);
    const server = { ...OFFLINE, where: `cassette ${cassette}` };
    const played = playingFetch(lines, { name: cassette, scrub });
    return await connect(request, server, cassetteModel(lines) ?? 'cassette', played);
  }
  const server = serverFor(request);
  const recordedBy = `agentmem ${VERSION}`;
  const own = record && recordingFetch(fetch, record, { scrub, recordedBy });
  return await connect(request, server, name, own);
}

/** A model that a script answers: a list of turns or a function. */
export async function openScript(
  request: Omit<OpenModelRequest, 'name'>,
  script: Script,
  name: string,
): Promise<OpenedModel> {
  const server = { ...OFFLINE, where: `script ${name}` };
  return await connect({ ...request, name }, server, 'scripted', scriptedFetch(script, { name }), true);
}

async function connect(
  request: OpenModelRequest,
  server: Server,
  id: string,
  own: typeof fetch | undefined,
  seeded = false,
): Promise<OpenedModel> {
  const { env, log, now, random, prices, interactive, batch } = request;
  const offline = server.baseUrl === OFFLINE.baseUrl;
  const { client, close } = await openClient({
    server,
    env,
    recording: !offline,
    ...(own && { fetch: own }),
    ...(log && { log }),
  });
  const policy = request.retryPolicy ?? (interactive ? interactiveRetries : unattendedRetries);
  const parts = {
    client,
    server,
    ...sharedFor(offline ? server.where : server.baseUrl, now),
    retries: retries(policy, random),
    // What comes out of a file has cost nothing now.
    price: (model: string, usage: Usage) => (offline ? 0 : costOf(model, usage, prices)),
    now,
  };
  // What answers out of a file answers at once.
  const model =
    batch === undefined || offline ? anthropicModel({ ...parts, seeded }) : batchedModel({ ...parts, ...batch });
  const free = {
    input_tokens: 0,
    output_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    known: true,
  };
  return { model, id, priced: offline || costOf(id, free, prices) !== undefined, close };
}

function sharedFor(key: string, now: () => Date): { limiter: Limiter; capabilities: Capabilities } {
  const known = shared.get(key);
  if (known !== undefined) return known;
  const made = { limiter: limiter({ now }), capabilities: capabilities() };
  shared.set(key, made);
  return made;
}

function serverFor({ env, baseUrl, trusted, name }: OpenModelRequest): Server {
  const found = findServer(env, baseUrl);
  if (!isServer(found))
    throw new UserError({
      what: `There is no server to ask ${name}. Looked for:\n${found.lookedFor.map((line) => `  ${line}`).join('\n')}\nThree ways to go on:\n${found.ways.map((line, i) => `  ${i + 1}. ${line}`).join('\n')}`,
    });
  if (found.chosenBy === 'settings' && found.auth !== undefined && !found.loopback && !trusted)
    throw new UserError({
      what: `config.yaml would send your key to ${found.where}, and nobody has trusted this configuration.`,
      hint: 'agent trust --show, then agent trust; or set ANTHROPIC_BASE_URL yourself',
    });
  return found;
}

function after(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}
