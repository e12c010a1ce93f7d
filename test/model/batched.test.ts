import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { batchedModel } from '../../src/model/batched.ts';
import type { SentQuestions } from '../../src/model/batches.ts';
import { capabilities } from '../../src/model/capabilities.ts';
import { openClient } from '../../src/model/client.ts';
import type { ModelRequest } from '../../src/model/model.ts';
import { interactiveRetries, retries } from '../../src/model/retry.ts';
import { findServer, isServer } from '../../src/model/server.ts';
import { openCache } from '../../src/store/cache.ts';
import { type MessagesServer, type MessagesServerOptions, startMessagesServer } from '../support/messages-server.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const asking = (text: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  model: 'made-up-model-1',
  system: ['You judge.'],
  tools: [{ name: 'verdict', description: 'Gives it.', input_schema: { type: 'object', properties: {} } }],
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
  maxTokens: 100,
  thinking: false,
  forceTool: 'verdict',
  ...more,
});
const verdict = (said: string) => ({ tools: [{ name: 'verdict', input: { said } }] });
const echo: MessagesServerOptions['answer'] = (body) => {
  const { content } = body.messages.at(-1) ?? {};
  return verdict(JSON.stringify(content).includes('pears') ? 'pears' : 'plums');
};
const never = new AbortController().signal;

async function serverWith(options: Partial<MessagesServerOptions> = {}): Promise<MessagesServer> {
  const server = await startMessagesServer({ answer: echo, batches: { looks: 2 }, ...options });
  ends.push(server.close);
  return server;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'agentmem-batched-'));
  ends.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function modelAt(url: string, sent: SentQuestions = openCache(folder(), 'batches', 1), now = () => new Date()) {
  const server = findServer({ ANTHROPIC_API_KEY: 'made-up-key-1', ANTHROPIC_BASE_URL: url });
  if (!isServer(server)) throw new Error('no server');
  const { client, close } = await openClient({ server, env: {} });
  ends.push(close);
  const said: string[] = [];
  const model = batchedModel({
    client,
    server,
    sent,
    capabilities: capabilities(),
    retries: retries({ ...interactiveRetries, baseMs: 0, capMs: 5 }, () => 0.5),
    price: (_, usage) => usage.input_tokens + 2 * usage.output_tokens,
    now,
    say: (line) => said.push(line),
    pace: { gatherMs: 20, lookMs: 5, mostMs: 10 },
  });
  return { model, said };
}

