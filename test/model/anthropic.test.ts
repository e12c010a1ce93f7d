import { describe, expect, it } from 'vitest';
import { anthropicModel } from '../../src/model/anthropic.ts';
import { capabilities } from '../../src/model/capabilities.ts';
import { openClient } from '../../src/model/client.ts';
import { limiter } from '../../src/model/limiter.ts';
import type { Model, ModelRequest, ModelWatcher } from '../../src/model/model.ts';
import { interactiveRetries, type RetryPolicy, retries } from '../../src/model/retry.ts';
import { findServer, isServer } from '../../src/model/server.ts';
import { answering, call, pieces, type Reply, refusal, rich, saying, sse, stream } from './sse.ts';

const request: ModelRequest = {
  model: 'made-up-model-1',
  system: ['You work.'],
  tools: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Do it.' }] }],
  maxTokens: 4096,
  thinking: true,
};
const quick: RetryPolicy = { ...interactiveRetries, baseMs: 0, capMs: 5 };
const busy = () => refusal(529, 'overloaded_error', 'Overloaded');
const price = (_: string, usage: { input_tokens: number; output_tokens: number }) =>
  usage.input_tokens + 2 * usage.output_tokens;

async function modelOver(
  replies: Reply[],
  given: { baseUrl?: string; policy?: RetryPolicy; concurrent?: number } = {},
) {
  const { fetch, asked } = answering(...replies);
  const server = findServer({ ANTHROPIC_API_KEY: 'made-up-key-1' }, given.baseUrl);
  if (!isServer(server)) throw new Error('no server');
  const { client } = await openClient({ server, env: {}, fetch });
  const now = () => new Date();
  const model = anthropicModel({
    client,
    server,
    limiter: limiter({ now, ...(given.concurrent !== undefined && { concurrent: given.concurrent }) }),
    retries: retries(given.policy ?? quick, () => 0.5),
    capabilities: capabilities(),
    price,
    now,
  });
  return { model, asked };
}

const ask = (model: Model, watcher?: ModelWatcher, signal = new AbortController().signal) =>
  model.ask(request, signal, watcher);

/** What a watcher was told, in short. */
function notes() {
  const told: string[] = [];
  const watcher: ModelWatcher = {
    onText: ({ type, text }) => told.push(`${type}: ${text}`),
    onTool: (name) => told.push(`tool: ${name}`),
    onRetry: ({ attempt, message }) => told.push(`void ${attempt}: ${message}`),
  };
  return { told, watcher };
}

describe('a question', () => {
  it('has an answer with its tokens, price, time and request', async () => {
    const { model, asked } = await modelOver([stream(rich)]);
    const { told, watcher } = notes();
    const answer = await ask(model, watcher);
    expect(answer).toMatchObject({
      kind: 'answer',
      stopReason: 'tool_use',
      model: 'made-up-model-1',
      requestId: 'req_1',
      usage: { input_tokens: 100, output_tokens: 55, known: true },
      usd: 210,
      attempts: 1,
    });
    expect(answer.ms).toBeGreaterThanOrEqual(0);
    expect(told.slice(-2)).toEqual(['tool: read', 'tool: list']);
    expect(asked[0]?.body).toMatchObject({ stream: true, max_tokens: 4096, thinking: { type: 'adaptive' } });
    expect(model.where).toBe('api.anthropic.com');
  });

  it('has no price where nobody counted', async () => {
    const events = saying('hi').map((e) => (e.type === 'message_start' ? { type: 'message_start', message: {} } : e));
    const { model } = await modelOver([stream(events.map((e) => ({ ...e, usage: undefined })))]);
    expect(await ask(model)).toMatchObject({ kind: 'answer', usd: undefined, usage: { known: false } });
  });

  it('gives a call that was cut by max_tokens as broken, never as a call with what had come', async () => {
    const cut = [...rich.slice(0, 1), ...call(0, 't1', 'write', ['{"path": "/a"', ', "text": "half'])];
    const end = [{ type: 'message_delta', delta: { stop_reason: 'max_tokens' } }, { type: 'message_stop' }];
    const { model } = await modelOver([stream([...cut, ...end])]);
    expect(await ask(model)).toMatchObject({
      stopReason: 'max_tokens',
      broken: [{ id: 't1' }],
      content: [{ input: {} }],
    });
  });
});

