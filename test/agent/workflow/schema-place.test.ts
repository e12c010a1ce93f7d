// What a schema says about a place: certain absences are refused, whatever is possible is let through.
import { describe, expect, it } from 'vitest';
import { listFault, placeFault } from '../../../src/agent/workflow/schema-place.ts';

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

describe('a place in a schema', () => {
  it('is there where the schema names it, through lists, choices and what is added', () => {
    const schema = {
      allOf: [object({ a: { type: 'array', items: object({ b: true }) } }), { properties: { c: { const: 1 } } }],
    };
    for (const pointer of ['', '/a', '/a/0/b', '/a/0/b/anything', '/c'])
      expect(placeFault(schema, pointer)).toBeUndefined();
    const choice = { anyOf: [object({ a: {} }), object({ b: {} })] };
    expect(placeFault(choice, '/a')).toBeUndefined();
    expect(placeFault(choice, '/b')).toBeUndefined();
    expect(placeFault(choice, '/c')).toContain('no c there');
  });

  it('is possible where the schema leaves it open', () => {
    for (const schema of [true, {}, { type: 'object' }, object({ a: {} }, { additionalProperties: true })])
      expect(placeFault(schema, '/x/y')).toBeUndefined();
    expect(placeFault(object({}, { additionalProperties: { type: 'number' } }), '/x')).toBeUndefined();
    expect(placeFault(object({}, { additionalProperties: { type: 'number' } }), '/x/y')).toBe(
      '/x/y: number has no parts',
    );
  });

  it('is not there where the schema rules it out', () => {
    expect(placeFault(object({ name: {} }), '/nmae')).toBe(
      "/nmae: the step's schema has no nmae there; did you mean name?",
    );
    expect(placeFault({ type: 'object', additionalProperties: false }, '/a')).toContain('it has nothing');
    expect(placeFault({ type: 'array' }, '/a')).toBe('/a: a list has only numbered items');
    expect(placeFault({ enum: ['x', 3] }, '/a')).toBe('/a: string or number has no parts');
    expect(placeFault(object({ toString: {} }), '/constructor')).toContain('no constructor there');
  });

  it('can hold a list, or cannot', () => {
    expect(listFault({ type: ['array', 'null'] }, '')).toBeUndefined();
    expect(listFault({}, '/a')).toBeUndefined();
    expect(listFault({ anyOf: [{ type: 'string' }, { type: 'array' }] }, '')).toBeUndefined();
    expect(listFault({ const: { a: 1 } }, '')).toBe("by the step's schema that is object, and no list");
    expect(listFault(object({ a: { type: 'array' } }), '')).toContain('object, and no list');
  });
});
