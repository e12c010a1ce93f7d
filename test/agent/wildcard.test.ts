// Patterns over text and paths, against slow and obvious ways of saying the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fits, pathPattern, textPattern, type Wildcard } from '../../src/agent/wildcard.ts';

const exact = (pattern: Wildcard, text: string) => fits(pattern, [{ text, as: 'exact' }]);

/** The same by trying everything. */
function slowly(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] !== '*') return text[0] === pattern[0] && text !== '' && slowly(pattern.slice(1), text.slice(1));
  return slowly(pattern.slice(1), text) || (text !== '' && slowly(pattern, text.slice(1)));
}

/** The same by segments. */
function bySegments(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === '**') return bySegments(rest, path) || (path.length > 0 && bySegments(pattern, path.slice(1)));
  const [segment, ...below] = path;
  return segment !== undefined && slowly(first, segment) && bySegments(rest, below);
}

const letters = (...each: string[]) => fc.array(fc.constantFrom(...each), { maxLength: 8 }).map((all) => all.join(''));

describe('text', () => {
  it('fits as trying everything does', () => {
    fc.assert(
      fc.property(letters('a', 'b', '*'), letters('a', 'b', '\n'), (pattern, text) => {
        expect(exact(textPattern(pattern), text)).toBe(slowly(pattern, text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('may lack a blank and a star at the end, both together', () => {
    for (const text of ['git', 'git ', 'git a b']) expect(exact(textPattern('git *'), text)).toBe(true);
    for (const text of ['gi', 'gitk', 'agit']) expect(exact(textPattern('git *'), text)).toBe(false);
    expect(exact(textPattern('git:*'), 'git a')).toBe(true);
    expect(exact(textPattern('git:*'), 'git:a')).toBe(false);
    expect(exact(textPattern('a * b'), 'a b')).toBe(false);
  });

  it('is covered by a star where only a star may stand for it', () => {
    const covered = (pattern: string) =>
      fits(textPattern(pattern), [
        { text: 'a ', as: 'exact' },
        { text: 'b', as: 'covered' },
      ]);
    expect(covered('a *')).toBe(true);
    expect(covered('a b')).toBe(false);
    expect(covered('a b*')).toBe(false);
  });

  it('that may be anything fits whatever a pattern goes on with', () => {
    const open = (pattern: string) =>
      fits(textPattern(pattern), [
        { text: 'a ', as: 'exact' },
        { text: '$x', as: 'anything' },
        { text: '!', as: 'exact' },
      ]);
    for (const pattern of ['a b!', 'a *', 'a !', 'a b c!', '*!']) expect(open(pattern), pattern).toBe(true);
    for (const pattern of ['b *', 'a b', 'a']) expect(open(pattern), pattern).toBe(false);
  });
});

describe('paths', () => {
  it('fit as comparing segment by segment does', () => {
    const segment = fc.constantFrom('**', '*', 'a', 'b*', 'ab');
    const name = fc.constantFrom('a', 'ab', 'b', 'abc');
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 5 }),
        fc.array(name, { minLength: 1, maxLength: 5 }),
        (pattern, path) => {
          expect(exact(pathPattern(pattern.join('/')), path.join('/'))).toBe(bySegments(pattern, path));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('keep a star within its segment, and let two cross it wherever they stand', () => {
    expect(exact(pathPattern('*.ts'), 'a/b.ts')).toBe(false);
    expect(exact(pathPattern('**.ts'), 'a/b.ts')).toBe(true);
    expect(exact(pathPattern('src/**'), 'src')).toBe(true);
  });
});