describe('questions through batches', () => {
  it('go to the server together, and each has its own answer at half the price', async () => {
    const server = await serverWith();
    const { model, said } = await modelAt(server.url);
    const answers = await Promise.all([model.ask(asking('pears'), never), model.ask(asking('plums'), never)]);
    expect(answers.map((a) => a.kind === 'answer' && a.content[0]?.input)).toEqual([
      { said: 'pears' },
      { said: 'plums' },
    ]);
    const [first] = answers;
    expect(first?.usd).toBe((first.usage.input_tokens + 2 * first.usage.output_tokens) / 2);
    expect(server.batches).toHaveLength(1);
    expect(server.batches[0]?.requests.every(({ params }) => params.stream === undefined)).toBe(true);
    expect(server.batches[0]?.fetched).toBe(1);
    expect(said).toEqual([
      '2 questions sent as batch msgbatch_test_0',
      'batch msgbatch_test_0: 1 of 2 questions answered',
      'batch msgbatch_test_0: 2 of 2 questions answered',
    ]);
  });

  it('are told apart where the same is asked of several', async () => {
    let n = 0;
    const server = await serverWith({ answer: () => verdict(`voice ${n++}`) });
    const { model } = await modelAt(server.url);
    const votes = await Promise.all([1, 2, 3].map((copy) => model.ask(asking('pears', { copy }), never)));
    expect(new Set(votes.map((a) => a.kind === 'answer' && JSON.stringify(a.content[0]?.input))).size).toBe(3);
    expect(server.batches[0]?.requests).toHaveLength(3);
  });

  it('are collected by the process that comes after, and sent no second time', async () => {
    const server = await serverWith({ batches: { looks: 6 } });
    const sent = openCache(folder(), 'batches', 1);
    const stop = new AbortController();
    const before = await modelAt(server.url, sent);
    const broken = before.model.ask(asking('pears'), stop.signal);
    await expect.poll(() => server.batches[0]?.looks ?? 0).toBeGreaterThan(0);
    stop.abort();
    expect(await broken).toMatchObject({ kind: 'failure', failure: 'interrupted' });
    await expect.poll(() => before.said.at(-1)).toMatch(/goes on without us; the same command collects it/);
    const looked = server.batches[0]?.looks;
    const after = await modelAt(server.url, sent);
    expect(await after.model.ask(asking('pears'), never)).toMatchObject({ content: [{ input: { said: 'pears' } }] });
    expect(server.batches).toHaveLength(1);
    expect(server.batches[0]?.looks).toBeGreaterThan(looked ?? 0);
  });

  it('interrupted while their batch is on its way wait until it is known which one it is', async () => {
    const server = await serverWith();
    const sent = openCache(folder(), 'batches', 1);
    const stop = new AbortController();
    const put: SentQuestions = { get: sent.get, put: sent.put };
    const { model } = await modelAt(server.url, put);
    const asked = model.ask(asking('pears'), stop.signal);
    setTimeout(() => stop.abort(), 20); // as the batch is being sent
    await asked;
    const { model: later } = await modelAt(server.url, sent);
    await later.ask(asking('pears'), never);
    expect(server.batches).toHaveLength(1);
  });

  it('are sent anew where the server no longer knows the batch, or kept it too long ago', async () => {
    const server = await serverWith();
    const sent = openCache(folder(), 'batches', 1);
    const { model } = await modelAt(server.url, sent);
    await model.ask(asking('pears'), never);
    server.batches.splice(0);
    const later = await modelAt(server.url, sent);
    expect((await later.model.ask(asking('pears'), never)).kind).toBe('answer');
    expect(server.batches).toHaveLength(1);
    const muchLater = await modelAt(server.url, sent, () => new Date(Date.now() + 40 * 24 * 3600 * 1000));
    expect((await muchLater.model.ask(asking('pears'), never)).kind).toBe('answer');
    expect(server.batches).toHaveLength(2);
  });

  it('that the server had no time for or failed at are sent again; refusals are not', async () => {
    const results: Record<string, unknown>[] = [
      { type: 'expired' },
      { type: 'errored', error: { type: 'error', error: { type: 'api_error', message: 'Internal' } } },
    ];
    const server = await serverWith({ batches: { looks: 1, result: () => results.shift() } });
    const { model } = await modelAt(server.url);
    expect(await model.ask(asking('pears'), never)).toMatchObject({ kind: 'answer', attempts: 3 });
    results.push({
      type: 'errored',
      error: { type: 'error', error: { type: 'invalid_request_error', message: 'too odd' } },
    });
    expect(await model.ask(asking('plums'), never)).toMatchObject({
      kind: 'failure',
      failure: 'invalid',
      message: expect.stringContaining('too odd'),
      attempts: 1,
    });
    results.push({ type: 'canceled' });
    expect(await model.ask(asking('plums'), never)).toMatchObject({ failure: 'exhausted', attempts: 1 });
    expect((await model.ask(asking('plums'), never)).kind).toBe('answer'); // a failure is not kept
  });

  it('give up after a few batches where it always fails', async () => {
    const result = () => ({ type: 'expired' });
    const server = await serverWith({ batches: { looks: 1, result } });
    const { model } = await modelAt(server.url);
    expect(await model.ask(asking('pears'), never)).toMatchObject({ failure: 'exhausted', attempts: 4 });
    expect(server.batches).toHaveLength(4);
  });

  it('have an answer that is none told as such', async () => {
    const server = await serverWith({ batches: { looks: 1, result: () => ({ type: 'succeeded', message: 'hello' }) } });
    const { model } = await modelAt(server.url);
    expect(await model.ask(asking('pears'), never)).toMatchObject({
      kind: 'failure',
      message: expect.stringContaining('no message'),
    });
  });

  it('are refused by servers without that API, with its name', async () => {
    const server = await startMessagesServer({ answer: echo });
    ends.push(server.close);
    const { model } = await modelAt(server.url);
    expect(await model.ask(asking('pears'), never)).toMatchObject({ kind: 'failure', failure: 'config', status: 404 });
  });

  it('of a signal that fired already are never sent', async () => {
    const server = await serverWith();
    const { model } = await modelAt(server.url);
    expect(await model.ask(asking('pears'), AbortSignal.abort())).toMatchObject({ failure: 'interrupted' });
    expect(server.batches).toHaveLength(0);
  });
});
