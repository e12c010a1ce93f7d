// Trouble around a run: two that want one session, a disk that fills up, a server that breaks off and comes back; through the built command.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPast } from '../../src/agent/past.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { sessionPaths } from '../../src/store/session-files.ts';
import { verifySessions } from '../../src/store/verify.ts';
import { type Home, makeHome, ROOT } from '../support/agent.ts';
import * as f from '../support/messages-server/faults.ts';
import { spawnMessagesServer } from '../support/messages-server/spawn.ts';

const AGENT = join(ROOT, 'bin', 'agent.js');
const FULL = join(ROOT, 'test', 'support', 'full-disk.mjs');

let home: Home;
let repo: string;
beforeEach(() => {
  home = makeHome();
  repo = home.memory('work');
});
afterEach(() => home.remove());

const script = (turns: unknown[]) => writeFileSync(join(repo, 'script.json'), JSON.stringify(turns));
const scripted = ['--model', 'scripted:script.json'];
const env = (more: object = {}) => ({
  HOME: home.dir,
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  ...more,
});
const layout = () => layoutOf(join(repo, '.agentmem'));
const transcript = () => join(layout().sessions, sessionPaths(layout())[0] ?? '');
const touch = (name: string) => ({ tools: [{ name: 'bash', input: { command: `touch ${name}` } }] });

describe('two that go on with one session', () => {
  it('are kept apart: the second is told who holds it, and changes nothing', async () => {
    const wait = { tools: [{ name: 'bash', input: { command: 'while [ ! -e go ]; do sleep 0.05; done' } }] };
    script([touch('a'), wait, { text: 'Done.' }]);
    expect(home.agent(repo, 'run', 'Work', ...scripted, '--allow', 'bash', '--budget', 'turns=1').code).toBe(1);
    const args = [AGENT, 'run', '--resume', 'last', ...scripted, '--allow', 'bash', '--budget', 'turns=9'];
    const first = spawn(process.execPath, args, { cwd: repo, env: env(), stdio: 'ignore' });
    const ended = once(first, 'exit');
    while (!existsSync(`${transcript()}.lock`)) await pause(10);
    const second = home.agent(repo, 'run', '--resume', 'last', ...scripted);
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toContain(`pid ${first.pid} since`);
    writeFileSync(join(repo, 'go'), '');
    expect(await ended).toEqual([0, null]);
    expect(readPast(transcript()).at(-1)).toMatchObject({ stop_reason: 'end_turn' });
    expect(readPast(transcript()).filter((e) => e.type === 'session.status_running')).toHaveLength(2);
    expect(verifySessions(layout()).problems).toEqual([]);
  });
});

describe('a disk that fills up', () => {
  for (const from of [1, 2, 3, 5, 7, 9]) {
    it(`at append ${from}: it says so, earlier lines stay whole, and the session goes on when there is room`, () => {
      script([touch('a'), touch('b'), { text: 'Done.' }]);
      const full = spawnSync(
        process.execPath,
        ['--import', FULL, AGENT, 'run', 'Work', ...scripted, '--allow', 'bash'],
        { cwd: repo, env: env({ FULL_FROM: String(from) }), encoding: 'utf8' },
      );
      expect(full.status, full.stderr).toBe(2);
      expect(full.stderr).toMatch(/ENOSPC|no space|full/i);
      expect(full.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/); // an expected error, no bug of ours
      const torn = verifySessions(layout()).problems;
      expect(torn.length).toBeLessThanOrEqual(from === 1 ? 2 : 1);
      if (from === 1) return; // not even the header: there is no session
      const again = home.agent(repo, 'run', '--resume', 'last', ...scripted, '--allow', 'bash');
      expect(again, again.stderr).toMatchObject({ code: 0, stdout: 'Done.\n' });
      expect(verifySessions(layout()).problems.length).toBeLessThanOrEqual(1);
    });
  }
});

describe('a server in trouble', () => {
  it('that is overloaded, breaks off and refuses the key: told on stderr, exit 1, and resumed to its end', async () => {
    const server = await spawnMessagesServer([touch('a'), { text: 'Done.' }], {
      0: f.overloaded({ 'retry-after': '0' }),
      1: f.cut({ bytes: 300 }),
      3: f.badKey(),
    });
    try {
      const run = (...args: string[]) =>
        spawnSync(process.execPath, [AGENT, 'run', ...args, '--model', 'claude-sonnet-5', '--allow', 'bash'], {
          cwd: repo,
          env: env({ ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'made-up-key-1' }),
          encoding: 'utf8',
        });
      const first = run('Work');
      expect(first.status, first.stderr).toBe(1);
      expect(first.stderr).toContain('trying again');
      expect(first.stderr).toContain('invalid x-api-key');
      expect(first.stderr).toMatch(/next: agent run --resume \S+/);
      expect(run('--resume', 'last')).toMatchObject({ status: 0, stdout: 'Done.\n' });
      const { requests, prefixBreaks } = await server.seen();
      expect(requests).toHaveLength(5);
      expect(prefixBreaks).toEqual([]);
      expect(readFileSync(transcript(), 'utf8')).not.toContain('made-up-key-1');
      expect(verifySessions(layout()).problems).toEqual([]);
    } finally {
      await server.close();
    }
  });
});
