// The test server through the unmodified SDK: it answers as the API does, refuses what the API refuses, and fails as it is told.
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from 'vitest';
import * as faults from '../support/messages-server/faults.ts';
import { spawnMessagesServer } from '../support/messages-server/spawn.ts';
import { type MessagesServer, type MessagesServerOptions, startMessagesServer } from '../support/messages-server.ts';

const running: MessagesServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(options: Partial<MessagesServerOptions> = {}): Promise<MessagesServer> {
  const server = await startMessagesServer({ answer: () => ({ text: 'Hello.' }), ...options });
  running.push(server);
  return server;
}

function sdk(server: MessagesServer, more: object = {}): Anthropic {
  return new Anthropic({ apiKey: 'key', baseURL: server.url, maxRetries: 0, logLevel: 'off', ...more });
}

type Body = Record<string, unknown>;
const plain: Body = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };

// The body is typed for people who mean well; here it is wrong on purpose.
async function ask(server: MessagesServer, body: Body = plain, more: object = {}): Promise<Anthropic.Message> {
  return await sdk(server, more)
    .messages.stream(body as unknown as Anthropic.MessageStreamParams)
    .finalMessage();
}

async function rawEvents(server: MessagesServer, body: Body = plain): Promise<Body[]> {
  const stream = await sdk(server).messages.create({
    ...body,
    stream: true,
  } as unknown as Anthropic.MessageCreateParamsStreaming);
  const out: Body[] = [];
  for await (const event of stream) out.push(event as unknown as Body);
  return out;
}

const text = (t: string, more: Body = {}) => ({ type: 'text', text: t, ...more });
const use = (id: string, name = 'ls') => ({ type: 'tool_use', id, name, input: {} });
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' });
const user = (...content: unknown[]) => ({ role: 'user', content });
const assistant = (...content: unknown[]) => ({ role: 'assistant', content });
const tool = (name: string) => ({ name, description: 'd', input_schema: { type: 'object' } });
const mark = { cache_control: { type: 'ephemeral' } };

describe('an answer', () => {
  it('streams thinking, text and calls, and keeps what was asked', async () => {
    const server = await start({
      answer: [{ thinking: 'Hm.', text: 'See.', tools: [{ name: 'ls', input: { a: [1] } }] }],
    });
    const answer = await ask(server);
    expect(answer.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use']);
    expect(answer).toMatchObject({ model: 'claude-test', stop_reason: 'tool_use', role: 'assistant' });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ path: '/v1/messages', aborted: false, body: plain });
    expect(server.requests[0]?.headers['anthropic-version']).toBe('2026-10-21');
    expect(await server.connections()).toBeLessThanOrEqual(1);
  });

  it('goes through every stop reason', async () => {
    const reasons = [
      'end_turn',
      'max_tokens',
      'pause_turn',
      'refusal',
      'model_context_window_exceeded',
      'stop_sequence',
      'length',
    ];
    const server = await start({ answer: (_, n) => ({ text: 'x', stop_reason: reasons[n] }) });
    for (const reason of reasons) expect((await ask(server)).stop_reason).toBe(reason);
  });
});

