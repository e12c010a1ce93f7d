// JSON from outside: parsed without an exception, and told by its kind.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, isType, parsedJson, typeName } from '../../src/base/json.ts';

describe('parsedJson', () => {
  it('gives every value back, null included, and undefined for a text that is none', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parsedJson(text)).toEqual(JSON.parse(text));
      }),
    );
    expect(parsedJson('null')).toBeNull();
    for (const text of ['', '{', '{"a":1} {"b":2}', 'undefined', "{'a':1}"])
      expect(parsedJson(text), text).toBeUndefined();
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parsedJson(text)).not.toThrow();
      }),
    );
    expect(typeof parsedJson('['.repeat(100_000))).toBe('undefined');
  });
});

describe('kinds', () => {
  it('are those of JSON schema, and a value is of one of them', () => {
    const values = [null, [], {}, 'x', 1.5, true];
    expect(values.map(typeName)).toEqual(['null', 'array', 'object', 'string', 'number', 'boolean']);
    expect(values.map(isObject)).toEqual([false, false, true, false, false, false]);
    for (const value of values) expect(isType(typeName(value), value)).toBe(true);
  });

  it('tell a whole number, which is a number too', () => {
    expect(isType('integer', 3) && isType('number', 3)).toBe(true);
    for (const value of [1.5, '3', Number.NaN, null]) expect(isType('integer', value)).toBe(false);
  });
});
