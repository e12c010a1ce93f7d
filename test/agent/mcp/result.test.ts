// Results and descriptions of MCP tools as models see them: nothing that a server sends breaks the request or hides from people.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callResult, listedTool } from '../../../src/agent/mcp/protocol.ts';
import { mcpOutcome } from '../../../src/agent/mcp/result.ts';
import { mcpDefinition } from '../../../src/agent/mcp/tool-definition.ts';

const outcome = (content: unknown[], more: object = {}) => mcpOutcome(callResult.parse({ content, ...more }));
const PNG = Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1').toString('base64');

describe('a result', () => {
  it('of text, images and embedded files becomes blocks of ours', () => {
    const { content } = outcome([
      { type: 'text', text: 'two \u001b[31mred\u001b[0m lines' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      { type: 'resource', resource: { uri: 'file:///a.txt', text: 'inside' } },
      { type: 'resource', resource: { uri: 'file:///a.png', mimeType: 'image/png', blob: PNG } },
      { type: 'resource', resource: { uri: 'file:///a.bin', blob: 'AAAA' } },
      { type: 'resource_link', uri: 'https://x.example/doc', name: 'doc' },
      { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
      { type: 'hologram', rays: 3 },
      'nothing',
    ]);
    expect(content.map((block) => (block.type === 'text' ? block.text : block.type))).toEqual([
      ...['two red lines', 'image', '[file:///a.txt]', 'inside', '[file:///a.png]', 'image', '[file:///a.bin]'],
      ...['[binary data, 3 B, not shown]', '[link to https://x.example/doc (doc)]', '[audio, 3 B, not shown]'],
      '[a block of a kind that is not known here: hologram]',
      '[a block of a kind that is not known here: without a type]',
    ]);
  });

  it('with an image that is none, or too large, says so: servers refuse such a conversation for good', () => {
    for (const [data, mimeType] of [
      ['not base64!', 'image/png'],
      ['AAAA', 'image/png'],
      [PNG, 'image/svg+xml'],
      [PNG + 'A'.repeat(8_000_000), 'image/png'],
    ])
      expect(outcome([{ type: 'image', data, mimeType }]).content[0]?.type).toBe('text');
  });

  it('keeps structured content, but not twice', () => {
    const structuredContent = { site: 'a', n: [1] };
    expect(outcome([], { structuredContent }).content).toEqual([{ type: 'json', value: structuredContent }]);
    const text = JSON.stringify(structuredContent, null, 2);
    expect(outcome([{ type: 'text', text }], { structuredContent }).content).toEqual([{ type: 'text', text }]);
    const escaped = { words: '\u001b[2Jgone' };
    expect(outcome([], { structuredContent: escaped }).content).toEqual([{ type: 'json', value: { words: 'gone' } }]);
  });

  it('that is nested beyond reason, endless in blocks or empty is told in a line', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    const text = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect(JSON.stringify(outcome([], { structuredContent: deep }))).toContain('more than 100 levels');
    expect(outcome([{ type: 'text', text }], { structuredContent: [1] }).content).toHaveLength(2);
    expect(outcome(Array.from({ length: 500 }, () => ({ type: 'text', text: 'x' }))).content).toHaveLength(201);
    expect(outcome([{ type: 'text', text: ' ' }]).content).toEqual([{ type: 'text', text: '[no output]' }]);
  });

  it('of any shape gives at least one block that says something, and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (content, structuredContent) => {
        expect(outcome(content, { structuredContent }).content.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a definition', () => {
  const define = (tool: object) =>
    mcpDefinition('sim', 'mcp__sim__x', listedTool.parse({ name: 'x', inputSchema: { type: 'object' }, ...tool }));

  it('is marked with the server, cut, and without what people cannot see', () => {
    const hidden = `Looks.\u{e0049}\u{e0067}\u200b\u001b[8m`;
    expect(define({ description: hidden })).toMatchObject({ description: '[MCP server sim] Looks.' });
    const long = define({ description: 'x'.repeat(5000) });
    expect('description' in long && long.description.length).toBe(1024);
    expect(define({})).toMatchObject({ description: '[MCP server sim] x' });
  });

  it('has a schema of type object without a choice at the top, and keeps an argument that is called description', () => {
    const properties = { description: { type: 'string', description: 'What\u200b it is.' } };
    expect(define({ inputSchema: { properties, anyOf: [{}], $defs: { a: { anyOf: [{}] } } } })).toMatchObject({
      input_schema: {
        type: 'object',
        properties: { description: { type: 'string', description: 'What it is.' } },
        $defs: { a: { anyOf: [{}] } },
      },
    });
  });

  it('is refused where the Messages API would refuse the whole request', () => {
    expect(define({ inputSchema: { properties: { 'a b': {} } } })).toHaveProperty('fault');
    expect(define({ inputSchema: { enum: ['x'.repeat(60_000)] } })).toHaveProperty('fault');
    let deep: unknown = {};
    for (let i = 0; i < 60; i++) deep = { not: deep };
    expect(listedTool.safeParse({ name: 'x', inputSchema: { properties: { a: deep } } }).success).toBe(false);
  });
});
