// The script model through the unmodified SDK: order, conditions, resuming, failures, and what it says when nothing is left.
import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { readScript, type WrittenTurn } from '../../src/domain/script.ts';
import { type Script, scriptedFetch } from '../../src/model/scripted.ts';

type Messages = Anthropic.MessageParam[];

const turns = (...written: WrittenTurn[]) => readScript(written, 'test.yaml');

function client(script: Script): Anthropic {
  return new Anthropic({
    apiKey: 'none',
    baseURL: 'http://script.invalid',
    maxRetries: 0,
    fetch: scriptedFetch(script, { name: 'test.yaml' }),
  });
}

async function ask(api: Anthropic, messages: Messages, more: object = {}): Promise<Anthropic.Message> {
  return await api.messages.stream({ model: 'm', max_tokens: 100, messages, ...more }).finalMessage();
}

const user = (text: string): Messages[number] => ({ role: 'user', content: text });
const said = ({ content }: Anthropic.Message) => content.flatMap((b) => (b.type === 'text' ? [b.text] : [])).join('');

/** Asks, answers calls with `result` or goes on with `next`, until the script has nothing left; the texts in order. */
async function talk(api: Anthropic, first: string, count: number): Promise<string[]> {
  const messages = [user(first)];
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    const answer = await ask(api, messages);
    texts.push(said(answer));
    messages.push({ role: 'assistant', content: answer.content }, user(`next ${i}`));
  }
  return texts;
}

describe('a list of turns', () => {
  it('is answered in order, and several conversations at once do not disturb each other', async () => {
    const api = client(turns({ text: 'one' }, { text: 'two' }, { text: 'three' }));
    const [a, b] = await Promise.all([talk(api, 'first task', 3), talk(api, 'second task', 2)]);
    expect(a).toEqual(['one', 'two', 'three']);
    expect(b).toEqual(['one', 'two']);
  });

  it('goes on in another process where the conversation is, without having seen its beginning', async () => {
    const script = turns({ text: 'one' }, { text: 'two' });
    const messages = [user('task'), { role: 'assistant' as const, content: 'one' }, user('go on')];
    expect(said(await ask(client(script), messages))).toBe('two');
  });

  it('gives a thought, a text and calls in order, with ids that are unique and the same each time', async () => {
    const script = turns({
      thinking: 'Hm, 🦊.',
      text: 'Looking.',
      tools: [{ name: 'read', input: { path: 'ä\u2028.txt' } }, { name: 'ls' }, { name: 'ls', id: 'mine' }],
    });
    const answer = await ask(client(script), [user('task')]);
    expect(answer).toEqual(await ask(client(script), [user('task')]));
    expect(answer.stop_reason).toBe('tool_use');
    expect(answer.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm, 🦊.', signature: expect.stringMatching(/^script-[0-9a-f]{64}$/) },
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', id: 'toolu_001_01', name: 'read', input: { path: 'ä\u2028.txt' } },
      { type: 'tool_use', id: 'toolu_001_02', name: 'ls', input: {} },
      { type: 'tool_use', id: 'mine', name: 'ls', input: {} },
    ]);
  });

  it('passes over turns whose condition does not hold, and comes back to them', async () => {
    const api = client(
      turns(
        { when: { tool_result_contains: 'FAIL' }, text: 'mend it' },
        { when: { last_contains: 'bye', system_contains: 'polite' }, text: 'farewell' },
        { text: 'plain' },
        { text: 'rest', repeat: true },
      ),
    );
    expect(said(await ask(api, [user('hello')]))).toBe('plain');
    const result: Messages = [
      user('hello'),
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'ls', input: {} }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: '1 FAILED' }] }],
      },
    ];
    expect(said(await ask(api, result))).toBe('mend it');
    expect(said(await ask(api, [...result, { role: 'assistant', content: 'mend it' }, user('FAIL bye')]))).toBe('rest');
    const bye = [user('hello'), { role: 'assistant' as const, content: 'plain' }, user('bye')];
    expect(said(await ask(api, bye, { system: [{ type: 'text', text: 'Be polite.' }] }))).toBe('farewell');
  });

  it('gives a failure once and the next turn when it is asked again', async () => {
    const api = client(
      turns({ error: { status: 529, type: 'overloaded_error', message: 'busy' } }, { text: 'now' }, { text: 'then' }),
    );
    await expect(ask(api, [user('x')])).rejects.toMatchObject({ status: 529, type: 'overloaded_error' });
    expect(said(await ask(api, [user('x')]))).toBe('now');
    expect(said(await ask(api, [user('x'), { role: 'assistant', content: 'now' }, user('y')]))).toBe('then');
  });

  it('goes on after an answer that is empty, refused or paused, none of which is found in the next request', async () => {
    const paused = turns({ text: 'half', stop_reason: 'pause_turn' }, { text: ' whole' }, { text: 'after' });
    const api = client(paused);
    expect((await ask(api, [user('x')])).stop_reason).toBe('pause_turn');
    const going = [user('x'), { role: 'assistant' as const, content: 'half' }];
    expect(said(await ask(api, going))).toBe(' whole');
    expect(said(await ask(client(paused), going))).toBe(' whole');
    const whole = [user('x'), { role: 'assistant' as const, content: 'half whole' }, user('y')];
    expect(said(await ask(client(paused), whole))).toBe('after');

    const silent = client(turns({}, { text: 'no', stop_reason: 'refusal' }, { text: 'yes' }));
    expect((await ask(silent, [user('x')])).content).toEqual([]);
    expect((await ask(silent, [user('x')])).stop_reason).toBe('refusal');
    expect(said(await ask(silent, [user('x')]))).toBe('yes');
  });

  it('refuses with agentmem_unheard once nothing is left, and names the script', async () => {
    const api = client(turns({ text: 'only' }));
    const error = await ask(api, [user('x'), { role: 'assistant', content: 'only' }, user('y')]).catch((e) => e);
    expect(error).toMatchObject({ status: 404, type: 'agentmem_unheard' });
    expect(error.message).toContain('test.yaml has no turn left');
    expect(error.headers.get('x-should-retry')).toBe('false');
  });
});

