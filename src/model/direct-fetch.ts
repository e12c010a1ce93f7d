// A `fetch` that goes to undici's dispatcher directly: requests whose body is text, answers as they come; follows no redirect and tries nothing twice.
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { type AnswerHead, plainAnswer } from './plain-answer.ts';

/** Bytes that wait for a slow reader before the server is held up. */
const MOST_WAITING = 256 * 1024;

/**
 * Does what `fetch` does for such requests and words its errors the same way, at less than half its cost. Its answers are plain
 * ones (`plainAnswer`).
 */
export function directFetch(dispatcher: Dispatcher): typeof fetch {
  // A server is asked at one address, again and again.
  let newest = new URL('http://nowhere.invalid');
  let spelt = '';
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const { signal, method = 'GET', body } = init;
      if (signal?.aborted) return reject(signal.reason);
      const address = input instanceof Request ? input.url : String(input);
      if (address !== spelt) newest = new URL(address);
      spelt = address;
      const url = newest;
      const exchange = new Exchange(url, signal ?? undefined, resolve, reject);
      const headers: string[] = [];
      const given = init.headers instanceof Headers ? init.headers : new Headers(init.headers);
      for (const [name, value] of given) headers.push(name, value);
      headers.push('accept-encoding', url.protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate');
      if (typeof body !== 'string' && body !== undefined && body !== null)
        throw new TypeError('only text is sent this way');
      dispatcher.dispatch(
        { origin: url.origin, path: `${url.pathname}${url.search}`, method, headers, body: body ?? null },
        exchange,
      );
    });
}

/** One request and its answer: told by the dispatcher what comes, asked for it by a reader. */
class Exchange implements Dispatcher.DispatchHandler, AsyncIterableIterator<Uint8Array> {
  readonly #url: URL;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (answer: Response) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #onAbort = () => this.#stop(this.#signal?.reason);
  #controller: Dispatcher.DispatchController | undefined;
  #begun = false;
  /** Why there is nothing more to come. */
  #over: { error?: unknown } | undefined;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #reader: { resolve: (result: IteratorResult<Uint8Array>) => void; reject: (error: unknown) => void } | undefined;

  constructor(
    url: URL,
    signal: AbortSignal | undefined,
    resolve: (answer: Response) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#url = url;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over !== undefined) controller.abort(new Error('nobody waits for the answer any more'));
  }

  onResponseStart(_: unknown, status: number, fields: Record<string, string | string[] | undefined>, text = ''): void {
    if (status < 200 || this.#begun) return; // “early hints” and the like
    this.#begun = true;
    const headers = new Headers();
    for (const [name, value] of Object.entries(fields))
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one);
    const head: AnswerHead = { status, statusText: text, headers, url: this.#url.href };
    this.#resolve(plainAnswer(head, decoded(this, headers.get('content-encoding'))));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#over !== undefined) return;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader !== undefined) reader.resolve({ value: chunk, done: false });
    else {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes > MOST_WAITING) controller.pause();
    }
  }

  onResponseEnd(): void {
    this.#end({});
  }

  onResponseError(_: unknown, error: unknown): void {
    this.#end({ error: new TypeError(this.#begun ? 'terminated' : 'fetch failed', { cause: error }) });
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.#chunks.shift();
    if (value !== undefined) {
      this.#bytes -= value.length;
      if (this.#bytes <= MOST_WAITING && this.#controller?.paused) this.#controller.resume();
      return Promise.resolve({ value, done: false });
    }
    const over = this.#over;
    if (over === undefined) return new Promise((resolve, reject) => (this.#reader = { resolve, reject }));
    if (!('error' in over)) return Promise.resolve({ value: undefined, done: true });
    this.#over = {}; // thrown once, as iterators do
    return Promise.reject(over.error);
  }

  /** Whoever leaves before the end leaves the connection as well: what is still to come can be long. */
  return(): Promise<IteratorResult<Uint8Array>> {
    this.#chunks.length = 0;
    this.#stop(new DOMException('The reader left.', 'AbortError'));
    this.#over = {};
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #stop(reason: unknown): void {
    if (this.#over !== undefined) return;
    this.#chunks.length = 0;
    this.#end({ error: reason });
    this.#controller?.abort(reason instanceof Error ? reason : new Error('aborted', { cause: reason }));
  }

  #end(over: { error?: unknown }): void {
    if (this.#over !== undefined) return;
    this.#over = over;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    if (!this.#begun) this.#reject(over.error);
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) return;
    if ('error' in over) {
      this.#over = {};
      reader.reject(over.error);
    } else reader.resolve({ value: undefined, done: true });
  }
}

function decoded(body: AsyncIterable<Uint8Array>, encoding: string | null): AsyncIterable<Uint8Array> {
  const decoder = decoderFor(encoding?.trim().toLowerCase());
  if (decoder === undefined) return body;
  // What breaks off is told by the decoder, which it is handed to.
  pipeline(body, decoder).catch((error: unknown) => decoder.destroy(error instanceof Error ? error : undefined));
  return decoder;
}

// Flushed with every piece, since events must not wait for the end of the stream.
function decoderFor(encoding: string | undefined): Transform | undefined {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = constants;
  const flushed = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip(flushed);
  if (encoding === 'deflate') return createInflate(flushed);
  if (encoding === 'br')
    return createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH });
  return undefined;
}
