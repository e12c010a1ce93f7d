// What went wrong with one attempt, as plain facts read out of whatever was thrown or sent; judges nothing.
import { isObject, parsedJson } from '../base/json.ts';
import { clip, oneLine, safeForTerminal } from '../base/text.ts';
import { retryAfter } from './retry-after.ts';

/**
 * `http`: an answer with another status than 2xx · `event`: an error inside the stream · `connection`: no connection, or it
 * broke · `silent`: nothing came for too long · `truncated`: the stream ended before its end · `garbled`: events that can't be
 * read, or two answers in one stream · `too_long`: more than an answer may have · `foreign`: a 200 that is no event stream of
 * this API · `empty`: a 200 with nothing in it.
 */
export type FaultKind =
  | 'http'
  | 'event'
  | 'connection'
  | 'silent'
  | 'truncated'
  | 'garbled'
  | 'too_long'
  | 'foreign'
  | 'empty';

export interface Fault {
  kind: FaultKind;
  /** The server's own words where it gave any, on one line, at most 500 characters. */
  message: string;
  status?: number;
  /** The API's error type: `overloaded_error`. */
  type?: string;
  /** The code that names the cause more narrowly, or that of a system error: `ECONNREFUSED`. */
  code?: string;
  requestId?: string;
  /** `x-should-retry`, where the server sent it. */
  shouldRetry?: boolean;
  /** How long the server asked to wait, in milliseconds. */
  retryAfterMs?: number;
}

type Fields = Record<string, unknown>;
const MAX_MESSAGE = 500;

/** The facts in something that the SDK threw before or within a stream. `now`: the present, for dates in `retry-after`. */
export function faultOf(error: unknown, now: Date): Fault {
  const thrown = isObject(error) ? error : {};
  if (typeof thrown.status === 'number') {
    const headers = thrown.headers instanceof Headers ? thrown.headers : new Headers();
    return {
      ...fromBody('http', thrown.error ?? String(thrown.message ?? '').replace(/^\d{3} /, '')),
      ...fromHeaders(headers, thrown.status, now),
    };
  }
  // The SDK throws an error event as an error without status, with the event's data as its body.
  if (thrown.error !== undefined && thrown.error !== null) {
    const headers = thrown.headers instanceof Headers ? thrown.headers : new Headers();
    const { requestId } = fromHeaders(headers, 200, now);
    return { ...fromBody('event', thrown.error), ...(requestId !== undefined && { requestId }) };
  }
  if (error instanceof SyntaxError) return { kind: 'garbled', message: 'an event of the stream is no JSON' };
  return fromConnection(error);
}

/** The facts in the body of an error, of this API or of servers that word theirs otherwise. */
export function fromBody(kind: FaultKind, body: unknown): Fault {
  const value = typeof body === 'string' ? (parsedJson(body) ?? body) : body;
  if (!isObject(value))
    return { kind, message: words(typeof value === 'string' ? withoutMarkup(value) : inJson(value)) };
  const error = isObject(value.error) ? value.error : value;
  const details = isObject(error.details) ? error.details : {};
  const message = [error.message, value.error, value.message, value.detail, value].find(
    (m) => m !== undefined && m !== '',
  );
  const type = text(error.type) ?? (error === value ? undefined : text(value.type));
  const code = text(details.error_code) ?? text(error.code);
  const requestId = text(value.request_id);
  return {
    kind,
    message: words(typeof message === 'string' ? message : inJson(message)),
    ...(type !== undefined && type !== 'error' && { type }),
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
  };
}

function fromHeaders(headers: Headers, status: number, now: Date): Partial<Fault> & { requestId?: string } {
  const should = headers.get('x-should-retry');
  const requestId = headers.get('request-id') ?? headers.get('x-request-id');
  const after = retryAfter(headers, now);
  return {
    status,
    ...(requestId && { requestId: words(requestId) }),
    ...((should === 'true' || should === 'false') && { shouldRetry: should === 'true' }),
    ...(after !== undefined && { retryAfterMs: after }),
  };
}

// `fetch failed` says nothing; what happened stands in the cause, or in the cause of the cause.
function fromConnection(error: unknown): Fault {
  const chain: Fields[] = [];
  for (let at: unknown = error; isObject(at) && chain.length < 5; at = at.cause ?? firstOf(at.errors)) chain.push(at);
  const code = chain.map((e) => text(e.code)).findLast((c) => c !== undefined);
  const messages = chain.map((e) => text(e.message)).filter((m) => m !== undefined && m !== '');
  const message = words(messages.at(-1) ?? String(error));
  return {
    kind: 'connection',
    message: code === undefined || message.includes(code) ? message : `${message} (${code})`,
    ...(code !== undefined && { code }),
  };
}

function firstOf(errors: unknown): unknown {
  return Array.isArray(errors) ? errors[0] : undefined;
}

// An HTML page says what it is in its title; the rest is for browsers.
function withoutMarkup(body: string): string {
  if (!/^\s*</.test(body)) return body;
  const title = /<title[^>]{0,200}>([^<]{1,300})/i.exec(body.slice(0, 20_000))?.[1];
  return title === undefined ? 'a web page' : `a web page, “${title.trim()}”`;
}

function words(message: string): string {
  return clip(oneLine(safeForTerminal(message.slice(0, 10_000))), MAX_MESSAGE);
}

function inJson(value: unknown): string {
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.slice(0, 100) : undefined;
}
