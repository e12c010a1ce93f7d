// Everything that can go wrong with an answer, as data that the test server carries out; each is made by a function of its name.
import type { WrittenTurn } from '../../../src/domain/script.ts';
import { errorBody, printEvent, type RawEvent } from '../../../src/model/scripted-answer.ts';

/** An answer that goes wrong. What is left out goes as it should. */
export interface Fault {
  kind: 'fault';
  /** What would be answered; left out, what the server's `answer` says. */
  turn?: WrittenTurn;
  /** A whole response instead of a stream. */
  response?: {
    status: number;
    headers?: Record<string, string>;
    body: string | ((events: readonly RawEvent[]) => string);
  };
  /** Changes the events; a text is written as it stands. */
  events?: (events: RawEvent[]) => (RawEvent | string)[];
  print?: (event: RawEvent) => string;
  headers?: Record<string, string>;
  /** The connection is reset: before or after the headers, after so many bytes of the body, after so many events. */
  cut?: 'before headers' | 'after headers' | { bytes: number } | { events: number };
  /** The body ends in good order after so many events. */
  endAfter?: number;
  /** Nothing more comes after so many events (-1: not even headers), or only pings; with `forMs` it goes on then. */
  stall?: { after: number; pingEveryMs?: number; forMs?: number };
  /** The body comes in pieces of so many bytes. */
  drip?: { bytes: number; everyMs: number };
}

/** An HTTP error with a body of the API's form. */
export function status(
  code: number,
  type: string,
  message: string,
  { headers = {}, details }: { headers?: Record<string, string>; details?: object } = {},
): Fault {
  const body = { type: 'error', error: { type, message, ...(details !== undefined && { details }) } };
  const json = { 'content-type': 'application/json', ...headers };
  return { kind: 'fault', response: { status: code, headers: json, body: JSON.stringify(body) } };
}

export function rateLimited(headers: Record<string, string> = {}): Fault {
  return status(429, 'rate_limit_error', 'This request would exceed your rate limit.', { headers });
}

export function overloaded(headers: Record<string, string> = {}): Fault {
  return status(529, 'overloaded_error', 'Overloaded', { headers });
}

/** A gateway's error page. */
export function htmlError(code: number): Fault {
  return page(code, `<html><head><title>${code} Bad Gateway</title></head><body><h1>${code}</h1></body></html>`);
}

/** `code` as in `workspace_spend_limit_reached`; the API sends these as 402 or as 429. */
export function spendLimit(code: string, http: 402 | 429 = 402): Fault {
  const type = http === 402 ? 'billing_error' : 'rate_limit_error';
  return status(http, type, 'You have reached your spend limit.', { details: { error_code: code } });
}

export function badKey(): Fault {
  return status(401, 'authentication_error', 'invalid x-api-key');
}

export function unpaired(): Fault {
  return status(
    400,
    'invalid_request_error',
    'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
  );
}

export function thinkingMismatch(): Fault {
  return status(400, 'invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block');
}

export function contextExceeded(): Fault {
  return status(400, 'invalid_request_error', 'prompt is too long: 215433 tokens > 200000 maximum');
}

export function tooLarge(): Fault {
  return status(413, 'request_too_large', 'Request exceeds the maximum size');
}

/** A server error that says itself whether to try again. */
export function shouldRetry(code: number, again: boolean): Fault {
  return status(code, 'api_error', 'Internal server error', { headers: { 'x-should-retry': String(again) } });
}

export function cut(where: NonNullable<Fault['cut']>): Fault {
  return { kind: 'fault', cut: where };
}

/** A clean close before the end; without a number just `message_stop` is missing. */
export function endsEarly(events = -1): Fault {
  return { kind: 'fault', endAfter: events };
}

export function stall(after: number, options: { pingEveryMs?: number; forMs?: number } = {}): Fault {
  return { kind: 'fault', stall: { after, ...options } };
}

export function drip(bytes: number, everyMs: number): Fault {
  return { kind: 'fault', drip: { bytes, everyMs } };
}

