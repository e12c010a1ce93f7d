import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Abilities } from '../../src/model/capabilities.ts';
import type { ApiBlock, ApiMessage, ModelRequest } from '../../src/model/model.ts';
import { wire } from '../../src/model/wire.ts';

const all: Abilities = { thinking: 'adaptive', effort: true, caching: true, toolChoice: true };
const nothing: Abilities = { thinking: 'none', effort: false, caching: false, toolChoice: false };
const text = (t: string): ApiBlock => ({ type: 'text', text: t });
const user = (...content: ApiBlock[]): ApiMessage => ({ role: 'user', content });
const assistant = (...content: ApiBlock[]): ApiMessage => ({ role: 'assistant', content });
const tool = { name: 'read', description: 'Reads.', input_schema: { type: 'object' } };

const request: ModelRequest = {
  model: 'm',
  system: ['You work.', 'Lessons.'],
  tools: [tool, { ...tool, name: 'list' }],
  messages: [user(text('Do it.'))],
  maxTokens: 8000,
  effort: 'high',
  thinking: true,
};
const mark = { type: 'ephemeral' };
const body = (r: Partial<ModelRequest>, able = all) => wire({ ...request, ...r }, able).body;
const marks = (value: unknown) => JSON.stringify(value).split('"cache_control"').length - 1;

describe('a request', () => {
  it('is written out whole, always with the same bytes', () => {
    expect(JSON.stringify(body({}))).toBe(
      '{"model":"m","max_tokens":8000,"thinking":{"type":"adaptive"},"output_config":{"effort":"high"},' +
        '"tools":[{"name":"read","description":"Reads.","input_schema":{"type":"object"}},{"name":"list","description":"Reads.","input_schema":{"type":"object"}}],' +
        '"system":[{"type":"text","text":"You work."},{"type":"text","text":"Lessons.","cache_control":{"type":"ephemeral"}}],' +
        '"messages":[{"role":"user","content":[{"type":"text","text":"Do it.","cache_control":{"type":"ephemeral"}}]}],"stream":true}',
    );
  });

  it('leaves out what the server lacks, and says what it made use of', () => {
    const { body: bare, used } = wire({ ...request, forceTool: 'read' }, nothing);
    expect(Object.keys(bare)).toEqual(['model', 'max_tokens', 'tools', 'system', 'messages', 'stream']);
    expect(marks(bare)).toBe(0);
    expect(used).toEqual(nothing);
    expect(wire(request, all).used).toEqual({ ...all, toolChoice: false });
  });

  it('that forces a tool does not think', () => {
    expect(body({ forceTool: 'list' })).toMatchObject({ tool_choice: { type: 'tool', name: 'list' } });
    expect(body({ forceTool: 'list' })).not.toHaveProperty('thinking');
  });

  it.each([
    [64_000, { type: 'enabled', budget_tokens: 16_000 }],
    [4096, { type: 'enabled', budget_tokens: 2048 }],
    [2047, undefined],
  ])('gives older models a budget within %i tokens', (maxTokens, expected) => {
    expect(body({ maxTokens }, { ...all, thinking: 'budget' }).thinking).toEqual(expected);
  });

  it('marks the last tool where there is no system prompt', () => {
    const { tools, system } = body({ system: ['', ' \n'] });
    expect(system).toBeUndefined();
    expect(tools).toEqual([tool, { ...tool, name: 'list', cache_control: mark }]);
  });

  it('without tools and system has neither', () => {
    expect(Object.keys(body({ tools: [], system: [] }))).not.toContain('tools');
  });
});

