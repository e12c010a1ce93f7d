// Watches the bytes of one response on their way to the SDK: says that they come, keeps the beginning, and cuts off floods.
import type { Middleware } from '@anthropic-ai/sdk';
import type { Beginning } from './foreign.ts';
import { plainAnswer } from './plain-answer.ts';

export interface Tap {
  /** To be handed to the SDK with the request. */
  middleware: Middleware;
  /** The first characters of the body and its type; empty before there is any. */
  beginning(): Beginning;
  requestId(): string | undefined;
  /** True once a line of the stream was longer than any event may be. */
  flooded(): boolean;
}

export interface TapWatcher {
  onHeaders(): void;
  onBytes(): void;
}

const KEPT_BYTES = 16 * 1024;
/** The SDK reads the body of an error at once; no error is longer than this. */
const ERROR_BYTES = 1024 * 1024;
/** The SDK collects a line before it looks at it. Twice the longest answer leaves room for JSON's escapes. */
const LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 10;

/** A tap for one attempt. */
export function tap(watcher: TapWatcher): Tap {
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  let contentType = '';
  let requestId: string | undefined;
  let flooded = false;

  const keep = (chunk: Uint8Array) => {
    if (keptBytes >= KEPT_BYTES) return;
    const piece = new Uint8Array(chunk.subarray(0, KEPT_BYTES - keptBytes)); // a copy
    kept.push(piece);
    keptBytes += piece.length;
  };
  const middleware: Middleware = async (request, next) => {
    const response = await next(request);
    contentType = response.headers.get('content-type') ?? '';
    requestId = response.headers.get('request-id') ?? response.headers.get('x-request-id') ?? undefined;
    watcher.onHeaders();
    if (response.body === null) return response;
    return plainAnswer(
      response,
      passedOn(response.body, (chunk) => seen(chunk, response.ok)),
    );
  };

  const seen = (chunk: Uint8Array, ok: boolean): boolean => {
    watcher.onBytes();
    keep(chunk);
    const over = ok ? longLine(chunk) : tooMuch(chunk);
    if (over) flooded = ok;
    return !over;
  };

  let sinceNewline = 0;
  const longLine = (chunk: Uint8Array): boolean => {
    const last = chunk.lastIndexOf(NEWLINE);
    sinceNewline = last < 0 ? sinceNewline + chunk.length : chunk.length - last;
    return sinceNewline > LINE_BYTES;
  };
  let inAll = 0;
  const tooMuch = (chunk: Uint8Array): boolean => {
    inAll += chunk.length;
    return inAll > ERROR_BYTES;
  };
  return {
    middleware,
    beginning: () => ({ text: new TextDecoder().decode(Buffer.concat(kept)), contentType }),
    requestId: () => requestId?.slice(0, 100),
    flooded: () => flooded,
  };
}

// Not a generator: one that is left waits until its source has been left as well, which a stalled one never is.
function passedOn(body: AsyncIterable<Uint8Array>, pass: (chunk: Uint8Array) => boolean): AsyncIterable<Uint8Array> {
  const source = body[Symbol.asyncIterator]();
  const end: IteratorResult<Uint8Array> = { value: undefined, done: true };
  const leave = () => {
    source.return?.().catch(() => undefined); // it has failed already
    return end;
  };
  const iterator: AsyncIterator<Uint8Array> = {
    next: async () => {
      const step = await source.next();
      return step.done === true || pass(step.value) ? step : leave();
    },
    return: async () => leave(),
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
