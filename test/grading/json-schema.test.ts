// JSON schemas of a rubric against values: what each keyword asks for, and that nothing hostile hangs or throws.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionOn, pointed } from '../../src/grading/condition.ts';
import { checkSchema } from '../../src/grading/json-schema.ts';
import { findPattern } from '../../src/grading/pattern.ts';

describe('a JSON schema', () => {
  it.each([
    [{ type: 'integer' }, 3, true],
    [{ type: 'integer' }, 3.5, false],
    [{ type: ['string', 'null'] }, null, true],
    [{ enum: [1, { a: 1 }] }, { a: 1 }, true],
    [{ const: 'x' }, 'y', false],
    [{ minimum: 2, maximum: 3 }, 3, true],
    [{ exclusiveMaximum: 3 }, 3, false],
    [{ multipleOf: 0.1 }, 0.3, true],
    [{ minLength: 2 }, '💥', false],
    [{ pattern: '^a+$' }, 'aaa', true],
    [{ pattern: '^a+$' }, 'aab', false],
    [{ items: { type: 'number' }, minItems: 1 }, [1, 2], true],
    [{ items: { type: 'number' } }, [1, 'x'], false],
    [{ uniqueItems: true }, [{ a: 1 }, { a: 1 }], false],
    [{ required: ['a'], properties: { a: { type: 'string' } } }, { a: 1 }, false],
    [{ required: ['toString'] }, {}, false],
    [{ properties: { a: {} }, additionalProperties: false }, { a: 1, b: 2 }, false],
    [{ additionalProperties: { type: 'number' } }, { a: 1, b: 2 }, true],
    [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, 3, false],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, true, false],
    [{ oneOf: [{ minimum: 1 }, { minimum: 2 }] }, 3, false],
    [{ not: { type: 'string' } }, 3, true],
    [false, 1, false],
    [true, 1, true],
  ])('%j of %j: %s', (schema, value, fits) => {
    const result = checkSchema(schema, value);
    expect('faults' in result && result.faults.length === 0).toBe(fits);
  });

  it('says where, and at most ten times', () => {
    const result = checkSchema({ items: { properties: { a: { type: 'number' } } } }, Array(30).fill({ a: 'x' }));
    expect(result).toMatchObject({ faults: { length: 10 } });
    expect('faults' in result && result.faults[0]).toBe('/0/a must be number, not string');
  });

  it('leaves open what it does not understand, however deep, and patterns that take for ever', () => {
    expect(checkSchema({ properties: { a: { anyOf: [{ $ref: '#' }] } } }, {})).toEqual({
      undecided: 'the keyword $ref is not understood here',
    });
    expect(checkSchema({ type: 'strnig' }, 'x')).toEqual({ undecided: 'there is no type strnig' });
    expect(checkSchema({ pattern: '(a+)+$' }, `${'a'.repeat(40)}b`)).toHaveProperty('undecided');
    let deep: unknown = 1;
    let schema: unknown = {};
    for (let i = 0; i < 5_000; i++) deep = [deep];
    for (let i = 0; i < 50; i++) schema = { items: schema };
    expect(checkSchema(schema, deep)).toEqual({ faults: [] });
    for (let i = 0; i < 5_000; i++) schema = { not: schema };
    expect(checkSchema(schema, deep)).toHaveProperty('undecided');
  });

  it('never throws, whatever schema and value are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (schema, value) => {
        const result = checkSchema(schema, value);
        expect('faults' in result || 'undecided' in result).toBe(true);
      }),
    );
  });
});

describe('conditions and patterns', () => {
  it('find by pointer exactly what JSON holds there', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        for (const [key, value] of Object.entries(object)) {
          const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
          expect(pointed(object, pointer)).toEqual({ value });
          expect(conditionOn(object, { at: pointer, op: '==', value }).holds).toBe(true);
        }
        expect(pointed(object, '/no/such/key/here')).toBe(undefined);
      }),
    );
    expect(pointed([1, 2], '/-')).toBe(undefined);
    expect(pointed([1, 2], '/01')).toBe(undefined);
    expect(pointed([1, 2], '/length')).toBe(undefined);
    expect(pointed({ '': 1 }, '/')).toEqual({ value: 1 });
  });

  it('find a text in itself, whatever it holds, and never throw on a pattern', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, pattern) => {
        expect(['match', 'none', 'unknown']).toContain(findPattern(pattern, text).kind);
        const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
        expect(findPattern(literal, `<${text}>`)).toEqual({ kind: 'match', text });
      }),
    );
  });

  it('hand a text to a pattern as text: neither can run as code', () => {
    expect(findPattern('`\\);', '`); globalThis.process.exit(3); (`').kind).toBe('match');
    expect(findPattern('constructor', 'constructor').kind).toBe('match');
  });
});
