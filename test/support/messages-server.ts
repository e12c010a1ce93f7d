// A real HTTP server on 127.0.0.1 that speaks the Messages API, for tests and benchmarks through the unmodified SDK; it talks to nobody else.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ScriptTurn, scriptTurnSchema, type WrittenTurn } from '../../src/domain/script.ts';
import {
  factsOf,
  type Script,
  type ScriptBody,
  SESSION_HEADER,
  scriptBody,
  scriptPosition,
  UNHEARD,
} from '../../src/model/scripted.ts';
import { answerEvents, errorBody } from '../../src/model/scripted-answer.ts';
import { type BatchesOptions, type BatchReply, type SeenBatch, TestBatches } from './messages-server/batches.ts';
import { type PrefixBreak, PrefixCheck, PromptCache } from './messages-server/cache.ts';
import { deliver } from './messages-server/deliver.ts';
import { type Fault, status } from './messages-server/faults.ts';
import { headerRefusal, MAX_REQUEST, type Refusal, refusal } from './messages-server/refusal.ts';
import { signThinking } from './messages-server/thinking.ts';
import { unitsOf } from './messages-server/units.ts';

export interface MessagesServerOptions {
  /**
   * What is answered: turns in order, or a function of the request, its number on this server, the number of answers in its
   * conversation, and how often it was asked at that point already. Undefined = 404 `agentmem_unheard`.
   */
  answer: WrittenTurn[] | ((body: ScriptBody, n: number, turn: number) => Answer | Promise<Answer>);
  /** Asked first, for each request by its number; what it gives goes wrong, with the turn of `answer` where it has none. */
  fault?: (n: number, body: ScriptBody) => Fault | undefined;
  requireKey?: boolean;
  /** Top-level fields that this server refuses, and `cache_control`, `adaptive`: a compatible server that lacks them. */
  lacks?: string[];
  /** False: accepts everything and keeps no account of prefixes, for benchmarks. */
  strict?: boolean;
  /** False: keeps no requests, for benchmarks. */
  keep?: boolean;
  /** Speaks the Message Batches API as well. */
  batches?: BatchesOptions;
  port?: number;
}
export type Answer = WrittenTurn | Fault | undefined;

export interface SeenRequest {
  n: number;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The bytes as they came. */
  raw: string;
  /** Parsed; undefined if it was no JSON. */
  body: Record<string, unknown> | undefined;
  /** Milliseconds since the server started. */
  at: number;
  /** Why it was refused, if it was. */
  refused?: Refusal;
  /** The client went away before the answer's end. */
  aborted: boolean;
}

export interface MessagesServer {
  /** `http://127.0.0.1:<port>`, for `baseURL`. */
  url: string;
  requests: SeenRequest[];
  /** Requests that did not begin with the bytes of the one before in their conversation. */
  prefixBreaks: PrefixBreak[];
  /** Batches that were sent, in order. */
  batches: SeenBatch[];
  /** Connections that are open now. */
  connections: () => Promise<number>;
  /** Ends it, whatever is still being answered. */
  close: () => Promise<void>;
}

