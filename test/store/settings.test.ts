// Tests of config.yaml: defaults, origins, and one message that names every problem with its line.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { settingsSchema } from '../../src/domain/settings.ts';
import { readSettings, settingsWithOrigin } from '../../src/store/settings.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-settings-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function written(text: string): string {
  const path = join(dir, 'config.yaml');
  writeFileSync(path, text);
  return path;
}

function problemOf(text: string) {
  try {
    readSettings(written(text));
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readSettings', () => {
  it('gives defaults for a missing, empty or commented file', () => {
    const defaults = settingsSchema.parse({});
    expect(readSettings(join(dir, 'missing.yaml'))).toEqual(defaults);
    expect(readSettings(written(''))).toEqual(defaults);
    expect(readSettings(written('# nothing\n'))).toEqual(defaults);
  });

  it('fills in around what is set', () => {
    const settings = readSettings(written('dream:\n  max_changes: 3\n'));
    expect(settings.dream).toMatchObject({ max_changes: 3, min_sessions: 3 });
  });

  it('names the line and the nearest key of an unknown one', () => {
    const problem = problemOf('version: 1\ndream:\n  max_chnges: 3\n');
    expect(problem.what).toContain('unknown key dream.max_chnges');
    expect(problem.hint).toBe('did you mean max_changes?');
    expect(problem.where).toBe(`${join(dir, 'config.yaml')}:3`);
  });

  it('lists the known keys where none is near', () => {
    expect(problemOf('zzzzzzzzzz: 1\n').hint).toContain('memory, dream');
  });

  it('lists every problem at once, in the order of the lines', () => {
    const { what } = problemOf('dreem: {}\ndream:\n  max_changes: many\n  every: soon\nplaybooks:\n  max_entires: 4\n');
    const lines = what
      .split('\n')
      .slice(1)
      .map((line) => /line (\d+)/.exec(line)?.[1]);
    expect(what).toContain('4 problems');
    expect(lines).toEqual(['1', '3', '4', '6']);
    expect(what).toContain('did you mean dream?');
    expect(what).toContain('did you mean max_entries?');
  });

  it('finds unknown keys inside lists', () => {
    const problem = problemOf('redaction:\n  rules:\n    - { name: a, pattern: b, literal: ccc, patern: d }\n');
    expect(problem.what).toContain('redaction.rules.0.patern');
    expect(problem.hint).toBe('did you mean pattern?');
  });

  it('refuses a file that is not a mapping, and broken YAML, as expected failures', () => {
    expect(problemOf('- a\n').what).toContain('not valid');
    expect(problemOf('a: [\n').where).toContain('config.yaml:');
    expect(() => readSettings(dir)).toThrow(UserError);
  });
});

describe('settingsWithOrigin', () => {
  it('says for every key whether the file or the default holds', () => {
    const rows = settingsWithOrigin(written('dream:\n  max_changes: 3\n'));
    const byKey = new Map(rows.map((row) => [row.key, row]));
    expect(byKey.get('dream.max_changes')).toEqual({ key: 'dream.max_changes', value: 3, origin: 'config.yaml' });
    expect(byKey.get('dream.min_sessions')?.origin).toBe('default');
    expect(byKey.get('memory.branch')).toEqual({ key: 'memory.branch', value: 'main', origin: 'default' });
    expect(byKey.get('redaction.rules')).toEqual({ key: 'redaction.rules', value: [], origin: 'default' });
  });
});
