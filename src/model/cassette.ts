// Records what is asked of a server and what it answers, and plays that back below the SDK; no secret and no key gets into the record.
import { isObject, parsedJson } from '../base/json.ts';
import { type CassetteLine, cassetteHeader, type Exchange } from '../domain/cassette.ts';
import { comparable, type Difference, fingerprint, firstDifference, likeness } from './cassette-match.ts';
import { type Scrub, scrubBody } from './cassette-redaction.ts';
import { failure, UNHEARD } from './scripted.ts';

type Fields = Record<string, unknown>;

const KEPT_HEADERS = ['content-type', 'request-id', 'retry-after', 'retry-after-ms', 'x-should-retry'];

export interface RecordingOptions {
  /** Redacts every text of a JSON value. */
  scrub: Scrub;
  /** For the header: the program and its version. */
  recordedBy: string;
}

/**
 * A `fetch` that hands everything on unchanged and gives `sink` a line (without line break) for the header and for each exchange
 * when its answer has ended or broken off. What never got an answer, or was left by the reader before its end, is not recorded.
 * `sink` must not throw.
 */
export function recordingFetch(
  inner: typeof fetch,
  sink: (line: string) => void,
  { scrub, recordedBy }: RecordingOptions,
): typeof fetch {
  let begun = false;
  return async (input, init) => {
    const response = await inner(input, init);
    const request = requestOf(init);
    if (request === undefined || response.body === null) return response;
    const record = (text: string, broken: boolean) => {
      if (!begun) sink(JSON.stringify(cassetteHeader(recordedBy)));
      begun = true;
      sink(JSON.stringify(exchange(request, response, text, broken, scrub)));
    };
    const body = watched(response.body, init?.signal ?? undefined, record);
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  };
}

function exchange(request: Fields, response: Response, text: string, broken: boolean, scrub: Scrub): Exchange {
  const clean = scrub(request);
  const kept = KEPT_HEADERS.flatMap((name): [string, string][] => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, scrub(value)]];
  });
  return {
    type: 'exchange',
    request_sha256: fingerprint(comparable(clean)),
    request: clean,
    status: response.status,
    headers: Object.fromEntries(kept),
    body: scrubBody(text, response.headers.get('content-type') ?? '', scrub),
    ...(broken && { broken }),
  };
}

// Passes the bytes on as they come and keeps a copy for the record.
function watched(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
  record: (text: string, broken: boolean) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let next: Awaited<ReturnType<typeof reader.read>>;
      try {
        next = await reader.read();
      } catch (error) {
        if (!signal?.aborted) record(text + decoder.decode(), true);
        return controller.error(error);
      }
      if (next.done) {
        record(text + decoder.decode(), false);
        return controller.close();
      }
      text += decoder.decode(next.value, { stream: true });
      controller.enqueue(next.value);
    },
    async cancel(reason) {
      // A reader that stops at the message's end has the whole answer.
      if (/^event: message_stop\r?$/m.test(text)) record(text + decoder.decode(), false);
      await reader.cancel(reason);
    },
  });
}

/** The model that the cassette was recorded with; undefined where it holds nothing. */
export function cassetteModel(lines: readonly CassetteLine[]): string | undefined {
  const model = lines[0]?.exchange.request.model;
  return typeof model === 'string' ? model : undefined;
}

export interface PlayingOptions {
  /** The same as for recording: requests are compared redacted. */
  scrub: Scrub;
  /** What messages call the cassette: its file. */
  name: string;
}

interface Tape extends CassetteLine {
  compared: Fields;
  key: string;
  played: boolean;
}

/**
 * A `fetch` that answers a request with what was recorded for it, byte for byte; the same request again gets the next answer to it.
 * A request that was not heard, or whose answers are used up, gives status 404 and type `agentmem_unheard` with the nearest
 * recorded request and the first difference. Rejects only with the signal's reason.
 */
export function playingFetch(lines: readonly CassetteLine[], { scrub, name }: PlayingOptions): typeof fetch {
  const tapes = lines.map((line): Tape => {
    const compared = comparable(scrub(line.exchange.request));
    return { ...line, compared, key: fingerprint(compared), played: false };
  });
  return async (_input, init) => {
    init?.signal?.throwIfAborted();
    const request = requestOf(init);
    if (request === undefined) return failure(404, 'not_found_error', 'A cassette answers JSON requests only.');
    const compared = comparable(scrub(request));
    const key = fingerprint(compared);
    const tape = tapes.find((one) => one.key === key && !one.played);
    if (tape === undefined) return failure(404, UNHEARD, unheard(tapes, key, compared, name));
    tape.played = true;
    return replay(tape.exchange, init?.signal ?? undefined);
  };
}

function unheard(tapes: readonly Tape[], key: string, compared: Fields, name: string): string {
  const same = tapes.findLast((tape) => tape.key === key);
  if (same !== undefined) return `${name} has no further answer to this request; line ${same.line} was the last one.`;
  const nearest = tapes.reduce<{ tape: Tape; common: number } | undefined>((best, tape) => {
    const common = likeness(tape.compared, compared);
    return best === undefined || common > best.common ? { tape, common } : best;
  }, undefined);
  if (nearest === undefined) return `${name} holds no exchange.`;
  const difference = firstDifference(nearest.tape.compared, compared);
  return `${name} has not heard this request. The nearest is in line ${nearest.tape.line}${difference === undefined ? '' : words(difference)}.`;
}

function words({ path, before, now }: Difference): string {
  return `; it differs first at ${path}: recorded “${before}”, now “${now}”`;
}

function replay({ status, headers, body, broken }: Exchange, signal: AbortSignal | undefined): Response {
  const encoder = new TextEncoder();
  const frames = body.split(/(?<=\r?\n\r?\n)/);
  let at = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (signal?.aborted) return controller.error(signal.reason);
      const frame = frames[at++];
      if (frame !== undefined) controller.enqueue(encoder.encode(frame));
      else if (broken === true) controller.error(new TypeError('terminated'));
      else controller.close();
    },
  });
  return new Response([204, 205, 304].includes(status) ? null : stream, { status, headers });
}

function requestOf(init: RequestInit | undefined): Fields | undefined {
  if (typeof init?.body !== 'string') return undefined;
  const value = parsedJson(init.body);
  return isObject(value) ? { ...value } : undefined;
}
