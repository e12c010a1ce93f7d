// Paths and branch names from outside: which are refused, held against git's own opinion.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { assertObjectId, assertSafeBranch, assertSafePath, foldPath, parentPaths } from '../../src/git/paths.ts';

const accepts = (check: (text: string) => void, text: string) => {
  try {
    check(text);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
};

describe('assertSafePath', () => {
  it.each([
    'a',
    'a/b.md',
    '.agentmem/playbooks/Bäume 1.md',
    '.gitignore',
    'x/.gitattributes',
    '-dash',
    '"q"',
    'git~x',
    ':(top)x',
    'a.git',
  ])('accepts %j', (path) => expect(accepts(assertSafePath, path)).toBe(true));

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    'a/../b',
    './a',
    'a/.',
    '.git',
    '.git/config',
    '.GIT/x',
    'a/.Git/hooks/x',
    '.git.',
    '.git ',
    '.git. .',
    'GIT~1/x',
    'git~2',
    '.git::$INDEX_ALLOCATION',
    '.git:x',
    '.g\u200cit/config',
    '\u200e.git',
    '.gi\ufefft',
    '.ｇｉｔ',
    '.g\u00adit',
    'a\\b',
    '..\\x',
    'a\nb',
    'a\0b',
    'a\tb',
    'a\u001b[31m',
    'a\u0085b',
    'a\ud800',
    'a\u202egpj.md',
    'x'.repeat(241),
    `${'y/'.repeat(600)}z`,
    'é'.repeat(121),
  ])('refuses %j', (path) => expect(accepts(assertSafePath, path)).toBe(false));

  it('refuses whatever would leave the folder or reach a git directory, however it is put together', () => {
    const bad = fc.constantFrom(
      '.git',
      '.GIT',
      '.giT',
      '..',
      '.',
      '',
      'git~1',
      '.git ',
      '.git.',
      '.g\u200dit',
      'a\0',
      'a\n',
    );
    const good = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(
      fc.property(fc.array(good, { maxLength: 4 }), bad, fc.array(good, { maxLength: 4 }), (before, evil, after) => {
        expect(accepts(assertSafePath, [...before, evil, ...after].join('/'))).toBe(false);
      }),
    );
  });

  it('accepts only text that is relative, printable and free of special names', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('.', '/', 'g', 'I', 't', '~', '1', ' ', ':', '\\', '\0', '\n', '\u200c', 'é', '"'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(hostile, (path) => {
        if (!accepts(assertSafePath, path)) return;
        const parts = path.split('/');
        expect(parts.every((p) => p !== '' && p !== '.' && p !== '..' && !/^\.git[ .]*(:|$)/i.test(p))).toBe(true);
        expect(path).not.toMatch(/[\\\p{Cc}\u200c]/u);
      }),
      { numRuns: 2000 },
    );
  });

  it('shows a hostile path without its control characters', () => {
    try {
      assertSafePath('a\u001b[2Jb');
      expect.unreachable();
    } catch (error) {
      expect(error instanceof UserError && error.problem.where).toBe('"a\\u001b[2Jb"');
    }
  });
});

describe('assertSafeBranch', () => {
  it.each(['main', 'dream/d20261120-8c1f', 'a.b/c', 'ä', 'x@y'])('accepts %j', (name) =>
    expect(accepts(assertSafeBranch, name)).toBe(true),
  );

  it.each([
    '',
    'HEAD',
    '@',
    '-x',
    'a b',
    'a..b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a.',
    'a.lock',
    'a.lock/b',
    'a@{1}',
    'a\nb',
    'a\u007f',
    'x'.repeat(250),
  ])('refuses %j', (name) => expect(accepts(assertSafeBranch, name)).toBe(false));

  it('accepts nothing that git would refuse', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', '/', '.', '-', '@', '{', '~', ' ', 'é', '.lock'),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(name, (text) => {
        if (!accepts(assertSafeBranch, text)) return;
        expect(() => execFileSync('git', ['check-ref-format', '--branch', text], { stdio: 'pipe' })).not.toThrow();
      }),
      { numRuns: 150 },
    );
  });
});

describe('the small ones', () => {
  it('lists the directories above a path, outermost first', () => {
    expect(parentPaths('a/b/c')).toEqual(['a', 'a/b']);
    expect(parentPaths('a')).toEqual([]);
  });

  it('folds what a forgiving file system takes for one name', () => {
    expect(foldPath('Playbooks/e\u0301.md')).toBe(foldPath('playbooks/\u00e9.md'));
    expect(foldPath('a')).not.toBe(foldPath('b'));
  });

  it('takes only full object ids', () => {
    expect(() => assertObjectId('a'.repeat(40))).not.toThrow();
    expect(() => assertObjectId('a'.repeat(64))).not.toThrow();
    for (const bad of ['', 'main', 'a'.repeat(39), `${'a'.repeat(40)}\n`, 'A'.repeat(40)])
      expect(() => assertObjectId(bad)).toThrow();
  });
});
