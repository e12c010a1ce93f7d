import { describe, expect, it } from 'vitest';
import { observedIn } from '../../src/mining/observed.ts';

const text = (t: string) => [{ type: 'text' as const, text: t }];

describe('values that a result shows', () => {
  it('takes single values of JSON by their pointers, and enters no list', () => {
    const json = { slope: 9.5, ground: { kind: 'ice', 'a/b': true }, list: [{ x: 1 }], note: 'two words', none: null };
    const expected = { '/slope': 9.5, '/ground/kind': 'ice', '/ground/a~1b': true };
    expect(observedIn(text(JSON.stringify(json)))).toEqual(expected);
    expect(observedIn([{ type: 'json', value: json }])).toEqual(expected);
  });

  it('takes numbers and truth values from lines of the form name: value', () => {
    expect(
      observedIn(text('Scan done\ndepth: 4.5\n  pressure = -12e1\nready: true\nname: Ada\nsee: 3 things')),
    ).toEqual({
      '/depth': 4.5,
      '/pressure': -120,
      '/ready': true,
    });
  });

  it('has nothing of prose, of long output, of injected text, or of broken JSON', () => {
    expect(observedIn(text('It is done.'))).toBeUndefined();
    expect(observedIn(text(`depth: 4\n${'x'.repeat(30_000)}`))).toBeUndefined();
    expect(observedIn([{ type: 'text', text: 'depth: 4', injected: 'hook' }])).toBeUndefined();
    expect(observedIn(text('{"depth": 4'))).toBeUndefined();
  });

  it('keeps at most 40 values and does not go deeper than 4 levels', () => {
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]));
    expect(Object.keys(observedIn([{ type: 'json', value: wide }]) ?? {})).toHaveLength(40);
    expect(observedIn([{ type: 'json', value: { a: { b: { c: { d: { e: 1 } } } } } }])).toBeUndefined();
  });

  it('keeps a key that names a prototype as a plain key', () => {
    const found = observedIn(text('{"__proto__": 3}'));
    expect(Object.entries(found ?? {})).toEqual([['/__proto__', 3]]);
  });
});