/** 200 with the message as JSON, as a server that does not stream. */
export function jsonAnswer(): Fault {
  const body = JSON.stringify({ type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hi.' }] });
  return { kind: 'fault', response: { status: 200, headers: { 'content-type': 'application/json' }, body } };
}

/** 200 with a page, as a captive portal. */
export function htmlAnswer(): Fault {
  return page(200, '<!doctype html><title>Sign in</title>');
}

export function emptyAnswer(contentType = 'text/event-stream'): Fault {
  return { kind: 'fault', response: { status: 200, headers: { 'content-type': contentType }, body: '' } };
}

function page(code: number, body: string): Fault {
  return { kind: 'fault', response: { status: code, headers: { 'content-type': 'text/html' }, body } };
}

/** A whole stream under another content type. */
export function wrongContentType(contentType = 'application/octet-stream'): Fault {
  return { kind: 'fault', headers: { 'content-type': contentType } };
}

/** Events without the line that names them. */
export function dataOnly(): Fault {
  return { kind: 'fault', print: (event) => `data: ${JSON.stringify(event)}\n\n` };
}

/** A 200 whose only data is an error. */
export function errorInData(type = 'overloaded_error'): Fault {
  return { kind: 'fault', events: () => [`data: ${JSON.stringify({ error: { type, message: 'Overloaded' } })}\n\n`] };
}

/** An error event: first of all, or once a block of that type has begun and got its first piece. */
export function errorEvent(
  after: 'nothing' | 'text' | 'tool_use' | 'thinking',
  type = 'overloaded_error',
  message = 'Overloaded',
): Fault {
  const error = errorBody(type, message);
  return {
    kind: 'fault',
    events: (events) => {
      if (after === 'nothing') return [error];
      const at = events.findIndex((event) => blockType(event) === after);
      return [...events.slice(0, at < 0 ? events.length - 1 : at + 2), error];
    },
  };
}

/** Each event twice, or only those of one type. */
export function duplicated(type?: string): Fault {
  return edited((event) => (type === undefined || event.type === type ? [event, event] : [event]));
}

/** The event at this place is no JSON. */
export function malformed(at: number): Fault {
  return {
    kind: 'fault',
    events: (events) =>
      events.map((event, i) => (i === at ? `event: ${event.type}\ndata: {"type":"${event.type}",\n\n` : event)),
  };
}

/** An event of a type that nobody knows, after the first piece of the first block. */
export function unknownEvent(): Fault {
  return {
    kind: 'fault',
    events: (events) => [...events.slice(0, 2), { type: 'aurora', shade: 3 }, ...events.slice(2)],
  };
}

/** A piece of a type that nobody knows, in the first block. */
export function unknownDelta(): Fault {
  const delta = { type: 'content_block_delta', index: 0, delta: { type: 'aurora_delta', shade: 3 } };
  return { kind: 'fault', events: (events) => [...events.slice(0, 2), delta, ...events.slice(2)] };
}

/** A block of a type that nobody knows, before the others. */
export function unknownBlock(): Fault {
  const block = [
    { type: 'content_block_start', index: 0, content_block: { type: 'aurora', shade: 3 } },
    { type: 'content_block_stop', index: 0 },
  ];
  const later = (event: RawEvent) => (typeof event.index === 'number' ? { ...event, index: event.index + 1 } : event);
  return { kind: 'fault', events: ([first, ...rest]) => [...(first ? [first] : []), ...block, ...rest.map(later)] };
}

/** No token counts at the start, at the end, or at all. */
export function withoutUsage(where: 'start' | 'end' | 'both' = 'both'): Fault {
  return edited((event) => {
    if (event.type === 'message_start' && where !== 'end' && typeof event.message === 'object')
      return [{ ...event, message: { ...event.message, usage: undefined } }];
    return event.type === 'message_delta' && where !== 'start' ? [{ ...event, usage: undefined }] : [event];
  });
}

/** Blocks without an index, or all with the same one. */
export function indexes(how: 'missing' | 'duplicate'): Fault {
  return edited((event) =>
    event.index === undefined ? [event] : [{ ...event, index: how === 'missing' ? undefined : 0 }],
  );
}

/** Pieces that do not belong to the block that they come in. */
export function mismatched(delta: RawEvent): Fault {
  return edited((event) =>
    event.type === 'content_block_start'
      ? [event, { type: 'content_block_delta', index: event.index, delta }]
      : [event],
  );
}

/** The first block comes before the start of the message. */
export function contentBeforeStart(): Fault {
  return {
    kind: 'fault',
    events: (events) => {
      const end = events.findIndex((event) => event.type === 'content_block_stop') + 1;
      return [...events.slice(1, end), ...events.slice(0, 1), ...events.slice(end)];
    },
  };
}

/** The arguments of every call as this text, in pieces of `size` characters; empty = no pieces at all. */
export function toolJson(json: string, size = 4096): Fault {
  return edited((event) => {
    if (blockType(event) === 'tool_use') {
      const parts = Array.from({ length: Math.ceil(json.length / size) }, (_, i) =>
        json.slice(i * size, (i + 1) * size),
      );
      const { index } = event;
      return [
        event,
        ...parts.map((p) => ({
          type: 'content_block_delta',
          index,
          delta: { type: 'input_json_delta', partial_json: p },
        })),
      ];
    }
    return isToolPiece(event) ? [] : [event];
  });
}

function edited(change: (event: RawEvent) => RawEvent[]): Fault {
  return { kind: 'fault', events: (events) => events.flatMap(change) };
}

function blockType(event: RawEvent): unknown {
  const block = event.content_block;
  return typeof block === 'object' && block !== null && 'type' in block ? block.type : undefined;
}

function isToolPiece({ delta }: RawEvent): boolean {
  return typeof delta === 'object' && delta !== null && 'type' in delta && delta.type === 'input_json_delta';
}

/** The stream's text after a fault has changed its events. */
export function printed(fault: Fault, events: RawEvent[]): string[] {
  const print = fault.print ?? printEvent;
  return (fault.events?.(events) ?? events).map((event) => (typeof event === 'string' ? event : print(event)));
}