/** Starts the server; it is ready when the promise is. */
export async function startMessagesServer(options: MessagesServerOptions): Promise<MessagesServer> {
  const state = makeState(options);
  if (options.batches !== undefined)
    state.batches = new TestBatches(options.batches, (params) => eventsOf(state, params));
  const server = createServer((request, response) => void serve(request, response, state));
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0; // else a connection can be closed just as the next request goes out on it
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP, so it is no pipe's name
  return {
    url: `http://127.0.0.1:${port}`,
    requests: state.requests,
    prefixBreaks: state.prefixes.breaks,
    batches: state.batches?.seen ?? [],
    connections: () => new Promise((resolve, reject) => server.getConnections((e, n) => (e ? reject(e) : resolve(n)))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface State {
  options: MessagesServerOptions;
  requests: SeenRequest[];
  cache: PromptCache;
  prefixes: PrefixCheck;
  batches?: TestBatches;
  answer: (body: ScriptBody, n: number, session: string | undefined) => Promise<Answer>;
  started: number;
  count: number;
}

function makeState(options: MessagesServerOptions): State {
  const { answer } = options;
  const common = {
    options,
    requests: [],
    cache: new PromptCache(),
    prefixes: new PrefixCheck(),
    started: performance.now(),
    count: 0,
  };
  if (typeof answer === 'function')
    return {
      ...common,
      answer: async (body, n) => await answer(body, n, body.messages.filter((m) => m.role === 'assistant').length),
    };
  const script: Script = answer.map((turn) => scriptTurnSchema.parse(turn));
  const position = scriptPosition(script);
  return { ...common, answer: async (body, _, session) => await position(body, session) };
}

async function serve(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const n = state.count++;
  const at = performance.now() - state.started;
  const raw = await read(request);
  if (raw === undefined) return; // the client went away in the middle of its request
  const { headers, method = '', url = '' } = request;
  const seen: SeenRequest = { n, at, headers, method, path: url, raw: raw.toString(), body: undefined, aborted: false };
  if (state.options.keep !== false) state.requests.push(seen);
  response.on('close', () => {
    seen.aborted = !response.writableFinished;
  });
  response.setHeader('request-id', `req_test_${n}`);
  const strict = state.options.strict !== false;
  const path = url.split('?')[0];
  const batched = await state.batches?.reply(method, path ?? '', parse(seen.raw), `http://${headers.host}`);
  if (batched !== undefined) return sendBatch(response, batched);
  let refused: Refusal | undefined;
  if (method !== 'POST' || path !== '/v1/messages')
    refused = { status: 404, type: 'not_found_error', message: `Not found: ${path}` };
  else if (strict) refused = headerRefusal(headers, raw.length, state.options);
  const parsed = parse(seen.raw);
  if (refused === undefined && strict) refused = refusal(parsed, state.options);
  const body = scriptBody(parsed);
  if (body !== undefined) seen.body = body.raw;
  if (refused === undefined && body === undefined)
    refused = { status: 400, type: 'invalid_request_error', message: 'The request body is not valid JSON' };
  if (refused !== undefined || body === undefined) return refuse(response, seen, refused);
  await reply(response, body, seen, state);
}

function sendBatch(response: ServerResponse, { status: code, body, lines }: BatchReply): void {
  response.writeHead(code, { 'content-type': lines === undefined ? 'application/json' : 'application/x-jsonl' });
  response.end(lines === undefined ? JSON.stringify(body) : lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

async function eventsOf(state: State, params: Record<string, unknown>) {
  const body = scriptBody({ ...params, stream: true });
  const answer = body && (await state.answer(body, state.count++, undefined));
  if (body === undefined || answer === undefined || isFault(answer)) return undefined;
  return eventsFor(scriptTurnSchema.parse(answer), body, undefined);
}

function refuse(response: ServerResponse, seen: SeenRequest, refused: Refusal | undefined): void {
  if (refused === undefined) return;
  seen.refused = refused;
  response.writeHead(refused.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(errorBody(refused.type, refused.message, `req_test_${seen.n}`)));
}

async function reply(response: ServerResponse, body: ScriptBody, seen: SeenRequest, state: State): Promise<void> {
  const header = seen.headers[SESSION_HEADER];
  const session = typeof header === 'string' ? header : undefined;
  const strict = state.options.strict !== false;
  const units = strict ? unitsOf(body.raw) : [];
  if (strict) state.prefixes.look(seen.n, body.raw, units, session);
  const fault = state.options.fault?.(seen.n, body);
  // A fault that says itself what is answered must not use up a turn of the script.
  const needsTurn = fault === undefined || (fault.turn === undefined && fault.response === undefined);
  const answer = needsTurn ? await state.answer(body, seen.n, session) : fault;
  if (answer === undefined)
    return refuse(response, seen, { status: 404, type: UNHEARD, message: 'The test server has no answer to this.' });
  const served = fault ?? (isFault(answer) ? answer : undefined) ?? { kind: 'fault' as const };
  const turn = scriptTurnSchema.parse(served.turn ?? (isFault(answer) ? { text: 'Done.' } : answer));
  if (turn.delay_ms !== undefined) await sleep(turn.delay_ms);
  if (turn.error !== undefined && served.response === undefined)
    return await deliver(response, [], status(turn.error.status, turn.error.type, turn.error.message));
  await deliver(response, eventsFor(turn, body, strict ? state.cache.use(units) : undefined), served);
}

function eventsFor(turn: ScriptTurn, body: ScriptBody, use: ReturnType<PromptCache['use']> | undefined) {
  const facts = factsOf(body, turn);
  const [first, ...rest] = answerEvents(turn, {
    ...facts,
    ...(use !== undefined && {
      inputTokens: use.input_tokens,
      cacheRead: use.cache_read_input_tokens,
      cacheCreation: use.cache_creation_input_tokens,
      sign: (thinking) => signThinking(body.raw, thinking),
    }),
  });
  return first === undefined ? [] : [first, { type: 'ping' }, ...rest];
}

function isFault(answer: WrittenTurn | Fault): answer is Fault {
  return 'kind' in answer && answer.kind === 'fault';
}

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      // The rest of what is too large is read and forgotten, so that the client gets to see the answer.
      if (size <= MAX_REQUEST + 65_536) chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
