// A model that answers from a script, plugged in below the SDK as its `fetch`, so that the ordinary road is travelled; needs no network.

import { sha256 } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import { roughTokens } from '../base/text.ts';
import type { ScriptTurn } from '../domain/script.ts';
import { answersSoFar, leavesNoTrace, nextTurn, type ScriptRequest, textOf } from './script-position.ts';
import { answerEvents, errorBody, printEvent, type RawEvent } from './scripted-answer.ts';

/** The error type of a request that a script or cassette has no answer to. */
export const UNHEARD = 'agentmem_unheard';

/** Keeps conversations apart that begin alike; without it they are told apart by system prompt and first message. */
export const SESSION_HEADER = 'x-agentmem-session';

/** Carries the seed of a request; no other server is ever sent it. */
export const SEED_HEADER = 'x-agentmem-seed';

/** The body of a request to the Messages API, as far as a script cares. */
export interface ScriptBody extends ScriptRequest {
  model: string;
  /** Chances of the trial, where whoever asks has any. */
  seed?: string;
  /** Everything, as it was sent. */
  raw: Record<string, unknown>;
}

/**
 * Turns in the order in which they are used (see `nextTurn`), or a function that is given the request, the number of answers
 * in the conversation so far, and how often it was already asked at this point (after a failure or an empty answer).
 * Undefined = the script has no answer to this.
 */
export type Script =
  | readonly ScriptTurn[]
  | ((body: ScriptBody, turn: number, again: number) => ScriptTurn | undefined | Promise<ScriptTurn | undefined>);

export interface ScriptedOptions {
  /** What messages call the script: its file. */
  name?: string;
}

/**
 * A `fetch` that answers `POST …/v1/messages` with a stream of events. The same conversation gets the same answer, with the same
 * ids and token counts. Rejects only with the signal's reason. A script without an answer gives status 404 and type `agentmem_unheard`.
 */
export function scriptedFetch(script: Script, options: ScriptedOptions = {}): typeof fetch {
  const position = scriptPosition(script);
  return async (input, init) => {
    const signal = init?.signal ?? undefined;
    signal?.throwIfAborted();
    const body = await requestBody(input, init);
    if (body === undefined) return failure(404, 'not_found_error', 'A script answers POST /v1/messages only.');
    if (body.raw.stream !== true) return failure(400, 'invalid_request_error', 'stream: a script only streams');
    const headers = new Headers(init?.headers);
    const seed = headers.get(SEED_HEADER);
    const seeded = seed === null ? body : { ...body, seed: decodeURIComponent(seed) };
    const turn = await position(seeded, headers.get(SESSION_HEADER) ?? undefined);
    if (turn === undefined) return failure(404, UNHEARD, exhausted(script, body, options.name));
    await pause(turn.delay_ms ?? 0, signal);
    if (turn.error !== undefined) return failure(turn.error.status, turn.error.type, turn.error.message);
    return stream(answerEvents(turn, factsOf(body, turn)), signal);
  };
}

/** The turn that comes next in a conversation; remembers only what conversations do not show. */
export function scriptPosition(
  script: Script,
): (body: ScriptBody, session: string | undefined) => Promise<ScriptTurn | undefined> {
  // By conversation and point in it: the turns that were given there and left no answer behind.
  const gone = new Map<string, number[]>();
  return async (body, session) => {
    const answers = answersSoFar(body);
    const key = `${session ?? conversationKey(body)}/${answers}`;
    const before = gone.get(key) ?? [];
    if (typeof script === 'function') {
      const turn = await script(body, answers, before.length);
      if (turn !== undefined && leavesNoTrace(turn)) gone.set(key, [...before, before.length]);
      return turn;
    }
    const next = nextTurn(script, body, before);
    if (next !== undefined && leavesNoTrace(next.turn)) gone.set(key, [...before, next.at]);
    return next?.turn;
  };
}

/** The body as scripts see it; undefined where it is no request for a message. */
export function scriptBody(value: unknown): ScriptBody | undefined {
  if (!isObject(value) || typeof value.model !== 'string' || !Array.isArray(value.messages)) return undefined;
  const messages = value.messages.flatMap((message: unknown) =>
    isObject(message) && typeof message.role === 'string' ? [{ role: message.role, content: message.content }] : [],
  );
  return { model: value.model, system: textOf(value.system), messages, raw: value };
}

/** A response with an error in the API's form, which is of no use to try again where the status does not say so. */
export function failure(status: number, type: string, message: string): Response {
  const retry: Record<string, string> = type === UNHEARD ? { 'x-should-retry': 'false' } : {};
  return new Response(JSON.stringify(errorBody(type, message)), {
    status,
    headers: { 'content-type': 'application/json', ...retry },
  });
}

/** Ids and token counts of an answer: made from the conversation alone. */
export function factsOf(body: ScriptBody, turn: ScriptTurn): Parameters<typeof answerEvents>[1] {
  const answer = answersSoFar(body) + 1;
  const { system, tools, messages } = body.raw;
  return {
    id: `msg_script_${sha256(JSON.stringify(messages)).slice(0, 16)}`,
    model: body.model,
    callIds: freeIds(body, turn, answer),
    inputTokens: roughTokens(JSON.stringify({ system, tools, messages })),
  };
}

// A paused answer goes on at the same point, so its numbers may be taken.
function freeIds(body: ScriptBody, turn: ScriptTurn, answer: number): string[] {
  const calls = turn.tools?.length ?? 0;
  if (calls === 0) return [];
  const taken = JSON.stringify(body.raw.messages);
  const ids: string[] = [];
  for (let at = 1; ids.length < calls; at++) {
    const id = `toolu_${String(answer).padStart(3, '0')}_${String(at).padStart(2, '0')}`;
    if (!taken.includes(`"${id}"`)) ids.push(id);
  }
  return ids;
}

async function requestBody(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
): Promise<ScriptBody | undefined> {
  const url = new URL(input instanceof Request ? input.url : input);
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  if (method.toUpperCase() !== 'POST' || !url.pathname.endsWith('/v1/messages')) return undefined;
  const text = input instanceof Request && init?.body === undefined ? await input.text() : init?.body;
  if (typeof text !== 'string') return undefined;
  try {
    return scriptBody(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function conversationKey({ system, messages }: ScriptBody): string {
  return sha256(JSON.stringify([system, messages[0]?.content]));
}

function exhausted(script: Script, body: ScriptBody, name: string | undefined): string {
  const what = name === undefined ? 'The script' : `The script ${name}`;
  const answers = answersSoFar(body);
  if (typeof script === 'function') return `${what} has no answer after ${answers} answers.`;
  return `${what} has no turn left that fits, after ${answers} of ${script.length} answers.`;
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms === 0) return;
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function stream(events: readonly RawEvent[], signal: AbortSignal | undefined): Response {
  const encoder = new TextEncoder();
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (signal?.aborted) return controller.error(signal.reason);
      const event = events[at++];
      if (event === undefined) controller.close();
      else controller.enqueue(encoder.encode(printEvent(event)));
    },
  });
  return new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
}
