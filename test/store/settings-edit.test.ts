// A permission rule goes into config.yaml and everything else stays as it was, byte for byte.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { readSettings } from '../../src/store/settings.ts';
import { addPermissionRule, configWithRule } from '../../src/store/settings-edit.ts';
import { parseYaml } from '../../src/store/yaml.ts';

const rule = { allow: 'bash(npm test *)' };
const LINE = '- allow: "bash(npm test *)"';
const edited = (text: string, before?: { ask: string }) => configWithRule(text, { rule, before }, 'config.yaml');

describe('the text', () => {
  it('gains a list behind everything else', () => {
    const template = readFileSync(join(import.meta.dirname, '../../templates/workspace/config.yaml'), 'utf8');
    expect(edited(template)).toBe(`${template}\npermissions:\n  ${LINE}\n`);
    expect(edited('')).toBe(`\npermissions:\n  ${LINE}\n`);
    expect(edited('version: 1')).toBe(`version: 1\n\npermissions:\n  ${LINE}\n`);
  });

  it('gains a line at the end of the list that is there, indented like its neighbours', () => {
    expect(edited('permissions:   # mine\n    - ask: bash(*)  # hm\n\n# next\nsessions: ignore\n')).toBe(
      `permissions:   # mine\n    - ask: bash(*)  # hm\n    ${LINE}\n\n# next\nsessions: ignore\n`,
    );
    expect(edited('permissions:\n- ask: bash(*)\nsessions: ignore\n')).toBe(
      `permissions:\n- ask: bash(*)\n${LINE}\nsessions: ignore\n`,
    );
    expect(edited('permissions:\n  - ask: >-\n      bash(*)\nversion: 1')).toBe(
      `permissions:\n  - ask: >-\n      bash(*)\n  ${LINE}\nversion: 1`,
    );
    expect(edited('permissions:\n  - ask: bash(*)')).toBe(`permissions:\n  - ask: bash(*)\n  ${LINE}`);
  });

  it('gains it right before the rule that stands in its way', () => {
    expect(edited('permissions:\n  - deny: bash(rm *)\n  # all else\n  - ask: bash(*)\n', { ask: 'bash(*)' })).toBe(
      `permissions:\n  - deny: bash(rm *)\n  # all else\n  ${LINE}\n  - ask: bash(*)\n`,
    );
  });

  it('fills an empty list', () => {
    expect(edited('permissions: []  # none\nversion: 1\n')).toBe(`permissions:  # none\n  ${LINE}\nversion: 1\n`);
    expect(edited('permissions:\nversion: 1\n')).toMatch(/^permissions:\n {2}- allow/);
  });

  it('keeps the line breaks of Windows', () => {
    expect(edited('permissions:\r\n  - ask: bash(*)\r\nversion: 1\r\n')).toBe(
      `permissions:\r\n  - ask: bash(*)\r\n  ${LINE}\r\nversion: 1\r\n`,
    );
    expect(edited('version: 1\r\npermissions: []')).toBe(`version: 1\r\npermissions:\r\n  ${LINE}`);
  });

  it('stays as it is where the rule is there already', () => {
    const text = `permissions:\n  ${LINE}\n`;
    expect(edited(text)).toBe(text);
  });

  it('is refused where no line can be added, and where it would not be valid', () => {
    for (const text of [
      'permissions: [{ask: bash}]\n',
      '{version: 1}\n',
      '"permissions": []\n',
      'permissions:\n  - &a {ask: bash}\n  - *a\nx: 1\n',
    ])
      expect(() => edited(text), text).toThrow(UserError);
    expect(() => configWithRule('', { rule: { allow: 'no rule!' } }, 'config.yaml')).toThrow(UserError);
  });

  it('says the same of everything else, whatever stands in the pattern', () => {
    const text = '# mine\nversion: 1\npermissions:\n  - deny: "bash(rm *)" # never\nsessions: commit\n';
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (inside) => {
        const added = { allow: `bash(${inside})` };
        const after = configWithRule(text, { rule: added }, 'config.yaml');
        expect(parseYaml(after, 'config.yaml')).toEqual({
          version: 1,
          permissions: [{ deny: 'bash(rm *)' }, added],
          sessions: 'commit',
        });
        expect(after.startsWith('# mine\nversion: 1\npermissions:\n  - deny: "bash(rm *)" # never\n')).toBe(true);
        expect(after.endsWith('\nsessions: commit\n')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the file', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'agentmem-edit-'));
    mkdirSync(join(dir, '.agentmem'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const plain = (text: string) => text;

  it('is made where there is none, and read back', () => {
    const layout = layoutOf(join(dir, '.agentmem'));
    addPermissionRule(layout, { rule }, plain);
    addPermissionRule(layout, { rule: { deny: 'bash(rm *)' } }, plain);
    expect(readSettings(layout.config).permissions).toEqual([rule, { deny: 'bash(rm *)' }]);
  });

  it('stays a link where it is one', () => {
    const layout = layoutOf(join(dir, '.agentmem'));
    writeFileSync(join(dir, 'shared.yaml'), 'version: 1\n');
    symlinkSync(join(dir, 'shared.yaml'), layout.config);
    addPermissionRule(layout, { rule }, plain);
    expect(readFileSync(join(dir, 'shared.yaml'), 'utf8')).toContain(LINE);
  });

  it('never gets a secret', () => {
    const layout = layoutOf(join(dir, '.agentmem'));
    writeFileSync(layout.config, 'version: 1\n');
    const redact = (text: string) => text.replace('hunter2', '[redacted:x]');
    expect(() => addPermissionRule(layout, { rule: { allow: 'bash(login hunter2)' } }, redact)).toThrow(UserError);
    expect(readFileSync(layout.config, 'utf8')).toBe('version: 1\n');
  });
});
