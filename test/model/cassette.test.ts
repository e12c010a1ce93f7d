// Cassettes through the unmodified SDK and the test server: what is recorded, what never is, and what plays.
import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readCassette } from '../../src/domain/cassette.ts';
import { cassetteModel, playingFetch, recordingFetch } from '../../src/model/cassette.ts';
import { comparable, firstDifference } from '../../src/model/cassette-match.ts';
import { scrubBody } from '../../src/model/cassette-redaction.ts';
import { redactDeep, redactor } from '../../src/store/redaction.ts';
import * as faults from '../support/messages-server/faults.ts';
import { type MessagesServer, type MessagesServerOptions, startMessagesServer } from '../support/messages-server.ts';

const redact = redactor();
const scrub = <T>(value: T): T => redactDeep(redact, value);
const SECRET = ['sk-ant-api03', 'a8f3k2m9'.repeat(11)].join('-'); // not a key of anybody's

const running: MessagesServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function record(options: Partial<MessagesServerOptions>): Promise<{ api: Anthropic; lines: string[] }> {
  const server = await startMessagesServer({ answer: () => ({ text: 'Hello.' }), ...options });
  running.push(server);
  const lines: string[] = [];
  const recording = recordingFetch(fetch, (line) => lines.push(line), { scrub, recordedBy: 'agentmem test' });
  return {
    lines,
    api: new Anthropic({ apiKey: SECRET, baseURL: server.url, maxRetries: 0, fetch: recording, logLevel: 'off' }),
  };
}

function player(lines: string[], name = 'c.jsonl'): Anthropic {
  return new Anthropic({
    apiKey: 'none',
    baseURL: 'http://cassette.invalid',
    maxRetries: 0,
    fetch: playingFetch(readCassette(lines.join('\n'), name), { scrub, name }),
    logLevel: 'off',
  });
}

const body = (content: string, more: object = {}): Anthropic.MessageStreamParams => ({
  model: 'claude-test',
  max_tokens: 50,
  system: [{ type: 'text', text: 'Be brief.' }],
  messages: [{ role: 'user', content }],
  ...more,
});
const streaming: Anthropic.MessageCreateParamsStreaming = {
  model: 'claude-test',
  max_tokens: 50,
  messages: [{ role: 'user', content: 'hi' }],
  stream: true,
};
const ask = async (api: Anthropic, params: Anthropic.MessageStreamParams) =>
  await api.messages.stream(params).finalMessage();

describe('a recording', () => {
  it('plays back the same message, whatever the model is called now and wherever cache marks stand', async () => {
    const { api, lines } = await record({
      answer: [{ thinking: 'Hm.', text: 'Ja 🦊.', tools: [{ name: 'ls', input: { a: 1 } }] }],
    });
    const live = await ask(api, body('hi'));
    const marked = {
      system: [{ type: 'text' as const, text: 'Be brief.', cache_control: { type: 'ephemeral' as const } }],
    };
    expect(await ask(player(lines), body('hi', { model: 'cassette', ...marked }))).toEqual(live);
    expect(cassetteModel(readCassette(lines.join('\n'), 'x'))).toBe('claude-test');
  });

  it('holds a header, a fingerprint, and no header of the request', async () => {
    const { api, lines } = await record({});
    await ask(api, body('hi'));
    const [header, exchange] = lines.map((line) => JSON.parse(line));
    expect(header).toEqual({ type: 'cassette', version: 1, recorded_by: 'agentmem test' });
    expect(Object.keys(exchange).sort()).toEqual(['body', 'headers', 'request', 'request_sha256', 'status', 'type']);
    expect(exchange.request_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(exchange.headers).sort()).toEqual(['content-type', 'request-id']);
    expect(lines.join('')).not.toContain(SECRET);
  });

  it('keeps secrets of question and answer out, also one that arrives in pieces, and still plays', async () => {
    const tools = [{ name: 'login', input: { note: `with ${SECRET} twice`, password: 'hunter2-and-more' } }];
    const { api, lines } = await record({ answer: [{ text: `${'x'.repeat(47)} ${SECRET} end`, tools }] });
    const live = await ask(api, body(`my key is ${SECRET}`));
    expect(JSON.stringify(live)).toContain(SECRET);
    for (const part of [SECRET, SECRET.slice(0, 30), SECRET.slice(-30), 'hunter2'])
      expect(lines.join('\n')).not.toContain(part);
    const played = await ask(player(lines), body(`my key is ${SECRET}`));
    expect(played.content).toEqual(scrub(live.content));
    expect(JSON.stringify(played.content)).toContain('[redacted:');
  });

  it('gives the same request its answers in order, failures included, and then refuses', async () => {
    const { api, lines } = await record({
      fault: (n) => (n === 0 ? faults.rateLimited({ 'retry-after': '7' }) : undefined),
    });
    await ask(api, body('hi')).catch(() => undefined);
    await ask(api, body('hi'));
    const play = player(lines);
    const limited = await ask(play, body('hi')).catch((e) => e);
    expect(limited).toMatchObject({ status: 429, type: 'rate_limit_error' });
    expect(limited.headers.get('retry-after')).toBe('7');
    expect((await ask(play, body('hi'))).content).toMatchObject([{ text: 'Hello.' }]);
    const used = await ask(play, body('hi')).catch((e) => e);
    expect(used).toMatchObject({ status: 404, type: 'agentmem_unheard' });
    expect(used.apiMessage).toBe('c.jsonl has no further answer to this request; line 3 was the last one.');
  });

  it('plays a connection that broke as one that breaks', async () => {
    const { api, lines } = await record({ fault: () => faults.cut({ events: 4 }) });
    const events = async (from: Anthropic) => {
      const got: string[] = [];
      try {
        for await (const event of await from.messages.create(streaming)) got.push(event.type);
      } catch (error) {
        got.push(String(error));
      }
      return got;
    };
    const live = await events(api);
    expect(live.at(-1)).toBe('TypeError: terminated');
    expect(await events(player(lines))).toEqual(live);
  });

  it('leaves out what was interrupted, and what never got an answer', async () => {
    const { api, lines } = await record({ fault: (n) => (n === 0 ? faults.stall(3) : faults.cut('before headers')) });
    const stream = api.messages.stream(body('hi'));
    const end = stream.finalMessage().catch((e: Error) => e.constructor.name);
    stream.once('streamEvent', () => stream.abort());
    expect(await end).toBe('APIUserAbortError');
    await ask(api, body('hi')).catch(() => undefined);
    expect(lines).toEqual([]);
  });
});