describe('counting and waiting', () => {
  it('estimates tokens from the texts, and takes what the turn says instead', async () => {
    const api = client(turns({ text: 'x'.repeat(400) }, { text: 'a', usage: { input_tokens: 7, output_tokens: 9 } }));
    const small = await ask(client(turns({ text: 'hi' })), [user('short')]);
    const large = await ask(api, [user('long '.repeat(100))]);
    expect(large.usage.input_tokens).toBeGreaterThan(small.usage.input_tokens + 100);
    expect(large.usage.output_tokens).toBe(100);
    const told = await ask(api, [user('x'), { role: 'assistant', content: 'y' }, user('z')]);
    expect(told.usage).toMatchObject({ input_tokens: 7, output_tokens: 9 });
  });

  it('stops waiting at once when it is interrupted', async () => {
    const api = client(turns({ text: 'late', delay_ms: 600_000 }));
    const stop = new AbortController();
    const asked = api.messages.stream({ model: 'm', max_tokens: 1, messages: [user('x')] }, { signal: stop.signal });
    const end = asked.finalMessage().catch((e: Error) => e.constructor.name);
    setTimeout(() => stop.abort(), 20);
    expect(await end).toBe('APIUserAbortError');
  });

  it('asks a function with the number of answers so far, and how often it was asked there', async () => {
    const api = client((body, turn, again) => {
      if (turn === 1 && again === 0) return { error: { status: 500, type: 'api_error', message: 'once' } };
      return turn < 2 ? { text: `${body.model} ${turn} ${again}` } : undefined;
    });
    expect(said(await ask(api, [user('x')]))).toBe('m 0 0');
    const second = [user('x'), { role: 'assistant' as const, content: 'm 0 0' }, user('y')];
    await expect(ask(api, second)).rejects.toMatchObject({ status: 500 });
    expect(said(await ask(api, second))).toBe('m 1 1');
  });
});

describe('reading a script', () => {
  it('names the turn and the field of every problem', () => {
    const bad = [{ text: 'fine' }, { txt: 'x' }, { tools: [{ input: {} }] }, { error: { status: 200 } }];
    expect(() => readScript(bad, 'demo.yaml')).toThrowError(
      /turn 2.*txt.*turn 3, tools\.0\.name.*turn 4, error\.status/s,
    );
  });

  it('takes a list or an object with turns, and nothing else', () => {
    expect(readScript({ turns: [{ text: 'a' }] }, 'x')).toEqual([{ text: 'a' }]);
    expect(() => readScript('hello', 'x')).toThrowError('A script is a list of turns.');
    expect(() => readScript([], 'x')).toThrowError('no turn');
  });
});
