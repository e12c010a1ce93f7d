// What the doctor finds on this machine, and on machines that lack something.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '../../src/domain/settings.ts';
import { type DoctorRequest, examine, type Finding } from '../../src/stages/doctor.ts';
import { NO_SANDBOX } from '../support/sandbox.ts';

let base: string;
let request: DoctorRequest;
beforeEach(() => {
  // Not below /tmp, which is another one in the sandbox.
  base = realpathSync(mkdtempSync(join(homedir(), '.agentmem-doctor-')));
  for (const dir of ['work', 'home']) mkdirSync(join(base, dir));
  request = {
    env: { PATH: process.env.PATH, HOME: join(base, 'home') },
    home: join(base, 'home'),
    node: { path: process.execPath, version: process.versions.node },
    workspace: join(base, 'work'),
    settings: settingsSchema.parse({}),
  };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const set = (settings: object) => {
  request = { ...request, settings: settingsSchema.parse(settings) };
};
const look = async (): Promise<Map<string, Finding>> => new Map((await examine(request)).map((f) => [f.name, f]));

describe('the doctor', () => {
  it.skipIf(NO_SANDBOX)('tries the sandbox: what cannot be written, what cannot be reached', async () => {
    const found = await look();
    expect(found.get('sandbox')).toMatchObject({ state: 'good', says: expect.stringContaining('bubblewrap') });
    expect(found.get('files')).toMatchObject({ state: 'good', says: expect.stringMatching(/cannot write.*\(E\w+\)/) });
    expect(found.get('network')).toMatchObject({
      state: 'good',
      says: expect.stringMatching(/reaches no server \(E\w+\)/),
    });
    expect(readdirSync(request.home)).toEqual([]);
    set({ sandbox: { network: true } });
    expect((await look()).get('network')).toMatchObject({
      state: 'warning',
      says: expect.stringContaining('reach the network'),
    });
  });

  it.skipIf(NO_SANDBOX)('says where the workspace is one that cannot be confined', async () => {
    request = { ...request, workspace: base };
    expect((await look()).get('walls')).toMatchObject({ state: 'warning' });
    set({ sandbox: { mode: 'required' } });
    expect((await look()).get('walls')).toMatchObject({
      state: 'missing',
      says: expect.stringContaining('home folder'),
    });
  });

  it('finds a sandbox missing only where one is demanded', async () => {
    request = { ...request, env: { PATH: '/nowhere' } };
    expect((await look()).get('sandbox')).toMatchObject({ state: 'warning' });
    set({ sandbox: { mode: 'required' } });
    const found = await look();
    expect(found.get('sandbox')).toMatchObject({ state: 'missing', says: expect.stringContaining('bubblewrap') });
    expect(found.get('git')).toMatchObject({ state: 'missing' });
  });

  it('names variables that hold a key, and never shows the key', async () => {
    request = { ...request, env: { ...request.env, ANTHROPIC_API_KEY: 'sk-ant-very-secret', GH_TOKEN: 'ghp-secret' } };
    set({ pass_env: ['GH_TOKEN', 'LANG'] });
    const found = await look();
    expect(found.get('model')).toMatchObject({ state: 'good', says: expect.stringContaining('ANTHROPIC_API_KEY') });
    expect(found.get('environment')).toMatchObject({
      state: 'warning',
      says: expect.stringMatching(/secrets: GH_TOKEN$/),
    });
    expect(JSON.stringify([...found])).not.toContain('very-secret');
    expect(JSON.stringify([...found])).not.toContain('ghp-secret');
  });

  it('says what was looked for where there is no model', async () => {
    const model = (await look()).get('model');
    expect(model).toMatchObject({ state: 'warning', says: expect.stringContaining('ANTHROPIC_API_KEY: not set') });
    expect(model?.hint).toContain('ANTHROPIC_BASE_URL');
  });

  it('warns of rules that allow everything', async () => {
    for (const allow of ['*', 'bash', 'bash(*)', '**']) {
      set({ permissions: [{ allow }] });
      expect((await look()).get('permissions')).toMatchObject({ state: 'warning' });
    }
    set({ permissions: [{ allow: 'bash(git *)' }, { deny: 'write' }] });
    expect((await look()).get('permissions')).toMatchObject({
      state: 'note',
      says: expect.stringContaining('1 allow, 0 ask, 1 deny'),
    });
  });

  it('tells whether commands of the configuration are trusted', async () => {
    const dir = join(base, 'work', '.agentmem');
    mkdirSync(dir);
    const config = join(dir, 'config.yaml');
    const trust = { file: join(base, 'trust.json'), memory: dir, config };
    request = { ...request, memory: { dir, root: join(base, 'work'), trust } };
    expect((await look()).get('trust')).toMatchObject({ state: 'good' });
    expect((await look()).get('memory')).toMatchObject({ state: 'warning' });
    writeFileSync(config, 'nightly: {before: [make]}\n');
    expect((await look()).get('trust')).toMatchObject({ state: 'warning', hint: 'agent trust --show' });
    writeFileSync(config, 'nightly: {before: 7}\n');
    expect((await look()).get('trust')).toMatchObject({ state: 'missing' });
  });
});