describe('trying again', () => {
  it('after busy servers, broken gateways and lost connections ends in an answer', async () => {
    const html = new Response('<html><title>502 Bad Gateway</title></html>', { status: 502 });
    const { model, asked } = await modelOver([
      busy(),
      html,
      new TypeError('fetch failed'),
      new Response(''),
      stream(rich),
    ]);
    expect(await ask(model)).toMatchObject({ kind: 'answer', attempts: 5 });
    expect(new Set(asked.map((a) => a.raw)).size).toBe(1);
  });

  it('takes back what was shown, and pays for what broke off', async () => {
    const { model } = await modelOver([() => pieces([sse(rich.slice(0, 9))], 'break'), stream(saying('done'))]);
    const { told, watcher } = notes();
    const answer = await ask(model, watcher);
    expect(told).toEqual([
      'thinking: Two files: ä, 🦉. ',
      'thinking: Read both.',
      'text: I look at ',
      'void 1: api.anthropic.com: terminated',
      'text: done',
    ]);
    expect(answer).toMatchObject({
      content: [{ type: 'text', text: 'done' }],
      usage: { input_tokens: 110, output_tokens: 4 },
      usd: 118,
    });
  });

  it('ends when the attempts are used up, with the last words of the server', async () => {
    const { model, asked } = await modelOver([busy()], { policy: { ...quick, attempts: 3 } });
    expect(await ask(model)).toEqual({
      kind: 'failure',
      failure: 'exhausted',
      message: 'api.anthropic.com: 529 overloaded_error: Overloaded; gave up after 3 attempts',
      status: 529,
      code: 'overloaded_error',
      requestId: 'req_2',
      attempts: 3,
      usage: expect.objectContaining({ input_tokens: 0 }),
      usd: 0,
      ms: expect.any(Number),
    });
    expect(asked).toHaveLength(3);
  });

  it('ends when the server wants more time than there is', async () => {
    const later = refusal(429, 'rate_limit_error', 'Later', { headers: { 'retry-after': '3600' } });
    const { model, asked } = await modelOver([later], { policy: { ...interactiveRetries, perAskMs: 30_000 } });
    expect(await ask(model)).toMatchObject({
      failure: 'exhausted',
      message: expect.stringContaining('waiting longer'),
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['config', refusal(401, 'authentication_error', 'bad key made-up-key-1')],
    [
      'spend',
      refusal(429, 'rate_limit_error', 'Stop', {
        code: 'organization_spend_limit_reached',
        headers: { 'retry-after': '0' },
      }),
    ],
    ['pairing', refusal(400, 'invalid_request_error', 'messages: `tool_use` ids must be unique')],
    ['thinking', refusal(400, 'invalid_request_error', 'Invalid `signature` in `thinking` block')],
    ['context', refusal(400, 'invalid_request_error', 'prompt is too long: 9 tokens > 8 maximum')],
    ['too_large', refusal(413, 'request_too_large', 'too large')],
    ['exhausted', refusal(500, 'api_error', 'no', { headers: { 'x-should-retry': 'false' } })],
  ])('is not done for %s', async (failure, reply) => {
    const { model, asked } = await modelOver([reply]);
    const result = await ask(model);
    expect(result).toMatchObject({ kind: 'failure', failure, attempts: 1 });
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('made-up-key-1');
  });

  it('never runs together: what broke off leaves nothing in the answer', async () => {
    const half = () => pieces([sse([...rich.slice(0, 1), ...call(0, 'lost', 'remove', ['{"path":"/"}'])])], 'end');
    const { model } = await modelOver([half, stream(rich)]);
    expect(JSON.stringify(await ask(model))).not.toContain('lost');
  });
});

describe('a server that lacks something', () => {
  it('is asked without it, and not with it again', async () => {
    const strict: Reply = ({ body }) => {
      const thinking = Object(body.thinking).type;
      if (thinking === 'adaptive')
        return refusal(400, 'invalid_request_error', 'adaptive thinking is not supported on this model');
      if (thinking === 'enabled') return refusal(400, 'invalid_request_error', 'this model does not support thinking');
      if (JSON.stringify(body).includes('cache_control'))
        return refusal(400, 'invalid_request_error', 'cache_control: unknown field');
      return stream(saying('hi'));
    };
    const { model, asked } = await modelOver([strict]);
    expect(await ask(model)).toMatchObject({ kind: 'answer', attempts: 4 });
    expect(await ask(model)).toMatchObject({ kind: 'answer', attempts: 1 });
    expect(asked).toHaveLength(5);
  });

  it('that refuses for ever is not asked for ever', async () => {
    const { model, asked } = await modelOver([refusal(400, 'invalid_request_error', 'thinking is not supported')]);
    expect(await ask(model)).toMatchObject({ failure: 'invalid' });
    expect(asked).toHaveLength(3);
  });

  it('never sends message_stop: its answer counts, with a mark, unless it is Anthropic', async () => {
    const unclosed = () => pieces([sse(rich.slice(0, -1))], 'end');
    const other = await modelOver([unclosed], { baseUrl: 'http://127.0.0.1:8080' });
    expect(await ask(other.model)).toMatchObject({ kind: 'answer', unclosed: true });
    const anthropic = await modelOver([unclosed, stream(rich)]);
    const answer = await ask(anthropic.model);
    expect(answer).toMatchObject({ kind: 'answer', attempts: 2 });
    expect(answer).not.toHaveProperty('unclosed');
  });
});

describe('an interrupt', () => {
  it('before, within an attempt, between two, and in the queue ends the question at once', async () => {
    const fired = AbortSignal.abort();
    const { model, asked } = await modelOver([stream(rich)]);
    expect(await ask(model, {}, fired)).toMatchObject({ failure: 'interrupted', attempts: 0 });
    expect(asked).toHaveLength(0);

    const within = new AbortController();
    const staying = await modelOver([(a) => pieces([sse(rich.slice(0, 9))], 'stay', a.signal)]);
    const result = await ask(staying.model, { onText: () => within.abort() }, within.signal);
    expect(result).toMatchObject({ failure: 'interrupted', attempts: 1, usage: { input_tokens: 100 }, usd: 102 });

    const between = new AbortController();
    const later = refusal(429, 'rate_limit_error', 'Later', { headers: { 'retry-after': '50' } });
    const waiting = await modelOver([later], { policy: interactiveRetries });
    const waited = await ask(waiting.model, { onRetry: () => setImmediate(() => between.abort()) }, between.signal);
    expect(waited).toMatchObject({ failure: 'interrupted', attempts: 1 });

    const queued = new AbortController();
    const first = new AbortController();
    const narrow = await modelOver([(a) => pieces([sse(rich.slice(0, 5))], 'stay', a.signal)], { concurrent: 1 });
    const one = ask(narrow.model, {}, first.signal);
    const two = ask(narrow.model, {}, queued.signal);
    queued.abort();
    expect(await two).toMatchObject({ failure: 'interrupted', attempts: 0 });
    first.abort();
    expect(await one).toMatchObject({ failure: 'interrupted', attempts: 1 });
  });
});

it('many questions at once to a server that is busy for a while are all answered, and few of them ask in vain', async () => {
  let refusals = 0;
  const replies: Reply = ({ body }) => (Object(body).model && refusals++ < 3 ? busy() : stream(saying('hi')));
  const { model, asked } = await modelOver([replies], { concurrent: 1, policy: { ...quick, attempts: 5 } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(model)));
  expect(answers.every((a) => a.kind === 'answer')).toBe(true);
  expect(asked).toHaveLength(23);
});

it('what a watcher throws is a bug, and does not keep others waiting', async () => {
  const { model } = await modelOver([stream(rich)], { concurrent: 1 });
  const bug: ModelWatcher = {
    onText: () => {
      throw new RangeError('bug');
    },
  };
  await expect(ask(model, bug)).rejects.toThrow('bug');
  expect(await ask(model)).toMatchObject({ kind: 'answer' });
});