describe('what the API refuses', () => {
  const hi = user(text('hi'));
  const cases: [name: string, body: Body, words: string | RegExp][] = [
    ['no model', { model: undefined }, 'model: Field required'],
    ['a model that is no text', { model: 5 }, 'model: Input should be a valid string'],
    ['no room for an answer', { max_tokens: 0 }, 'max_tokens: Input should be greater than or equal to 1'],
    ['an unknown field', { colour: 'red' }, 'colour: Extra inputs are not permitted'],
    ['no message', { messages: [] }, 'messages: at least one message is required'],
    ['an answer first', { messages: [assistant(text('x'))] }, 'messages: first message must use the "user" role'],
    ['a system message', { messages: [{ role: 'system', content: 'x' }] }, /Unexpected role "system"/],
    ['an empty user message', { messages: [user()] }, 'user messages must have non-empty content'],
    ['an empty answer in the middle', { messages: [hi, assistant(), hi] }, /except for the optional final assistant/],
    ['an empty text', { messages: [user(text(''))] }, 'text content blocks must be non-empty'],
    ['a blank text', { messages: [user(text(' \n'))] }, 'must contain non-whitespace text'],
    [
      'a prefill that ends in a blank',
      { messages: [hi, assistant(text('So '))] },
      'cannot end with trailing whitespace',
    ],
    ['a call without result', { messages: [hi, assistant(use('a')), hi] }, /`tool_use` ids were found without/],
    ['a call at the end', { messages: [hi, assistant(use('a'))] }, /`tool_use` ids were found without/],
    [
      'a result behind a text',
      { messages: [hi, assistant(use('a')), user(text('x'), result('a'))] },
      /immediately after: a/,
    ],
    [
      'a result of no call',
      { messages: [user(result('a'))] },
      /unexpected `tool_use_id` found in `tool_result` blocks: a/,
    ],
    ['two results of a call', { messages: [hi, assistant(use('a')), user(result('a'), result('a'))] }, /single result/],
    [
      'two calls with one id',
      { messages: [hi, assistant(use('a'), use('a')), user(result('a'))] },
      /ids must be unique/,
    ],
    ['a tool name with a dot', { tools: [tool('a.b')] }, /tools\.0\.custom\.name: String should match pattern/],
    ['a tool name that is too long', { tools: [tool('a'.repeat(65))] }, /tools\.0\.custom\.name/],
    ['two tools with one name', { tools: [tool('a'), tool('a')] }, 'tools: Tool names must be unique.'],
    [
      'a schema that is no object',
      { tools: [{ ...tool('a'), input_schema: { type: 'array' } }] },
      /input_schema\.type/,
    ],
    ['a forced tool that is not there', { tools: [tool('a')], tool_choice: { type: 'tool', name: 'b' } }, /not found/],
    [
      'thinking beside a forced tool',
      { tools: [tool('a')], tool_choice: { type: 'tool', name: 'a' }, thinking: { type: 'adaptive' } },
      'Thinking may not be enabled when tool_choice forces tool use.',
    ],
    [
      'a forced tool on a model that takes none',
      { model: 'claude-opus-5-5', tools: [tool('a')], tool_choice: { type: 'tool', name: 'a' } },
      /forced tool use is not supported/,
    ],
    [
      'thinking switched off where it is always on',
      { model: 'claude-opus-5-5', thinking: { type: 'disabled' } },
      /not supported/,
    ],
    [
      'a budget for thinking as large as the answer',
      { max_tokens: 1024, thinking: { type: 'enabled', budget_tokens: 1024 } },
      /must be greater/,
    ],
    [
      'thinking without a signature',
      { messages: [hi, assistant({ type: 'thinking', thinking: 'x' }), hi] },
      /signature: Field required/,
    ],
    [
      'thinking with a made-up signature',
      { messages: [hi, assistant({ type: 'thinking', thinking: 'x', signature: 'AAAA' }, text('y')), hi] },
      'messages.1.content.0: Invalid `signature` in `thinking` block',
    ],
    [
      'five cache marks',
      { messages: [user(...[1, 2, 3, 4, 5].map((n) => text(`t${n}`, mark)))] },
      'A maximum of 4 blocks with cache_control may be provided. Found 5.',
    ],
    [
      'a cache mark on empty text',
      { messages: [user(text('', mark))] },
      'cache_control cannot be set for empty text blocks',
    ],
    [
      'a cache mark on thinking',
      { messages: [hi, assistant({ type: 'thinking', thinking: 'x', signature: 's', ...mark }), hi] },
      'thinking.cache_control: Extra inputs are not permitted',
    ],
  ];

  it.each(cases)('%s', async (_, body, words) => {
    const server = await start();
    const error = await ask(server, { ...plain, ...body }).catch((e) => e);
    expect(error).toBeInstanceOf(Anthropic.BadRequestError);
    expect(error.type).toBe('invalid_request_error');
    expect(error.apiMessage).toMatch(words);
    expect(server.requests[0]?.refused?.status).toBe(400);
  });

  it('takes what only looks odd: neighbours of one role, results before text, an empty last answer', async () => {
    const server = await start();
    const odd = [
      hi,
      user(text('more')),
      assistant(text('a')),
      assistant(use('x'), use('y')),
      user(result('y')),
      user(result('x'), text('and')),
      assistant(),
    ];
    expect((await ask(server, { ...plain, messages: odd })).stop_reason).toBe('end_turn');
  });

  it('more than 32 MB, a request without version, and one without a key where a key is needed', async () => {
    const server = await start({ requireKey: true });
    const huge = { ...plain, messages: [user(text('x'.repeat(33 * 1024 * 1024)))] };
    await expect(ask(server, huge)).rejects.toMatchObject({ status: 413, type: 'request_too_large' });
    await expect(ask(server, plain, { defaultHeaders: { 'anthropic-version': null } })).rejects.toMatchObject({
      status: 400,
    });
    await expect(ask(server, plain, { apiKey: 'a wrong key' })).rejects.toMatchObject({ status: 401 });
    const bare = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: JSON.stringify(plain) });
    expect(bare.status).toBe(401);
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(404);
  });

  it('what a compatible server lacks, if it is told so', async () => {
    const server = await start({ lacks: ['output_config', 'cache_control', 'adaptive'] });
    const message = (body: Body) => ask(server, { ...plain, ...body }).catch((e) => e.apiMessage);
    expect(await message({ output_config: { effort: 'low' } })).toBe('output_config: Extra inputs are not permitted');
    expect(await message({ system: [text('s', mark)] })).toBe('system.0.cache_control: Extra inputs are not permitted');
    expect(await message({ thinking: { type: 'adaptive' } })).toMatch(/^thinking: Input tag 'adaptive'/);
  });
});

