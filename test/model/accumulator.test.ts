import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accumulator } from '../../src/model/accumulator.ts';
import { call, type Event, rich, saying } from './sse.ts';

function read(events: unknown[], limit?: number) {
  const sum = accumulator(limit);
  for (const event of events) sum.take(event);
  return sum.result();
}

const start: Event = { type: 'message_start', message: { id: 'msg_1', model: 'm', usage: { input_tokens: 5 } } };
const stop: Event = { type: 'message_stop' };
const delta = (index: unknown, d: Record<string, unknown>): Event => ({ type: 'content_block_delta', index, delta: d });
const text = (index: unknown, t: string) => delta(index, { type: 'text_delta', text: t });
const json = (index: unknown, j: string) => delta(index, { type: 'input_json_delta', partial_json: j });
const opens = (index: unknown, content_block: unknown): Event => ({
  type: 'content_block_start',
  index,
  content_block,
});

describe('a stream in order', () => {
  it('gives blocks verbatim, arguments read, the last counts of tokens and the reason of the stop', () => {
    const result = read(rich);
    expect(result.content).toEqual([
      { type: 'thinking', thinking: 'Two files: ä, 🦉. Read both.', signature: 'c2lnbmVk' },
      { type: 'text', text: 'I look at both – “a” and “b”.\n' },
      { type: 'tool_use', id: 'toolu_1', name: 'read', input: { path: 'src/ä.ts' } },
      { type: 'tool_use', id: 'toolu_2', name: 'list', input: {} },
    ]);
    expect(result).toMatchObject({ broken: [], stopReason: 'tool_use', stopped: true, model: 'made-up-model-1' });
    expect(result.usage).toEqual({
      input_tokens: 100,
      output_tokens: 55,
      cache_read_input_tokens: 40,
      cache_creation_input_tokens: 7,
      known: true,
    });
  });

  it('says piece by piece what can be shown', () => {
    const sum = accumulator();
    const shown = rich.map((e) => sum.take(e)).filter((s) => s !== undefined);
    expect(shown.map((s) => (s.type === 'tool' ? `tool ${s.name}` : s.type))).toEqual([
      'thinking',
      'thinking',
      'text',
      'text',
      'tool read',
      'tool list',
    ]);
  });

  it('keeps details of a refusal and the stop sequence', () => {
    const ends = (d: Record<string, unknown>) => read([start, { type: 'message_delta', delta: d }, stop]).stopDetails;
    expect(ends({ stop_reason: 'refusal', stop_details: { category: 'x' } })).toEqual({ category: 'x' });
    expect(ends({ stop_reason: 'stop_sequence', stop_sequence: 'END' })).toEqual({ stop_sequence: 'END' });
  });

  it.each(['end_turn', 'tool_use', 'max_tokens', 'pause_turn', 'refusal', 'model_context_window_exceeded', 'length'])(
    'gives the reason %s as it came',
    (reason) => {
      expect(read(saying('x', reason)).stopReason).toBe(reason);
    },
  );

  it('is not stopped one event before the end', () => {
    expect(read(rich.slice(0, -1)).stopped).toBe(false);
  });
});

