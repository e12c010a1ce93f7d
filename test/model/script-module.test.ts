// Scripts that are code: what they are handed, the seed among it, what becomes of answers that are none, and that no server ever hears of the seed.
import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../src/model/model.ts';
import { type OpenModelRequest, openModel } from '../../src/model/open.ts';
import { isModule, scriptOfModule } from '../../src/model/script-module.ts';
import type { ScriptBody } from '../../src/model/scripted.ts';
import { SEED_HEADER } from '../../src/model/scripted.ts';
import { withSeed } from '../../src/model/seeded.ts';
import { startMessagesServer } from '../support/messages-server.ts';
import { loopbackModel } from '../support/run-session.ts';

const request = (seed?: string): ModelRequest => ({
  model: 'scripted',
  system: ['You count.'],
  tools: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Count.' }] }],
  maxTokens: 100,
  thinking: false,
  ...(seed !== undefined && { seed }),
});
const signal = new AbortController().signal;

async function opened(module: unknown, name = 'scripted:crew.mjs') {
  const asked: OpenModelRequest = {
    ...{ name, env: {}, trusted: false, prices: {}, now: () => new Date(0), random: () => 0.5, interactive: false },
    readScript: () => [{ text: 'from a list' }],
    loadScript: async (path) => scriptOfModule(module, path),
    readCassette: () => [],
    scrub: (value) => value,
    retryPolicy: { capMs: 1, baseMs: 0, perAskMs: 50, perRunMs: 100, attempts: 2, silences: 1 },
  };
  return await openModel(asked);
}

describe('a script that is a module', () => {
  it('is asked with the request, the number of answers so far and the seed, over the ordinary road', async () => {
    const heard: [ScriptBody, number, number][] = [];
    const answer = (...given: [ScriptBody, number, number]) => {
      heard.push(given);
      return { text: 'one', tools: [{ name: 'look', input: { at: 'it' } }] };
    };
    const { model, id, close } = await opened({ answer });
    const reply = await withSeed(model, 'trial ü/1').ask(request(), signal);
    expect(reply).toMatchObject({ kind: 'answer', stopReason: 'tool_use', usd: 0 });
    expect(reply.kind === 'answer' && reply.content.map((b) => b.type)).toEqual(['text', 'tool_use']);
    await model.ask(request(), signal);
    expect(heard.map(([body, turn, again]) => [body.seed, body.system, turn, again])).toEqual([
      ['trial ü/1', 'You count.', 0, 0],
      [undefined, 'You count.', 0, 0],
    ]);
    expect(id).toBe('scripted');
    await close();
  });

  it('may take its time, and may have no answer', async () => {
    const { model, close } = await opened({ answer: async () => ({ text: 'later' }) });
    expect(await model.ask(request(), signal)).toMatchObject({ kind: 'answer' });
    const none = await opened({ answer: () => undefined });
    expect(await none.model.ask(request(), signal)).toMatchObject({ kind: 'failure', failure: 'unheard' });
    await Promise.all([close(), none.close()]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('out of coffee');
      },
      'failed: out of coffee',
    ],
    ['gives a word', () => 'hello', 'gave what is no turn: it is no object'],
    ['misspells a field', () => ({ txt: 'hello' }), 'txt is no part of one'],
  ])('that %s fails once, in words, and is not asked again', async (_, answer, words) => {
    let asked = 0;
    const counted = () => {
      asked++;
      return answer();
    };
    const { model, close } = await opened({ answer: counted });
    const reply = await model.ask(request(), signal);
    expect(reply).toMatchObject({ kind: 'failure', failure: 'invalid', message: expect.stringContaining(words) });
    expect(asked).toBe(1);
    await close();
  });

  it('without the function it needs is refused with how to write it', () => {
    for (const module of [{}, { answer: 'yes' }, undefined])
      expect(() => scriptOfModule(module, 'crew.mjs')).toThrowError('no function `answer`');
  });

  it('is told from a list of turns by its name', async () => {
    expect(['a.mjs', 'a.js', 'x/y.mjs'].every(isModule)).toBe(true);
    expect(['a.yaml', 'a.jsonl', 'mjs', 'a.mjs.yaml'].some(isModule)).toBe(false);
    const { model, close } = await opened({}, 'scripted:turns.yaml');
    expect(await model.ask(request(), signal)).toMatchObject({ kind: 'answer', content: [{ text: 'from a list' }] });
    await close();
  });
});

describe('the seed of a request', () => {
  it('is sent to no server', async () => {
    const sent: string[] = [];
    const server = await startMessagesServer({ answer: [{ text: 'hello' }, { text: 'again' }] });
    const spying: typeof fetch = (input, init) => {
      sent.push([...new Headers(init?.headers).keys()].join(), String(init?.body));
      return fetch(input, init);
    };
    const { model, close } = await loopbackModel(server.url, { fetch: spying });
    expect(await withSeed(model, 'secret-seed').ask(request('other-seed'), signal)).toMatchObject({ kind: 'answer' });
    expect(sent).toHaveLength(2);
    expect(sent.join()).not.toContain(SEED_HEADER);
    expect(sent.join()).not.toMatch(/seed/);
    await close();
    await server.close();
  });
});
