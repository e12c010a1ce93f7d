// Switching how sessions are shared edits our own lines and nothing else, there and back.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { attributesWithSharing, configWithSharing, ignoreWithSharing } from '../../src/store/sharing.ts';

const template = (name: string) => readFileSync(join(import.meta.dirname, '../../templates/workspace', name), 'utf8');
const config = (text: string, mode: 'ignore' | 'commit' | 'branch') => configWithSharing(text, mode, 'config.yaml');

describe('config.yaml', () => {
  it('gains the key behind everything that is there', () => {
    const text = template('config.yaml');
    const edited = config(text, 'branch');
    expect(edited.startsWith(text)).toBe(true);
    expect(edited).toMatch(/\nsessions: branch\n$/);
    expect(config('', 'commit')).toContain('sessions: commit\n');
    expect(config('# only a remark', 'commit')).toMatch(/^# only a remark\n\n#.*\nsessions: commit\n$/);
  });

  it('changes the value alone, with its remark, quotes, line ends and neighbours as they were', () => {
    expect(config('a: 1\nsessions: ignore   # for now\nb: 2\n', 'branch')).toBe(
      'a: 1\nsessions: branch   # for now\nb: 2\n',
    );
    expect(config('sessions: "ignore"\r\nb: 2\r\n', 'commit')).toBe('sessions: commit\r\nb: 2\r\n');
    expect(config('retention:\n  sessions: 30d\nsessions:\n', 'commit')).toBe(
      'retention:\n  sessions: 30d\nsessions: commit\n',
    );
    expect(config('sessions: branch\n', 'branch')).toBe('sessions: branch\n');
  });

  it('refuses a way of writing that has no line of its own', () => {
    expect(() => config('{version: 1, sessions: ignore}\n', 'branch')).toThrow(UserError);
    expect(() => config('{version: 1}\n', 'branch')).toThrow(UserError);
  });
});

describe('.gitignore and .gitattributes', () => {
  it('show transcripts to git and hide them again, byte for byte, whatever else people wrote there', () => {
    for (const text of [
      template('dot-gitignore'),
      'mine/\nsessions/\n# a remark\n*.bak\n',
      'sessions/\r\nstate/\r\n',
    ]) {
      const shown = ignoreWithSharing(text, 'commit');
      expect(shown.split(/\r?\n/)).not.toContain('sessions/');
      expect(shown).toContain('sessions/**/*.lock*');
      expect(ignoreWithSharing(shown, 'commit')).toBe(shown);
      expect(ignoreWithSharing(shown, 'branch')).toBe(text);
      expect(ignoreWithSharing(text, 'ignore')).toBe(text);
    }
    expect(ignoreWithSharing('state/\n', 'ignore')).toBe('state/\nsessions/\n');
  });

  it('keep git from touching the bytes of committed transcripts', () => {
    const text = template('dot-gitattributes');
    const edited = attributesWithSharing(text, 'commit');
    expect(edited.startsWith(text)).toBe(true);
    expect(edited).toMatch(/^sessions\/\*\* -text$/m);
    expect(attributesWithSharing(edited, 'commit')).toBe(edited);
    expect(attributesWithSharing(text, 'branch')).toBe(text);
  });
});