describe('streams of other servers', () => {
  it('takes text that comes before message_start and before any block', () => {
    const result = read([text(0, 'early '), text(0, 'bird'), start, stop]);
    expect(result.content).toEqual([{ type: 'text', text: 'early bird' }]);
    expect(result).toMatchObject({ stopped: true, model: 'm' });
  });

  it('takes events without index for the newest open block', () => {
    const result = read([
      start,
      opens(undefined, { type: 'text', text: '' }),
      text(undefined, 'a'),
      { type: 'content_block_stop' },
      opens(undefined, { type: 'tool_use', id: 't1', name: 'read', input: {} }),
      json(undefined, '{"a":1}'),
      { type: 'content_block_stop' },
      stop,
    ]);
    expect(result.content).toEqual([
      { type: 'text', text: 'a' },
      { type: 'tool_use', id: 't1', name: 'read', input: { a: 1 } },
    ]);
    expect(result.broken).toEqual([]);
  });

  it('gives thinking that arrives in a text block a block of its own, unsigned', () => {
    const thinking = (t: string) => delta(0, { type: 'thinking_delta', thinking: t });
    const result = read([
      start,
      opens(0, { type: 'text', text: '' }),
      thinking('hm'),
      text(0, 'a'),
      thinking('m'),
      text(0, 'b'),
      stop,
    ]);
    expect(result.content).toEqual([
      { type: 'text', text: 'ab' },
      { type: 'thinking', thinking: 'hmm', signature: '' },
    ]);
  });

  it('passes over an empty piece of arguments in a text block', () => {
    const result = read([
      start,
      opens(0, { type: 'text', text: '' }),
      json(0, ''),
      text(0, 'a'),
      ...call(1, 't', 'list', []),
      stop,
    ]);
    expect(result.broken).toEqual([]);
    expect(result.content[0]).toEqual({ type: 'text', text: 'a' });
  });

  it('counts tokens where somebody says them and says where nobody does', () => {
    expect(read([{ type: 'message_start', message: {} }, stop]).usage.known).toBe(false);
    expect(
      read([{ type: 'message_start' }, { type: 'message_delta', delta: {}, usage: { output_tokens: 4 } }, stop]).usage,
    ).toMatchObject({
      output_tokens: 4,
      known: true,
    });
    const junk = { input_tokens: 'many', output_tokens: -1, cache_read_input_tokens: null };
    expect(read([{ type: 'message_start', message: { usage: junk } }, stop]).usage.known).toBe(false);
  });

  it('passes over events and deltas of unknown type, and keeps blocks of unknown type', () => {
    const result = read([
      start,
      { type: 'weather', wind: 4 },
      opens(0, { type: 'hologram', content: null, seal: 7 }),
      delta(0, { type: 'hologram_delta', content: 'ab' }),
      delta(0, { type: 'hologram_delta', content: 'cd', angle: 3 }),
      { type: 'content_block_stop', index: 0 },
      opens(1, { type: 'text', text: '' }),
      delta(1, { type: 'glow_delta', text: 'no' }),
      text(1, 'yes'),
      stop,
    ]);
    expect(result.content).toEqual([
      { type: 'hologram', content: 'abcd', seal: 7, angle: 3 },
      { type: 'text', text: 'yes' },
    ]);
  });

  it('does not let a delta reach the prototype', () => {
    const hostile: Event = JSON.parse(
      '{"type":"content_block_delta","index":0,"delta":{"type":"x","__proto__":{"polluted":1}}}',
    );
    const result = read([start, opens(0, { type: 'new' }), hostile, stop]);
    expect(Object.getPrototypeOf(result.content[0])).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('keeps a redacted thought and citations as they came', () => {
    const result = read([
      start,
      opens(0, { type: 'redacted_thinking', data: 'AAA' }),
      opens(1, { type: 'text', text: '', citations: null }),
      delta(1, { type: 'citations_delta', citation: { url: 'x' } }),
      stop,
    ]);
    expect(result.content).toEqual([
      { type: 'redacted_thinking', data: 'AAA' },
      { type: 'text', text: '', citations: [{ url: 'x' }] },
    ]);
  });

  it('survives anything that is no event', () => {
    for (const junk of [
      null,
      undefined,
      3,
      'x',
      [],
      {},
      { type: 5 },
      delta(0, {}),
      { type: 'content_block_delta', index: 0 },
    ])
      expect(read([junk]).content).toEqual([]);
  });

  it('knows an error that came as an ordinary event, and hears nothing after it', () => {
    const error = { error: { type: 'overloaded_error', message: 'busy' } };
    const result = read([start, text(0, 'a'), error, ...saying('b')]);
    expect(result.error).toEqual(error);
    expect(result.stopped).toBe(false);
  });

  it('does not join two answers of one stream', () => {
    const second = { type: 'message_start', message: { id: 'msg_9' } };
    expect(read([start, text(0, 'half'), second, text(0, 'whole'), stop])).toMatchObject({
      spoilt: 'restarted',
      stopped: false,
    });
    expect(read([start, start, text(0, 'a'), start, stop])).toMatchObject({ stopped: true });
  });

  it('gives up on an answer beyond its limit', () => {
    expect(read([start, text(0, 'x'.repeat(60)), text(0, 'x'.repeat(60)), stop], 100)).toMatchObject({
      spoilt: 'too_long',
      stopped: false,
    });
    const flood = Array.from({ length: 2002 }, (_, i) => opens(i, { type: 'text', text: '' }));
    expect(read([start, ...flood, stop]).spoilt).toBe('too_long');
  });
});

describe('tool calls', () => {
  const calls = (...events: Event[]) => {
    const { content, broken } = read([start, ...events, stop]);
    return { inputs: content.map((b) => b.input), ids: content.map((b) => b.id), broken };
  };

  it.each([
    ['cut off', '{"path": "/a', 'no complete JSON'],
    ['malformed', '{path: /a}', 'no complete JSON'],
    ['a list', '[1]', 'no JSON object'],
    ['a text', '"x"', 'no JSON object'],
    ['null', 'null', 'no JSON object'],
  ])('do not run with arguments that are %s', (_, raw, reason) => {
    const { inputs, broken } = calls(...call(0, 't1', 'read', [raw]));
    expect(inputs).toEqual([{}]);
    expect(broken).toEqual([{ id: 't1', raw, reason: expect.stringContaining(reason) }]);
  });

  it('run with no arguments where none came, and with those of the start where they came in one piece', () => {
    expect(calls(...call(0, 't1', 'read', ['', ' ']))).toEqual({ inputs: [{}], ids: ['t1'], broken: [] });
    const whole = opens(0, { type: 'tool_use', id: 't1', name: 'read', input: { path: 'a' } });
    expect(calls(whole, { type: 'content_block_stop', index: 0 }).inputs).toEqual([{ path: 'a' }]);
  });

  it('with an id that is there already get another one and do not run', () => {
    const { ids, inputs, broken } = calls(...call(0, 't1', 'read', ['{"a":1}']), ...call(1, 't1', 'read', ['{"a":2}']));
    expect(ids).toEqual(['t1', 't1_2']);
    expect(inputs).toEqual([{ a: 1 }, {}]);
    expect(broken).toEqual([{ id: 't1_2', raw: '{"a":2}', reason: expect.stringContaining('t1') }]);
  });

  it('without id get one; with a name that no tool can have get one that the API takes, and do not run', () => {
    expect(calls(...call(0, undefined, 'read', ['{}']))).toEqual({ inputs: [{}], ids: ['call_0'], broken: [] });
    const result = read([start, ...call(0, 't1', 'rm -rf /\u0007', ['{"a":1}']), ...call(1, 't2', '', []), stop]);
    expect(result.content.map((b) => b.name)).toEqual(['rm_-rf___', 'unknown']);
    expect(result.broken.map((b) => b.id)).toEqual(['t1', 't2']);
  });

  it('that were begun twice are one call', () => {
    const [begin, ...rest] = call(0, 't1', 'read', ['{"a":1}']);
    expect(calls(...(begin ? [begin, begin] : []), ...rest)).toEqual({ inputs: [{ a: 1 }], ids: ['t1'], broken: [] });
  });

  it('whose arguments came twice do not run', () => {
    expect(calls(...call(0, 't1', 'read', ['{"a":1}', '{"a":1}'])).broken).toHaveLength(1);
  });

  it('are read without their end only where the arguments are whole', () => {
    const begin = (i: number) => opens(i, { type: 'tool_use', id: `t${i}`, name: 'read', input: {} });
    const { inputs, broken } = calls(begin(0), json(0, '{"a":1}'), begin(1), begin(2), json(2, '{"a"'));
    expect(inputs).toEqual([{ a: 1 }, {}, {}]);
    expect(broken.map((b) => b.id)).toEqual(['t1', 't2']);
  });

  it('without arguments do not run where arguments went astray', () => {
    expect(calls(...call(0, 't1', 'remove_all', []), json(7, '{"only":"x"}')).broken).toEqual([
      { id: 't1', raw: '', reason: expect.stringContaining('belong to no call') },
    ]);
    expect(calls(...call(0, 't1', 'read', ['{}']), json(0, '{"a":1}')).broken).toHaveLength(1);
  });

  it('of the server are kept, and are never ours to run', () => {
    const server = opens(0, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} });
    expect(calls(server, json(0, '{"q":"x"}'), { type: 'content_block_stop', index: 0 })).toEqual({
      inputs: [{ q: 'x' }],
      ids: ['s1'],
      broken: [],
    });
  });

  it('show at most 2,000 characters of what was wrong', () => {
    expect(calls(...call(0, 't1', 'read', ['x'.repeat(100_000)])).broken[0]?.raw).toHaveLength(2000);
  });
});

it('whatever comes in whatever order, a call runs only with arguments that were sent for it', () => {
  const args = (n: number) => JSON.stringify({ n });
  const pieces = rich.concat(call(4, 'toolu_3', 'write', [args(3).slice(0, 3), args(3).slice(3)]));
  fc.assert(
    fc.property(fc.shuffledSubarray(pieces, { minLength: 1 }), (events) => {
      const { content, broken } = read(events);
      const unfit = new Set(broken.map((b) => b.id));
      for (const block of content) {
        if (block.type !== 'tool_use' || unfit.has(String(block.id))) continue;
        const sent: Record<string, unknown[]> = {
          toolu_1: [{ path: 'src/ä.ts' }],
          toolu_2: [{}],
          toolu_3: [{ n: 3 }],
        };
        const wanted = sent[String(block.id)] ?? [];
        if (Object.keys(Object(block.input)).length > 0) expect(wanted).toContainEqual(block.input);
      }
    }),
    { numRuns: 2000 },
  );
});
