// `agent doctor` as a person runs it: in a memory, outside of one, and where the settings demand what is not there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';
import { NO_SANDBOX } from '../support/sandbox.ts';

interface Report {
  ok: boolean;
  findings: { name: string; state: string; says: string }[];
}

let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

const state = ({ findings }: Report, name: string) => findings.find((f) => f.name === name)?.state;

describe('agent doctor', () => {
  it('tells what is here, and exits with 0 where nothing is missing', () => {
    const repo = home.memory('well');
    const { code, stdout } = home.agent(repo, 'doctor');
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^good +node +\d+\./m);
    expect(stdout).toMatch(/^good +memory +.*in force on main$/m);
    const report = home.json<Report>(repo, 'doctor', '--json');
    expect(report.ok).toBe(true);
    expect(state(report, 'trust')).toBe('good');
    expect(home.git(repo, 'status', '--porcelain')).toBe('');
  });

  it('works where there is no memory', () => {
    const folder = join(home.dir, 'plain');
    mkdirSync(folder, { recursive: true });
    expect(state(home.json<Report>(folder, 'doctor', '--json'), 'memory')).toBe('note');
  });

  it('exits with 1 where the settings are broken, and says the rest all the same', () => {
    const repo = home.memory('broken');
    writeFileSync(join(repo, '.agentmem', 'config.yaml'), 'sandbox: {mode: maybe}\n');
    const { code, stdout } = home.agent(repo, 'doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^missing +settings /m);
    expect(stdout).toMatch(/^good +node /m);
  });

  it.skipIf(!NO_SANDBOX)('exits with 1 where a sandbox is demanded and there is none', () => {
    const repo = home.memory('demanding');
    writeFileSync(join(repo, '.agentmem', 'config.yaml'), 'sandbox: {mode: required}\n');
    expect(home.agent(repo, 'doctor').code).toBe(1);
  });

  it.skipIf(NO_SANDBOX)('exits with 0 where a sandbox is demanded and works', () => {
    const repo = home.memory('demanding');
    writeFileSync(join(repo, '.agentmem', 'config.yaml'), 'sandbox: {mode: required}\n');
    const report = home.json<Report>(repo, 'doctor', '--json');
    expect(state(report, 'sandbox')).toBe('good');
    expect(state(report, 'network')).toBe('good');
    expect(report.ok).toBe(true);
  });
});