describe('a conversation', () => {
  const signed = { type: 'thinking', thinking: 'hm', signature: 's' };

  it('goes out without what the API refuses: empty text, unsigned thoughts, messages that are empty then', () => {
    const messages = [
      user(text('Do it.'), text(' ')),
      assistant(
        signed,
        text('\n\n'),
        { type: 'thinking', thinking: 'unsigned', signature: '' },
        { type: 'tool_use', id: 't', name: 'read', input: {} },
      ),
      user({ type: 'tool_result', tool_use_id: 't', content: [] }),
      assistant({ type: 'thinking', thinking: 'only this' }),
    ];
    const sent = body({ messages }, nothing).messages;
    expect(sent).toEqual([
      user(text('Do it.')),
      assistant(signed, { type: 'tool_use', id: 't', name: 'read', input: {} }),
      user({ type: 'tool_result', tool_use_id: 't', content: [] }),
    ]);
  });

  it('keeps redacted thoughts and blocks of unknown type as they are', () => {
    const kept = assistant({ type: 'redacted_thinking', data: 'x' }, { type: 'hologram', content: 'y' });
    expect(body({ messages: [user(text('a')), kept] }).messages).toContainEqual(kept);
  });

  it('carries a mark at the last block that may have one of the last two messages of the user', () => {
    const result = (id: string): ApiBlock => ({ type: 'tool_result', tool_use_id: id, content: [text(id)] });
    const sent = JSON.parse(
      JSON.stringify(
        body({
          messages: [
            user(text('1')),
            assistant(text('a')),
            user(result('2')),
            assistant(text('b')),
            user(text('3'), result('4'), text('')),
          ],
        }).messages,
      ),
    );
    expect(marks(sent)).toBe(2);
    expect(sent[2].content[0]).toEqual({ ...result('2'), cache_control: mark });
    expect(sent[4].content[1]).toEqual({ ...result('4'), cache_control: mark });
  });
});

describe('for any conversation', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('', ' ', '\n\n', 'done'));
  const block = fc.oneof(
    word.map(text),
    fc.record({ type: fc.constant('thinking'), thinking: word, signature: fc.constantFrom('', 'sig') }),
    fc.record({ type: fc.constant('redacted_thinking'), data: word }),
    fc.record({
      type: fc.constant('tool_use'),
      id: word,
      name: fc.constant('read'),
      input: fc.dictionary(fc.string(), fc.jsonValue()),
    }),
    fc.record({ type: fc.constant('tool_result'), tool_use_id: word, content: word }),
  );
  const turns = fc.array(fc.tuple(fc.array(block, { maxLength: 4 }), fc.array(block, { maxLength: 4 })), {
    minLength: 1,
    maxLength: 6,
  });
  const conversation = turns.map((pairs) => pairs.flatMap(([u, a]) => [user(...u), assistant(...a)]));
  const withoutMarks = (value: unknown) =>
    JSON.stringify(value, (key, v: unknown) => (key === 'cache_control' ? undefined : v));

  it('nothing that was handed in is changed', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const before = JSON.stringify(messages);
        wire({ ...request, messages }, all);
        expect(JSON.stringify(messages)).toBe(before);
      }),
    );
  });

  it('there are at most four marks, never on a thought, and the previous last one is still marked', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const now = body({ messages });
        expect(marks(now)).toBeLessThanOrEqual(4);
        expect(JSON.stringify(now)).not.toMatch(/"(redacted_)?thinking"[^}]*cache_control/);
        const next = body({ messages: [...messages, user(text('more'))] }).messages;
        if (Array.isArray(now.messages) && Array.isArray(next)) {
          const last = now.messages.findLastIndex((m) => marks(m) > 0);
          if (last >= 0)
            expect(JSON.stringify(next.slice(last, last + 1))).toBe(JSON.stringify(now.messages.slice(last, last + 1)));
        }
      }),
    );
  });

  it('the next request begins with the bytes of this one, but for the marks', () => {
    fc.assert(
      fc.property(conversation, fc.array(block, { maxLength: 3 }), (messages, more) => {
        const now = withoutMarks(body({ messages }));
        const next = withoutMarks(body({ messages: [...messages, user(...more)] }));
        const common = now.replace(/\],"stream":true\}$/, '');
        expect(next.startsWith(common)).toBe(true);
      }),
    );
  });
});
