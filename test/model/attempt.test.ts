import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attempt, type Outcome } from '../../src/model/attempt.ts';
import { openClient } from '../../src/model/client.ts';
import type { ModelWatcher } from '../../src/model/model.ts';
import { findServer, isServer } from '../../src/model/server.ts';
import { type Patience, usualPatience } from '../../src/model/silence.ts';
import { answering, pieces, type Reply, rich, saying, sse, stream } from './sse.ts';

const BYTES = new TextEncoder().encode(sse(rich));
const now = () => new Date('2026-01-01T00:00:00Z');

async function clientOver(fetch: typeof globalThis.fetch) {
  const server = findServer({ ANTHROPIC_API_KEY: 'made-up-key-1' });
  if (!isServer(server)) throw new Error('no server');
  return (await openClient({ server, env: {}, fetch })).client;
}

interface Given {
  lenient?: boolean;
  signal?: AbortSignal;
  watcher?: ModelWatcher;
  patience?: Partial<Patience>;
}

async function once(reply: Reply, given: Given = {}): Promise<Outcome> {
  return attempt({
    client: await clientOver(answering(reply).fetch),
    body: { model: 'm', max_tokens: 5, messages: [], stream: true },
    signal: given.signal ?? new AbortController().signal,
    watcher: given.watcher ?? {},
    patience: { ...usualPatience, ...given.patience },
    now,
    lenient: given.lenient ?? false,
  });
}

function cutInto(bytes: Uint8Array, cuts: number[]): Uint8Array[] {
  const points = [...new Set([0, ...cuts.map((c) => c % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return points.slice(1).map((end, i) => bytes.slice(points[i], end));
}

describe('a stream that is cut', () => {
  it('after any byte gives an answer only where it was whole, and no answer otherwise', async () => {
    const whole = await once(stream(rich));
    expect(whole.kind).toBe('answer');
    for (let at = 0; at <= BYTES.length; at++) {
      const outcome = await once(() => pieces([BYTES.slice(0, at)], at % 2 === 0 ? 'end' : 'break'));
      if (at < BYTES.length) expect([at, outcome.kind]).toEqual([at, 'fault']);
      else
        expect(outcome.kind === 'answer' && whole.kind === 'answer' && outcome.answer).toEqual(
          whole.kind === 'answer' && whole.answer,
        );
    }
  }, 120_000);

  it('anywhere, in pieces of any size, is whole or nothing, 10,000 times', async () => {
    const whole = await once(stream(rich));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.oneof({ weight: 3, arbitrary: fc.nat(BYTES.length) }, { weight: 1, arbitrary: fc.constant(BYTES.length) }),
        fc.constantFrom('end' as const, 'break' as const),
        async (cuts, end, then) => {
          const outcome = await once(() => pieces(cutInto(BYTES.slice(0, end), cuts), then));
          expect(outcome.kind).toBe(end === BYTES.length ? 'answer' : 'fault');
          if (outcome.kind === 'answer' && whole.kind === 'answer') expect(outcome.answer).toEqual(whole.answer);
        },
      ),
      { numRuns: 10_000 },
    );
  }, 300_000);

  it('keeps the tokens that were counted before', async () => {
    const outcome = await once(() => pieces([sse(rich.slice(0, 6))], 'break'));
    expect(outcome).toMatchObject({
      kind: 'fault',
      fault: { kind: 'connection', message: 'terminated' },
      usage: { input_tokens: 100, known: true },
    });
  });
});

describe('the end of a stream', () => {
  const unclosed = sse(rich.slice(0, -1));

  it('is one without message_stop only on servers that never send it, and only after a stop reason', async () => {
    expect(await once(() => pieces([unclosed], 'end'))).toMatchObject({ kind: 'fault', fault: { kind: 'truncated' } });
    expect(await once(() => pieces([unclosed], 'end'), { lenient: true })).toMatchObject({
      kind: 'answer',
      unclosed: true,
    });
    expect(await once(() => pieces([unclosed], 'break'), { lenient: true })).toMatchObject({ kind: 'fault' });
    expect(await once(() => pieces([sse(rich.slice(0, -2))], 'end'), { lenient: true })).toMatchObject({
      kind: 'fault',
    });
  });

  it('is message_stop, also where the server keeps the connection open or breaks it after that', async () => {
    const open = await once((asked) => pieces([sse(rich)], 'stay', asked.signal));
    expect(open).toMatchObject({ kind: 'answer', unclosed: false });
    expect(await once(() => pieces([sse(rich)], 'break'))).toMatchObject({ kind: 'answer', unclosed: false });
  });
});

describe('a fault', () => {
  const overloaded = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy"}}\n\n';

  it.each([
    ['first', ''],
    ['after text', sse(saying('a').slice(0, 3))],
    ['after a tool call', sse(rich.slice(0, 16))],
  ])('that comes as an error event %s is that error', async (_, before) => {
    expect(await once(() => pieces([before, overloaded], 'end'))).toMatchObject({
      kind: 'fault',
      fault: { kind: 'event', type: 'overloaded_error', message: 'Busy' },
    });
  });

  const ok = (body: string, type: string) => () => new Response(body, { headers: { 'content-type': type } });
  it.each([
    ['nothing', ok('', 'text/event-stream'), 'empty', 'nothing'],
    ['a web page', ok('<html><head><title>Sign in</title></head></html>', 'text/html'), 'foreign', 'Sign in'],
    ['a plain JSON message', ok('{"type":"message","content":[]}', 'application/json'), 'foreign', 'plain JSON'],
    ['a JSON error', ok('{"error":{"type":"api_error","message":"oh"}}', 'application/json'), 'event', 'oh'],
    [
      'a stream without event names',
      ok('data: {"choices":[]}\n\ndata: [DONE]\n\n', 'text/event-stream'),
      'foreign',
      'no name',
    ],
    [
      'an error in such a stream',
      ok('data: {"error":{"message":"full","code":429}}\n\n', 'text/event-stream'),
      'event',
      'full',
    ],
    [
      'an event that is no JSON',
      ok('event: message_start\ndata: {nope\n\n', 'text/event-stream'),
      'garbled',
      'no JSON',
    ],
    ['some other text', ok('fine', 'text/plain'), 'foreign', 'text/plain'],
    [
      'only pings',
      ok('event: ping\ndata: {"type":"ping"}\n\n', 'text/event-stream'),
      'truncated',
      'before the answer began',
    ],
    ['half of its first event', ok('event: message_start\ndata: {"ty', 'text/event-stream'), 'truncated', 'before'],
    ['the first letter of a stream', ok('e', 'text/event-stream; charset=utf-8'), 'truncated', 'before'],
  ])('behind a 200 with %s is told apart', async (_, reply, kind, words) => {
    expect(await once(reply)).toMatchObject({
      kind: 'fault',
      fault: { kind, message: expect.stringContaining(words) },
    });
  });

  it('is a connection that never came about, with the words of its cause', async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
    expect(await once(new TypeError('fetch failed', { cause }))).toMatchObject({
      kind: 'fault',
      fault: { kind: 'connection', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:9' },
    });
  });

  it('is an error body without end, of which no more than a megabyte is read', async () => {
    let sent = 0;
    const flood = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(97));
      },
    });
    expect(await once(() => new Response(flood, { status: 500 }))).toMatchObject({
      fault: { kind: 'http', status: 500 },
    });
    expect(sent).toBeLessThan(4_000_000);
  });

  it('is a line without end, of which no more is read than an answer may have', async () => {
    let sent = 0;
    const flood = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1_048_576;
        controller.enqueue(new Uint8Array(1_048_576).fill(97));
      },
    });
    expect(await once(() => new Response(flood))).toMatchObject({ fault: { kind: 'too_long' } });
    expect(sent).toBeLessThan(80_000_000);
  });
});

