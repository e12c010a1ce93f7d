// Differences of arguments, how they are printed, and what counts as putting back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  argumentName,
  difference,
  flat,
  isInverse,
  likeness,
  pointerOf,
  printChange,
  textsOf,
  topKey,
  valueAt,
} from '../../src/mining/arguments.ts';

describe('difference', () => {
  it('names what changed, came or went, objects key by key and lists as wholes', () => {
    const before = { a: 1, gone: true, nested: { x: 1, y: 2 }, list: [{ n: 1 }, { n: 2 }] };
    const after = { a: 1, nested: { x: 1, y: 3 }, list: [{ n: 1 }, { n: 3 }], came: null };
    expect(difference(before, after)).toEqual(['/came', '/gone', '/list', '/nested/y']);
  });

  it('is the whole input where inputs are no objects or of different kinds', () => {
    expect(difference('ls', 'ls -l')).toEqual(['']);
    expect(difference({ a: 1 }, 'ls')).toEqual(['']);
    expect(difference({ a: { b: 1 } }, { a: [1] })).toEqual(['/a']);
  });

  it('sees no order of keys, and keys with slashes and names of prototypes as they are', () => {
    expect(difference({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
    expect(difference(JSON.parse('{"__proto__":1,"a/b~c":1}'), JSON.parse('{"__proto__":2,"a/b~c":2}'))).toEqual([
      '/__proto__',
      '/a~1b~0c',
    ]);
    expect(difference({}, { constructor: 1 })).toEqual(['/constructor']);
  });

  it('is empty only for equal values, the same both ways, and every pointer leads to a value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (a, b) => {
        const found = difference(a, b);
        expect(difference(b, a)).toEqual(found);
        expect(difference(a, a)).toEqual([]);
        for (const pointer of found)
          expect(valueAt(a, pointer) !== undefined || valueAt(b, pointer) !== undefined).toBe(true);
      }),
    );
  });
});

it('pointers lead back to their keys', () => {
  fc.assert(
    fc.property(fc.string(), (key) => {
      expect(topKey(pointerOf(key))).toBe(key);
      expect(valueAt(Object.fromEntries([[key, 7]]), pointerOf(key))).toBe(7);
    }),
  );
  expect(valueAt({}, '/toString')).toBeUndefined();
});

it('names of arguments are fit for a sentence whatever the key', () => {
  expect(argumentName('/payment/method')).toBe('payment/method');
  expect(argumentName('')).toBe('the input');
  expect(argumentName('/a\n`b`\u001b[31m')).toBe("a 'b'");
  expect(argumentName(`/${'k'.repeat(500)}`)).toHaveLength(60);
});

describe('printChange', () => {
  it('prints short values whole, on one line', () => {
    expect(printChange('a\nb', 3)).toEqual({ from: 'a b', to: '3' });
    expect(printChange(undefined, '')).toEqual({ from: '(absent)', to: '(empty)' });
    expect(printChange([{ n: 1 }], { b: 1, a: 2 })).toEqual({ from: '[{"n":1}]', to: '{"a":2,"b":1}' });
  });

  it('shows the stretch of long values that differs', () => {
    const { from, to } = printChange(`${'same '.repeat(50)}OLD`, `${'same '.repeat(50)}NEW and more`);
    expect(from).toMatch(/^….*OLD$/);
    expect(to).toMatch(/^….*NEW and more$/);
  });

  it('never prints more than 80 characters a side, nor escapes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (a, b) => {
        const { from, to } = printChange(a, b);
        expect(Math.max(from.length, to.length)).toBeLessThanOrEqual(81);
        expect(from + to).not.toMatch(/[\n\u001b]/);
      }),
    );
  });
});

describe('isInverse', () => {
  const edit = (a: string, b: string, file = 'x.md') => ({ file, a, b });

  it('is true where two texts changed places in the same file', () => {
    expect(isInverse(edit('1', '2'), edit('2', '1'))).toBe(true);
  });

  it('is false in another file, for another text, or where nothing changed', () => {
    expect(isInverse(edit('1', '2'), edit('2', '1', 'y.md'))).toBe(false);
    expect(isInverse(edit('1', '2'), edit('2', '3'))).toBe(false);
    expect(isInverse(edit('1', '1'), edit('1', '1'))).toBe(false);
  });

  it('takes names that changed places for a new question, passages for an edit', () => {
    expect(isInverse(edit('AAA', 'BBB', '2026-05-01'), edit('BBB', 'AAA', '2026-05-01'))).toBe(false);
    const [a, b] = ['a passage of several words here', 'another passage of several words'];
    expect(isInverse({ a, b }, { a: b, b: a })).toBe(true);
  });
});

it('texts of an input are found at every depth, in order', () => {
  expect(textsOf({ a: 'x', b: [{ c: 'y' }, 3, 'z'], d: null })).toEqual(['x', 'y', 'z']);
});

it('likeness is the share of common words', () => {
  expect(likeness('run the tests', 'run the linter')).toBe(0.5);
  expect(likeness('', '')).toBe(0);
});

describe('flat', () => {
  it('is the text in small letters, with one blank for each run of white space, however it is written', () => {
    const piece = fc.constantFrom(' ', '  ', '\n', '\t', '\u00a0', '\u2028', 'A', 'b', 'É', '1');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        expect(flat(text)).toBe(text.toLowerCase().replace(/\s+/g, ' ').trim());
      }),
    );
  });
});
