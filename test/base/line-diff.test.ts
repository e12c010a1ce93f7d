// What two texts do not share, line by line: applying the signs gives back both texts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/base/line-diff.ts';

const side = (before: string, after: string, sign: '+' | '-') =>
  diffLines(before, after)
    .filter((l) => l.sign === ' ' || l.sign === sign)
    .map((l) => l.text);

describe('diffLines', () => {
  it('keeps what is common and signs the rest', () => {
    expect(diffLines('a\nb\nc\n', 'a\nx\nc\nd\n').map((l) => l.sign + l.text)).toEqual([' a', '-b', '+x', ' c', '+d']);
    expect(diffLines('', 'a\n').map((l) => l.sign + l.text)).toEqual(['+a']);
    expect(diffLines('a\r\n', 'a\n')).toEqual([{ sign: ' ', text: 'a' }]);
  });

  it('holds both texts whole, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const join = (lines: string[]) => lines.map((l) => `${l}\n`).join('');
        expect(side(join(a), join(b), '-')).toEqual(a);
        expect(side(join(a), join(b), '+')).toEqual(b);
      }),
    );
  });
});