describe('a request that was not heard', () => {
  it('is refused with the nearest recorded one and the first difference', async () => {
    const { api, lines } = await record({});
    await ask(api, body('Please count all of the files in the folder src, please.'));
    await ask(api, body('Something else entirely.'));
    const error = await ask(player(lines), body('Please count all of the files in the folder test, please.')).catch(
      (e) => e,
    );
    expect(error).toMatchObject({ status: 404, type: 'agentmem_unheard' });
    expect(error.headers.get('x-should-retry')).toBe('false');
    expect(error.apiMessage).toBe(
      'c.jsonl has not heard this request. The nearest is in line 2; it differs first at messages[0].content: ' +
        'recorded “…ll of the files in the folder src, please.”, now “…ll of the files in the folder test, please.”.',
    );
  });

  it('does not show a secret in the difference', async () => {
    const { api, lines } = await record({});
    await ask(api, body('hello'));
    const error = await ask(player(lines), body(`hello ${SECRET}`)).catch((e) => e);
    expect(error.apiMessage).toContain('[redacted:');
    expect(error.apiMessage).not.toContain(SECRET.slice(0, 30));
  });

  it('a difference is found wherever it is, and where there is none, none', () => {
    const base = {
      system: [{ type: 'text', text: 's' }],
      tools: [{ name: 'a' }],
      messages: [{ role: 'user', content: 'x' }],
    };
    expect(firstDifference(base, structuredClone(base))).toBeUndefined();
    expect(firstDifference(base, { ...base, tools: [{ name: 'b' }], system: [] })?.path).toBe('system[0]');
    expect(firstDifference(base, { ...base, tools: [{ name: 'a', extra: 1 }] })).toMatchObject({
      path: 'tools[0].extra',
      before: '(nothing)',
      now: '1',
    });
    const mark = { cache_control: { type: 'ephemeral' } };
    expect(comparable({ ...base, system: [{ type: 'text', text: 's', ...mark }], model: 'm', stream: true })).toEqual(
      base,
    );
    expect(comparable({ input: { cache_control: 'no-store' } })).toEqual({ input: { cache_control: 'no-store' } });
  });
});

describe('the file', () => {
  it('names the line that cannot be read', () => {
    const header = JSON.stringify({ type: 'cassette', version: 1, recorded_by: 'x' });
    const read = (text: string) => () => readCassette(text, 'c.jsonl');
    expect(read(`${header}\n{"type":"exchange"`)).toThrowError(
      expect.objectContaining({ problem: expect.objectContaining({ where: 'c.jsonl:2' }) }),
    );
    expect(read(`${header}\n{"type":"exchange"}`)).toThrowError(/holds no exchange: request_sha256/);
    expect(read('{"type":"cassette","version":2}')).toThrowError('another version');
    expect(read('{"a":1}')).toThrowError('This is no cassette.');
    expect(read('')).toThrowError('This is no cassette.');
    expect(readCassette(`${header}\n\n${header}\n`, 'c.jsonl')).toEqual([]);
  });
});

it('no secret survives, however a stream is cut into pieces, and what has none keeps every byte', () => {
  const event = (index: number, delta: object) =>
    `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index, delta })}\n\n`;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }), fc.boolean(), (sizes, secret) => {
      const whole = secret ? `before ${SECRET} after` : 'nothing to hide here, whichever way it is cut into pieces';
      let rest = whole;
      const parts = sizes.map((size) => {
        const part = rest.slice(0, size);
        rest = rest.slice(size);
        return part;
      });
      const stream = [...parts, rest]
        .map((text, i) => event(0, { type: 'text_delta', text }) + (i % 2 ? 'event: ping\ndata: {}\n\n' : ''))
        .join('');
      const clean = scrubBody(stream, 'text/event-stream', scrub);
      if (!secret) return clean === stream;
      const said = [...clean.matchAll(/"text":("(?:[^"\\]|\\.)*")/g)]
        .map((match) => JSON.parse(match[1] ?? '""'))
        .join('');
      return said === redact(whole) && !clean.includes(SECRET);
    }),
  );
});
