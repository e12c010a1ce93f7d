// The fast-import stream as text: pure, the same for the same plan, safe against hostile words.
import { describe, expect, it } from 'vitest';
import { fastImportStream, tidyMessage } from '../../src/git/fast-import.ts';
import { signature } from '../../src/git/signature.ts';

const author = { name: 'agentmem', email: 'agentmem@localhost' };
const plan = (files: [string, string | Buffer | null][], message = 'One') => ({
  parent: 'a'.repeat(40),
  executable: new Set(['run.sh']),
  commits: [{ message, author, atMs: 1_700_000_000_999, files: new Map(files) }],
});

describe('fastImportStream', () => {
  it('writes one commit with sorted files, exact lengths and a scratch ref that ends empty', () => {
    const text = fastImportStream(
      plan([
        ['run.sh', 'x'],
        ['b "q"', 'é'],
        ['a', null],
      ]),
    ).toString();
    expect(text).toBe(
      [
        'feature done',
        'commit refs/agentmem/scratch',
        'mark :1',
        'author agentmem <agentmem@localhost> 1700000000 +0000',
        'committer agentmem <agentmem@localhost> 1700000000 +0000',
        'data 4',
        'One\n',
        `from ${'a'.repeat(40)}`,
        'D "a"',
        'M 100644 inline "b \\"q\\""',
        'data 2',
        'é',
        'M 100755 inline "run.sh"',
        'data 1',
        'x',
        '',
        'reset refs/agentmem/scratch',
        '',
        'get-mark :1',
        'done',
        '',
      ].join('\n'),
    );
  });

  it('does not depend on the order of the files', () => {
    const one = fastImportStream(
      plan([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
    expect(
      fastImportStream(
        plan([
          ['b', '2'],
          ['a', '1'],
        ]),
      ),
    ).toEqual(one);
  });

  it('keeps words of a message or a file from being taken for commands', () => {
    const text = fastImportStream(
      plan([['a', 'reset refs/heads/main\nfrom 0\n']], 'x\ndata 0\n\nreset refs/heads/main\n'),
    ).toString();
    expect(text).toContain('data 32\nx\ndata 0\n\nreset refs/heads/main\n\n');
    expect(text).toContain('data 29\nreset refs/heads/main\nfrom 0\n\n');
  });
});

describe('signature', () => {
  it('leaves out what would end the line or the address early', () => {
    expect(signature({ name: 'A <x>\nB', email: 'a@b>\n\0c' }, 0)).toBe('A xB <a@bc> 0 +0000');
  });

  it('refuses times that git can not store', () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => signature(author, bad)).toThrow('not a time');
  });
});

it('ends a message in one line break and drops NUL', () => {
  expect(tidyMessage('a\0b\n\n\n')).toBe('ab\n');
  expect(tidyMessage('')).toBe('\n');
});
