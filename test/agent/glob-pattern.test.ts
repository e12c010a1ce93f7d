// Patterns for paths: what they match, what they refuse, and that no pattern is slow.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globPattern } from '../../src/agent/glob-pattern.ts';

function matches(pattern: string, path: string): boolean {
  const compiled = globPattern(pattern);
  if ('fault' in compiled) throw new Error(compiled.fault);
  return compiled.matches(path);
}

describe('globPattern', () => {
  it.each([
    ['*.ts', 'a.ts', true],
    ['*.ts', 'src/a.ts', false],
    ['*.ts', '.hidden.ts', true],
    ['**/*.ts', 'a.ts', true],
    ['**/*.ts', 'src/deep/a.ts', true],
    ['src/**', 'src/a', true],
    ['src/**', 'src/a/b', true],
    ['src/**', 'other/a', false],
    ['src/**/x/*.md', 'src/x/a.md', true],
    ['src/**/x/*.md', 'src/a/b/x/a.md', true],
    ['src/**/x/*.md', 'src/a/b/y/a.md', false],
    ['**/a/**/b', 'a/c/a/b', true],
    ['./src/*.ts', 'src/a.ts', true],
    ['a**b', 'axxb', true],
    ['a**b', 'ax/xb', false],
    ['?.md', 'a.md', true],
    ['?.md', 'ab.md', false],
    ['?.md', '😀.md', true],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[!a-c]x', 'dx', true],
    ['[]]x', ']x', true],
    ['[x', '[x', true],
    ['*.{ts,js}', 'a.js', true],
    ['*.{ts,js}', 'a.md', false],
    ['{a,b/{c,d}}/*', 'b/d/x', true],
    ['{a}', '{a}', true],
    ['{a', '{a', true],
    ['\\*.md', '*.md', true],
    ['\\*.md', 'a.md', false],
    ['a.b', 'axb', false],
    ['(a+)+', '(a+)+', true],
    ['file{1..3}.txt', 'file{1..3}.txt', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it.each(['', '/etc/*', '../x', 'a/../../x', '{..,a}/x', 'x/{.,..}/y', '~/x', '{/etc,a}/*', 'x'.repeat(1001)])(
    'refuses %j',
    (pattern) => {
      expect(globPattern(pattern)).toHaveProperty('fault');
    },
  );

  it('refuses braces with too many alternatives, and finds that out at once', () => {
    expect(globPattern('{a,b}'.repeat(100))).toHaveProperty('fault', expect.stringContaining('alternatives'));
    expect(globPattern(`${'{'.repeat(300)}${'a,b'.repeat(100)}${'}'.repeat(300)}`)).toHaveProperty('names');
    expect(globPattern('{,}'.repeat(300))).toHaveProperty('fault');
  });

  it('ends at once where a regular expression would backtrack for years', () => {
    const name = 'a'.repeat(250);
    expect(matches(`${'*a'.repeat(100)}b`, name)).toBe(false);
    expect(matches(`${'**/a*/'.repeat(60)}b`, `${'aa/'.repeat(200)}c`)).toBe(false);
  });

  it('agrees with a plain definition of wildcards', () => {
    const plain = (pattern: string, name: string): boolean => {
      if (pattern === '') return name === '';
      const rest = pattern.slice(1);
      if (pattern[0] === '*') return plain(rest, name) || (name !== '' && plain(pattern, name.slice(1)));
      return name !== '' && (pattern[0] === '?' || pattern[0] === name[0]) && plain(rest, name.slice(1));
    };
    const unit = (...chars: string[]) => fc.string({ unit: fc.constantFrom(...chars), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        unit('a', 'b', '*', '?').filter((p) => p !== '**'),
        unit('a', 'b'),
        (pattern, name) => {
          expect(matches(pattern, name)).toBe(plain(pattern, name));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