describe('silence', () => {
  it('before the headers ends the attempt', async () => {
    const never: Reply = (asked) =>
      new Promise((_, reject) => asked.signal?.addEventListener('abort', () => reject(asked.signal?.reason)));
    expect(await once(never, { patience: { headersMs: 20 } })).toMatchObject({
      kind: 'fault',
      fault: { kind: 'silent', message: expect.stringContaining('no answer began') },
    });
  });

  it('within the stream ends it', async () => {
    const reply: Reply = (asked) => pieces([sse(rich.slice(0, 5))], 'stay', asked.signal);
    expect(await once(reply, { patience: { bytesMs: 20 } })).toMatchObject({
      fault: { kind: 'silent', message: expect.stringContaining('no byte') },
      usage: { input_tokens: 100 },
    });
  });

  const pinging =
    (pings: number, after: string): Reply =>
    (asked) => {
      let left = pings;
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (asked.signal?.aborted) return controller.error(asked.signal.reason);
          if (left-- > 0) return controller.enqueue(new TextEncoder().encode('event: ping\ndata: {"type":"ping"}\n\n'));
          controller.enqueue(new TextEncoder().encode(after));
          controller.close();
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    };

  it('is not broken by pings for ever', async () => {
    const outcome = await once(pinging(1_000_000, ''), { patience: { bytesMs: 60_000, eventsMs: 60 } });
    expect(outcome).toMatchObject({ fault: { kind: 'silent', message: expect.stringContaining('pings') } });
  });

  it('is broken by pings for a while', async () => {
    expect(await once(pinging(10, sse(rich)), { patience: { bytesMs: 60_000 } })).toMatchObject({ kind: 'answer' });
  });
});

describe('our own signal', () => {
  it('before, during and after headers ends the attempt as interrupted', async () => {
    const fired = new AbortController();
    fired.abort();
    expect((await once(stream(rich), { signal: fired.signal })).kind).toBe('interrupted');

    const early = new AbortController();
    const never: Reply = (asked) =>
      new Promise((_, reject) => {
        asked.signal?.addEventListener('abort', () => reject(asked.signal?.reason));
        early.abort();
      });
    expect((await once(never, { signal: early.signal })).kind).toBe('interrupted');

    const late = new AbortController();
    const staying: Reply = (asked) => pieces([sse(rich.slice(0, 9))], 'stay', asked.signal);
    const watcher: ModelWatcher = { onText: (p) => p.type === 'text' && late.abort() };
    expect(await once(staying, { signal: late.signal, watcher })).toMatchObject({
      kind: 'interrupted',
      usage: { input_tokens: 100 },
    });
  });

  it('after the end of an answer does not take it back', async () => {
    const stopping = new AbortController();
    const outcome = await once(
      (asked) => {
        const reply = pieces([sse(rich)], 'stay', asked.signal);
        setTimeout(() => stopping.abort(), 50);
        return reply;
      },
      { signal: stopping.signal },
    );
    expect(outcome.kind).toBe('answer');
  });
});

it('what a watcher throws is a bug and goes its way', async () => {
  const watcher: ModelWatcher = {
    onText: () => {
      throw new RangeError('bug');
    },
  };
  await expect(once(stream(rich), { watcher })).rejects.toThrow('bug');
});
