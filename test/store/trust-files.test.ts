// Trust in what agents' files and rubrics bring: commands of checks, rules that allow, and what is no reason to ask again.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/hash.ts';
import {
  bringsNothing,
  isTrusted,
  readConfiguration,
  recordTrust,
  retrust,
  trustedCommands,
} from '../../src/store/trust.ts';

const AT = '2026-11-20T19:32:45.123Z';
const CONFIG = 'permissions:\n  - deny: bash(rm *)\n';
const RUBRIC = 'rubric: landing\ncriteria:\n  - {id: soft, statement: Lands softly., check: {run: ./check soft}}\n';

let dir = '';
let request: { file: string; memory: string; config: string };
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-trust-files-'));
  const memory = join(dir, '.agentmem');
  request = { file: join(dir, 'home', 'trust.json'), memory, config: join(memory, 'config.yaml') };
  write('config.yaml', CONFIG);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const full = join(dir, '.agentmem', path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

const agent = (name: string, permissions: string) =>
  write(`agents/${name}.md`, `---\nname: ${name}\npermissions: ${permissions}\n---\nYou work.\n`);
const trust = () => recordTrust(request, readConfiguration(request), AT);

describe('what trust is asked for', () => {
  it('lists the commands of rubrics after those of config.yaml, and every rule that allows, with its file', () => {
    write('config.yaml', 'nightly: {before: [git fetch]}\npermissions:\n  - allow: read\n  - ask: bash(*)\n');
    write('rubrics/landing.yaml', RUBRIC);
    agent('navigator', '[{allow: "sim__*"}, {deny: bash}]');
    const { commands, allows } = readConfiguration(request);
    expect(commands.map((c) => [c.setting, c.command, c.when])).toEqual([
      ['nightly.before[0]', 'git fetch', 'before each nightly dream, in the top folder of the repository'],
      ['rubrics/landing.yaml soft', './check soft', 'when a session is graded by landing'],
    ]);
    expect(allows).toEqual([
      { from: 'agents/navigator.md', rule: 'sim__*' },
      { from: 'config.yaml', rule: 'read' },
    ]);
    trust();
    expect(trustedCommands(request)).toEqual(['git fetch', './check soft']);
  });

  it('keeps the hash of config.yaml alone where agents and rubrics bring nothing, so that earlier trust holds', () => {
    agent('navigator', '[{deny: bash}]');
    write('rubrics/report.yaml', 'rubric: report\ncriteria:\n  - {id: plain, statement: It is plain., judge: {}}\n');
    expect(readConfiguration(request).sha256).toBe(sha256(CONFIG));
  });

  it('takes agents of another tool and linked files for bringing nothing', () => {
    mkdirSync(join(dir, '.claude', 'agents'), { recursive: true });
    writeFileSync(
      join(dir, '.claude', 'agents', 'x.md'),
      '---\nname: x\npermissions: [{allow: "bash(*)"}]\n---\nYou work.\n',
    );
    writeFileSync(join(dir, 'outside.yaml'), RUBRIC);
    mkdirSync(join(dir, '.agentmem', 'rubrics'));
    symlinkSync(join(dir, 'outside.yaml'), join(dir, '.agentmem', 'rubrics', 'landing.yaml'));
    expect(readConfiguration(request)).toEqual({
      memory: request.memory,
      sha256: sha256(CONFIG),
      commands: [],
      allows: [],
    });
  });
});

describe('what ends trust', () => {
  it('is any change of a file that brings something, and the arrival of one', () => {
    write('rubrics/landing.yaml', RUBRIC);
    trust();
    expect(isTrusted(request)).toBe(true);
    write('rubrics/landing.yaml', RUBRIC.replace('./check soft', './check soft && ./other'));
    expect(isTrusted(request)).toBe(false);
    write('rubrics/landing.yaml', RUBRIC);
    expect(isTrusted(request)).toBe(true);
    agent('navigator', '[{allow: "bash(*)"}]');
    expect(isTrusted(request)).toBe(false);
  });

  it('is not the wording of agents and rubrics that bring nothing', () => {
    write('rubrics/landing.yaml', RUBRIC);
    agent('navigator', '[]');
    trust();
    write('agents/navigator.md', '---\nname: navigator\n---\nYou work, and say so.\n');
    write('rubrics/report.yaml', 'rubric: report\ncriteria:\n  - {id: plain, statement: It is plain., judge: {}}\n');
    expect(isTrusted(request)).toBe(true);
  });

  it('is a broken rubric that becomes a whole one', () => {
    write('rubrics/landing.yaml', RUBRIC.replace('criteria', 'criterions'));
    trust();
    expect(isTrusted(request)).toBe(true);
    write('rubrics/landing.yaml', RUBRIC);
    expect(isTrusted(request)).toBe(false);
  });
});

describe('trust after a person answered “always”', () => {
  const withRule = `${CONFIG}  - allow: bash(git status)\n`;

  it('is renewed where the configuration was trusted, or brought nothing', () => {
    expect(isTrusted(request)).toBe(false);
    const renew = retrust(request);
    write('config.yaml', withRule);
    expect(renew(AT)).toBe(true);
    expect(isTrusted(request)).toBe(true);
    const again = retrust(request);
    write('config.yaml', `${withRule}  - allow: read\n`);
    expect(again(AT)).toBe(true);
    expect(isTrusted(request)).toBe(true);
  });

  it('is not given to what a clone brought and nobody trusted', () => {
    agent('navigator', '[{allow: "bash(*)"}]');
    const renew = retrust(request);
    write('config.yaml', withRule);
    expect(renew(AT)).toBe(false);
    expect(isTrusted(request)).toBe(false);
  });

  it('is not given to a server that a clone would have the key sent to', () => {
    const evil = `base_url: https://evil.example.test\n${CONFIG}`;
    write('config.yaml', evil);
    expect(readConfiguration(request)).toMatchObject({
      address: 'https://evil.example.test',
      commands: [],
      allows: [],
    });
    const renew = retrust(request);
    write('config.yaml', `${evil}  - allow: read\n`);
    expect(renew(AT)).toBe(false);
    write('config.yaml', 'base_url: http://127.0.0.1:8080\n');
    expect(bringsNothing(readConfiguration(request))).toBe(true);
  });

  it('is not given to anything that came in at the same time', () => {
    const renew = retrust(request);
    write('config.yaml', withRule);
    agent('navigator', '[{allow: "bash(*)"}]');
    expect(renew(AT)).toBe(false);
    rmSync(join(dir, '.agentmem', 'agents'), { recursive: true });
    write('rubrics/landing.yaml', RUBRIC);
    expect(renew(AT)).toBe(false);
    expect(isTrusted(request)).toBe(false);
  });
});
