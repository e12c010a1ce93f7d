// Definitions that models see, made of the schemas that check what they send.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { argumentsOf, define, textSubject } from '../../../src/agent/tools/arguments.ts';
import { textOf } from '../workspace.ts';

const schema = z.strictObject({ path: z.string(), n: z.int().min(1).optional(), any: z.int().optional() });

describe('define', () => {
  it('gives one object without what only JavaScript needs', () => {
    expect(define('x', 'what it does', schema)).toEqual({
      name: 'x',
      description: 'what it does',
      input_schema: {
        type: 'object',
        properties: { path: { type: 'string' }, n: { type: 'integer', minimum: 1 }, any: { type: 'integer' } },
        required: ['path'],
        additionalProperties: false,
      },
    });
  });
});

describe('argumentsOf', () => {
  it('names every field that does not fit, and lets the others pass', () => {
    expect(argumentsOf(schema, { path: 'a', n: 2 })).toEqual({ value: { path: 'a', n: 2 } });
    const checked = argumentsOf(schema, { path: 1, n: 0, other: true });
    if (!('fault' in checked)) throw new Error('it fits');
    expect(checked.fault.isError).toBe(true);
    const text = textOf(checked.fault);
    for (const name of ['path', 'n', 'other']) expect(text).toContain(name);
  });

  it('never throws, whatever comes', () => {
    for (const input of [undefined, null, 'x', 7, [], { __proto__: null }])
      expect(argumentsOf(schema, input)).toHaveProperty('fault');
  });
});

describe('textSubject', () => {
  it('is the one argument that permissions judge, and nothing where it is no text', () => {
    expect(textSubject('thread')({ thread: 'a', other: 'b' })).toEqual({ kind: 'text', value: 'a' });
    expect(textSubject('command', 'command')({ command: 'ls' })).toEqual({ kind: 'command', value: 'ls' });
    for (const thread of [undefined, null, 7, ['a'], {}]) expect(textSubject('thread')({ thread })).toBeUndefined();
  });
});