describe('thinking on its way back', () => {
  it('is accepted where it was, and refused once anything before it or in it has changed', async () => {
    const server = await start({ answer: () => ({ thinking: 'Hm.', text: 'Yes.' }) });
    const first = { ...plain, system: [text('Be kind.', mark)], messages: [user(text('hi', mark))] };
    const { content } = await ask(server, first);
    const next = {
      ...first,
      system: [text('Be kind.')],
      messages: [user(text('hi')), assistant(...content), user(text('go on'))],
    };
    expect((await ask(server, next)).content).toHaveLength(2);
    const changed = [
      { ...next, system: [text('Be rude.')] },
      { ...next, tools: [tool('a')] },
      { ...next, messages: [user(text('ho')), ...next.messages.slice(1)] },
      {
        ...next,
        messages: [next.messages[0], assistant({ ...content[0], thinking: 'Ha.' }, content[1]), next.messages[2]],
      },
    ];
    for (const body of changed) await expect(ask(server, body)).rejects.toThrow(/Invalid `signature`/);
  });
});

describe('prefixes and the cache', () => {
  const grow = (...texts: string[]) =>
    texts.map((t, i) => (i % 2 === 0 ? user(text(t, i === texts.length - 1 ? mark : {})) : assistant(text(t))));

  it('reads from the cache what the last breakpoint covered, and writes what is new', async () => {
    const server = await start();
    const a = await ask(server, { ...plain, messages: grow('a'.repeat(4000)) });
    const b = await ask(server, { ...plain, messages: grow('a'.repeat(4000), 'b', 'c'.repeat(400)) });
    expect(a.usage).toMatchObject({ cache_read_input_tokens: 0, input_tokens: 0 });
    expect(b.usage.cache_read_input_tokens).toBe(a.usage.cache_creation_input_tokens);
    expect(b.usage.cache_creation_input_tokens).toBeGreaterThan(100);
    const unmarked = { ...plain, messages: [user(text('z'.repeat(400)))] };
    expect((await ask(server, unmarked)).usage).toMatchObject({
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    });
    expect(server.prefixBreaks).toEqual([]);
  });

  it('notices a byte that changed in what was sent before, and says where', async () => {
    const server = await start();
    await ask(server, { ...plain, messages: grow('task', 'b', 'old words') });
    const broken = await ask(server, { ...plain, messages: grow('task', 'b', 'new words', 'd', 'e') });
    expect(broken.usage.cache_read_input_tokens).toBe(0);
    expect(server.prefixBreaks).toMatchObject([{ n: 1, path: 'messages[2].content[0]' }]);
    expect(server.prefixBreaks[0]?.before).toContain('old words');
    await ask(server, { ...plain, system: 'other', messages: grow('task', 'b', 'new words', 'd', 'e') });
    expect(server.prefixBreaks[1]?.path).toBe('messages[0].content[0]');
  });

  it('keeps conversations apart: by header, and where they fork', async () => {
    const server = await start();
    const session = (id: string) => ({ defaultHeaders: { 'x-agentmem-session': id } });
    await ask(server, { ...plain, messages: grow('task', 'b', 'c') }, session('one'));
    await ask(server, { ...plain, messages: grow('task') }, session('two'));
    await ask(server, { ...plain, messages: grow('task', 'x', 'y') }, session('two'));
    await ask(server, { ...plain, messages: grow('task') });
    await ask(server, { ...plain, messages: grow('task', 'p', 'q') });
    await ask(server, { ...plain, messages: grow('task') });
    await ask(server, { ...plain, messages: grow('task', 'r', 's') });
    await ask(server, { ...plain, messages: grow('task', 'p', 'q', 'r', 's') });
    expect(server.prefixBreaks).toEqual([]);
    await ask(server, { ...plain, messages: grow('else') }, session('two'));
    expect(server.prefixBreaks).toHaveLength(0);
    await ask(server, { ...plain, messages: grow('else', 'x', 'y') }, session('one'));
    expect(server.prefixBreaks).toHaveLength(1);
  });
});

