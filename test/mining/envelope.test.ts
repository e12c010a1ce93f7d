// Envelopes: the message comes out of what it was sent in, and nothing is taken out of a message that is not wrapped.
import { describe, expect, it } from 'vitest';
import { openEnvelope } from '../../src/mining/envelope.ts';

describe('openEnvelope', () => {
  it.each([
    ['<outer><in_ner>late</in_ner></outer>', { text: 'late' }],
    ['{"output":"late\\n","metadata":{"exit_code":3}}', { text: 'late', exitCode: 3 }],
    ['{"errors":[{"detail":"late"}]}', { text: 'late' }],
    ['{"detail":"late \\"and', { text: 'late "and' }],
    ['Ended: 12:00\nProcess exited with code 9\nOutput:\na\nb', { text: 'a\nb', exitCode: 9 }],
  ])('opens %j', (text, expected) => {
    expect(openEnvelope(text)).toEqual(expected);
  });

  it.each([
    'late',
    '<b>late</b> again',
    'use <name> here',
    'const a = {"b": 1}',
    '{"count": 3}',
    'the plan {"message":"x"} is not an error of ours',
    'Output:\nis the first line',
    '<num> engines fell off',
  ])('leaves %j as it is', (text) => {
    expect(openEnvelope(text)).toEqual({ text });
  });

  it('opens five layers and no more', () => {
    expect(openEnvelope(`${'<a>'.repeat(7)}x${'</a>'.repeat(7)}`).text).toBe('<a><a>x</a></a>');
  });
});
