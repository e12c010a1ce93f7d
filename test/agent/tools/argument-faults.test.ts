// What is found wrong with arguments by a schema that somebody else wrote.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentFaults } from '../../../src/agent/tools/argument-faults.ts';

const schema = {
  type: 'object',
  required: ['site', 'depth'],
  additionalProperties: false,
  properties: {
    site: { type: 'string', pattern: '^(a+)+$' },
    depth: { type: 'integer' },
    mode: { enum: ['fast', 'slow'] },
    tags: { type: 'array', items: { type: 'string' } },
    more: { type: ['object', 'null'], required: ['x'], properties: { x: { type: 'number' } } },
  },
};

describe('arguments', () => {
  it('that fit have no faults, and no pattern is run on them', () => {
    const site = `${'a'.repeat(50_000)}!`;
    expect(argumentFaults(schema, { site, depth: 3, mode: 'slow', tags: ['x'], more: { x: 1.5 } })).toEqual([]);
    expect(argumentFaults(schema, { site, depth: 3, more: null })).toEqual([]);
    expect(argumentFaults({}, { anything: [1] })).toEqual([]);
  });

  it('that do not are named, each with its place and what was expected', () => {
    const input = { depth: 1.5, mode: 'medium', tags: ['x', 3], more: {}, extra: 1 };
    expect(argumentFaults(schema, input)).toEqual([
      'site is missing',
      'depth must be an integer, not a number',
      'mode must be one of ["fast","slow"]',
      'tags[1] must be a string, not a number',
      'more.x is missing',
      'extra is unknown; known: site, depth, mode, tags, more',
    ]);
    expect(argumentFaults(schema, [])).toEqual(['the input must be an object, not an array']);
    expect(argumentFaults({ properties: { x: { const: 'y' }, z: false } }, { x: 1, z: 1 })).toEqual([
      ...['x must be "y"', 'z must not be there'],
    ]);
  });

  it('take nothing from a prototype', () => {
    expect(argumentFaults({ required: ['toString'] }, {})).toEqual(['toString is missing']);
    expect(argumentFaults({ additionalProperties: false }, { constructor: 1 })).toHaveLength(1);
  });

  it('and schemas of any shape throw nothing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything({ withBigInt: false }), (any, value) => {
        expect(argumentFaults(any, value).length).toBeLessThanOrEqual(10);
      }),
    );
    fc.assert(
      fc.property(fc.json(), fc.json(), (a, b) => {
        expect(Array.isArray(argumentFaults(JSON.parse(a), JSON.parse(b)))).toBe(true);
      }),
    );
  });
});