describe('faults', () => {
  const answer = () => ({ text: 'Some words.', tools: [{ name: 'ls', input: { path: 'a' } }] });
  const failing = (fault: faults.Fault) => start({ answer, fault: () => fault });
  const types = (events: Body[]) => events.map((event) => event.type);
  const WHOLE = 10; // events that the SDK hands on of the answer above; pings are not among them

  it.each([
    ['a rate limit', faults.rateLimited({ 'retry-after': '2' }), { status: 429, type: 'rate_limit_error' }],
    ['overload', faults.overloaded(), { status: 529, type: 'overloaded_error' }],
    ['a gateway page', faults.htmlError(502), { status: 502, type: null }],
    [
      'a spend limit',
      faults.spendLimit('workspace_spend_limit_reached', 429),
      { status: 429, errorCode: 'workspace_spend_limit_reached' },
    ],
    ['a bill', faults.spendLimit('organization_on_hold'), { status: 402, type: 'billing_error' }],
    ['a wrong key', faults.badKey(), { status: 401, type: 'authentication_error' }],
    ['unpaired calls', faults.unpaired(), { status: 400 }],
    ['thinking that does not fit', faults.thinkingMismatch(), { status: 400 }],
    ['too long a prompt', faults.contextExceeded(), { status: 400 }],
    ['too many bytes', faults.tooLarge(), { status: 413 }],
    ['a server that asks not to retry', faults.shouldRetry(500, false), { status: 500 }],
    ['a server that asks to retry', faults.shouldRetry(400, true), { status: 400 }],
  ])('%s is an error with its status and type', async (_, fault, expected) => {
    const error = await ask(await failing(fault)).catch((e) => e);
    expect(error).toMatchObject(expected);
    for (const [name, value] of Object.entries(fault.response?.headers ?? {}))
      expect(error.headers.get(name)).toBe(value);
  });

  it('a reset before or after the headers, and within the body', async () => {
    const before = await ask(await failing(faults.cut('before headers'))).catch((e) => e);
    expect(before).toBeInstanceOf(Anthropic.APIConnectionError);
    for (const where of ['after headers', { bytes: 100 }, { events: 4 }, { bytes: 1_000_000 }] as const)
      await expect(rawEvents(await failing(faults.cut(where)))).rejects.toThrow('terminated');
  });

  it('a cut after so many events lets exactly those through', async () => {
    const server = await failing(faults.cut({ events: 4 }));
    const stream = await sdk(server).messages.create({
      ...plain,
      stream: true,
    } as unknown as Anthropic.MessageCreateParamsStreaming);
    const got: string[] = [];
    const error = await (async () => {
      for await (const event of stream) got.push(event.type);
    })().catch((e: Error) => e.message);
    expect(error).toBe('terminated');
    expect(got).toEqual(['message_start', 'content_block_start', 'content_block_delta']);
  });

  it('a clean end too early is no error to the SDK', async () => {
    expect(types(await rawEvents(await failing(faults.endsEarly())))).toHaveLength(WHOLE - 1);
    expect(types(await rawEvents(await failing(faults.endsEarly(0))))).toEqual([]);
    expect(types(await rawEvents(await failing(faults.endsEarly(1))))).toEqual(['message_start']);
  });

  it('a stall holds until the client leaves, with pings or without; or it goes on', async () => {
    for (const fault of [faults.stall(-1), faults.stall(2), faults.stall(2, { pingEveryMs: 10 })]) {
      const server = await failing(fault);
      const stream = sdk(server).messages.stream(plain as unknown as Anthropic.MessageStreamParams);
      const end = stream.finalMessage().catch((e: Error) => e.constructor.name);
      await expect.poll(() => server.requests.length).toBe(1);
      stream.abort();
      expect(await end).toBe('APIUserAbortError');
      await expect.poll(() => server.requests[0]?.aborted).toBe(true);
    }
    const goesOn = await failing(faults.stall(3, { pingEveryMs: 5, forMs: 30 }));
    expect((await ask(goesOn)).content).toHaveLength(2);
    expect((await ask(await failing(faults.drip(150, 1)))).content).toHaveLength(2);
  });

  it('200 with something else in it: the SDK sees no event and no error', async () => {
    const silent = [
      faults.jsonAnswer(),
      faults.htmlAnswer(),
      faults.emptyAnswer(),
      faults.dataOnly(),
      faults.errorInData(),
    ];
    for (const fault of silent) expect(await rawEvents(await failing(fault))).toEqual([]);
    expect(await rawEvents(await failing(faults.wrongContentType()))).toHaveLength(WHOLE);
  });

  it('an error event first, after text, after a call', async () => {
    for (const after of ['nothing', 'text', 'tool_use'] as const) {
      const error = await rawEvents(await failing(faults.errorEvent(after))).catch((e) => e);
      expect(error).toMatchObject({ status: undefined, type: 'overloaded_error' });
    }
  });

  it('events twice, events that are no JSON, and events that nobody knows', async () => {
    expect(await rawEvents(await failing(faults.duplicated()))).toHaveLength(2 * WHOLE);
    expect(types(await rawEvents(await failing(faults.duplicated('message_start')))).slice(0, 3)).toEqual([
      'message_start',
      'message_start',
      'content_block_start',
    ]);
    await expect(rawEvents(await failing(faults.malformed(4)))).rejects.toThrow(SyntaxError);
    expect(types(await rawEvents(await failing(faults.unknownEvent())))).toContain('aurora');
    expect(JSON.stringify(await rawEvents(await failing(faults.unknownDelta())))).toContain('aurora_delta');
    const block = await rawEvents(await failing(faults.unknownBlock()));
    expect(block[1]).toMatchObject({ index: 0, content_block: { type: 'aurora' } });
    expect(block[3]).toMatchObject({ index: 1, content_block: { type: 'text' } });
  });

  it('no usage, no index, pieces in the wrong block, text before its message', async () => {
    expect(JSON.stringify(await rawEvents(await failing(faults.withoutUsage())))).not.toContain('usage');
    expect(JSON.stringify(await rawEvents(await failing(faults.withoutUsage('end'))))).toContain('usage');
    expect(JSON.stringify(await rawEvents(await failing(faults.indexes('missing'))))).not.toContain('index');
    expect(JSON.stringify(await rawEvents(await failing(faults.indexes('duplicate'))))).not.toContain('"index":1');
    const wrong = await rawEvents(await failing(faults.mismatched({ type: 'thinking_delta', thinking: 'x' })));
    expect(wrong[2]).toMatchObject({ index: 0, delta: { type: 'thinking_delta' } });
    const early = await rawEvents(await failing(faults.contentBeforeStart()));
    expect(types(early).indexOf('message_start')).toBeGreaterThan(types(early).indexOf('content_block_start'));
  });

  it('arguments of calls that are cut, malformed, empty or huge, and calls with one id', async () => {
    const json = async (raw: string) => {
      const events = await rawEvents(await failing(faults.toolJson(raw)));
      return events.map(({ delta }) => (delta as { partial_json?: string } | undefined)?.partial_json ?? '').join('');
    };
    for (const raw of ['{"path":"/a', '{"path": nope}', '', `{"path":"${'x'.repeat(100_000)}"}`])
      expect(await json(raw)).toBe(raw);
    const twins = await start({
      answer: [
        {
          tools: [
            { name: 'a', id: 'same' },
            { name: 'b', id: 'same' },
          ],
        },
      ],
    });
    expect((await ask(twins)).content).toMatchObject([{ id: 'same' }, { id: 'same' }]);
  });

  it('a fault uses up no turn of the script', async () => {
    const server = await start({
      answer: [{ text: 'one' }, { text: 'two' }],
      fault: (n) => (n === 0 ? faults.cut({ events: 3 }) : n === 1 ? faults.overloaded() : undefined),
    });
    await expect(ask(server)).rejects.toThrow('terminated');
    await expect(ask(server)).rejects.toMatchObject({ status: 529 });
    expect((await ask(server)).content).toMatchObject([{ text: 'one' }]);
  });
});

describe('a server in a process of its own', () => {
  it('answers from its script, goes wrong as it is told, and tells what it was asked', async () => {
    const server = await spawnMessagesServer([{ text: 'from afar' }], {
      0: faults.overloaded(),
      1: faults.cut({ events: 2 }),
    });
    try {
      const api = new Anthropic({ apiKey: 'key', baseURL: server.url, maxRetries: 0, logLevel: 'off' });
      const once = () => api.messages.stream(plain as unknown as Anthropic.MessageStreamParams).finalMessage();
      await expect(once()).rejects.toMatchObject({ status: 529 });
      await expect(once()).rejects.toThrow('terminated');
      expect((await once()).content).toMatchObject([{ text: 'from afar' }]);
      const { requests, prefixBreaks } = await server.seen();
      expect(requests).toMatchObject([{ body: plain }, { body: plain }, { body: plain }]);
      expect(prefixBreaks).toEqual([]);
    } finally {
      await server.close();
    }
  });
});
