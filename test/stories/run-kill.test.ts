// kill -9 while an agent works, also during a tool: resumed, the session ends as if it had paused, and no call runs twice.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPast } from '../../src/agent/past.ts';
import { isToolResult } from '../../src/domain/events.ts';
import type { WrittenTurn } from '../../src/domain/script.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { sessionPaths } from '../../src/store/session-files.ts';
import { verifySessions } from '../../src/store/verify.ts';
import { type Home, makeHome, ROOT } from '../support/agent.ts';
import { type SpawnedServer, spawnMessagesServer } from '../support/messages-server/spawn.ts';
import { dice } from '../support/world.ts';

const AGENT = join(ROOT, 'bin', 'agent.js');
const PRELOAD = join(ROOT, 'test', 'support', 'kill-at-write.mjs');
const CAMPAIGN = process.env.AGENTMEM_CAMPAIGN === '1';
const POINTS = CAMPAIGN ? 200 : 4;
const random = dice(23);

const bash = (command: string) => ({ name: 'bash', input: { command } });
const SCRIPT: WrittenTurn[] = [
  {
    thinking: 'First the list.',
    text: 'I look.',
    tools: [{ name: 'read', input: { path: 'list.txt' } }, bash('echo one >> log.txt')],
  },
  {
    text: 'Slowly.',
    tools: [bash('touch started; sleep 0.4; echo two >> log.txt'), { name: 'read', input: { path: 'log.txt' } }],
  },
  {
    thinking: 'Nearly.',
    tools: [{ name: 'write', input: { path: 'out.txt', content: 'three\n' } }, bash('echo four >> log.txt')],
  },
  { thinking: 'Done now.', text: 'All written down.' },
];
const ALLOWED = ['--allow', 'bash', '--allow', 'write'];

let home: Home;
let server: SpawnedServer;
let work: string;
beforeAll(async () => {
  home = makeHome();
  work = home.memory('work');
  writeFileSync(join(work, 'list.txt'), 'one\ntwo\nfour\n');
  server = await spawnMessagesServer(SCRIPT);
});
afterAll(async () => {
  await server.close();
  home.remove();
});

interface Ran {
  end: number | string | null;
  stdout: string;
  stderr: string;
}

/** Runs `agent run ...args` to its end, or until it is killed: after so many milliseconds, or once this file is there. */
async function agent(repo: string, args: string[], more: object = {}, kill?: number | string): Promise<Ran> {
  const env = {
    ...{ HOME: home.dir, PATH: process.env.PATH ?? '', GIT_CONFIG_NOSYSTEM: '1' },
    ...{ ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'made-up-key-1' },
    ...more,
  };
  const child = spawn(process.execPath, ['--import', PRELOAD, AGENT, 'run', ...args, '--model', 'claude-sonnet-5'], {
    cwd: repo,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ran: Ran = { end: null, stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (ran.stdout += text));
  child.stderr.on('data', (text) => (ran.stderr += text));
  // Not `close`: a command that outlives its killed agent may still hold the pipes.
  const ended = once(child, 'exit');
  const from = performance.now();
  const isTime = () =>
    typeof kill === 'string' ? existsSync(join(repo, kill)) : performance.now() - from >= (kill ?? 0);
  const timer = kill === undefined ? undefined : setInterval(() => isTime() && child.kill('SIGKILL'), 2);
  const [code, signal] = await ended;
  clearInterval(timer);
  await pause(20);
  ran.end = signal ?? code;
  return ran;
}

function copy(name: string): string {
  const repo = join(home.dir, 'copies', name);
  mkdirSync(join(home.dir, 'copies'), { recursive: true });
  cpSync(work, repo, { recursive: true });
  return repo;
}

/** The only transcript of a repository; undefined where none was begun. */
function transcript(repo: string): string | undefined {
  const layout = layoutOf(join(repo, '.agentmem'));
  if (!existsSync(layout.sessions)) return undefined;
  const [path] = sessionPaths(layout);
  return path === undefined ? undefined : join(layout.sessions, path);
}

/** Resumes what was killed, and checks that it ended as a session that had only paused. */
async function recovers(repo: string, what: string): Promise<'ended' | 'went on' | 'never began'> {
  const path = transcript(repo);
  const before = path === undefined ? [] : readPast(path);
  const again = await agent(repo, ['--resume', 'last', ...ALLOWED]);
  // A command that outlived the killed agent has had its time by now.
  await pause(450);
  const log = existsSync(join(repo, 'log.txt')) ? readFileSync(join(repo, 'log.txt'), 'utf8').split('\n') : [];
  const lines = log.filter((line) => line !== '');
  expect(new Set(lines).size, `${what}: ${lines}`).toBe(lines.length);
  if (path === undefined || before.length === 0) {
    expect(again.end, `${what}: ${again.stderr}`).toBe(2);
    return 'never began';
  }
  expect(damage(repo), what).toEqual([]);
  const last = readPast(path);
  expect(last.at(-1), what).toMatchObject({ type: 'session.status_idle', stop_reason: 'end_turn' });
  if (before.at(-1)?.type === 'session.status_idle') {
    expect(again, what).toMatchObject({ end: 2, stderr: expect.stringContaining('has ended') });
    return 'ended';
  }
  expect(again, what).toMatchObject({ end: 0, stdout: 'All written down.\n' });
  const results = last.filter(isToolResult);
  const calls = last.filter((e) => e.type === 'agent.tool_use' && results.some((r) => r.tool_use_id === e.id));
  expect(results.length, what).toBe(calls.length);
  // What has a result that was stored before the kill stands in the log once; what was told as interrupted at most once.
  for (const word of ['one', 'two', 'four']) {
    const call = calls.find((e) => JSON.stringify(e).includes(`echo ${word} >>`));
    const result = results.find((r) => r.tool_use_id === call?.id);
    if (result?.interrupted !== true) expect(lines, `${what}: ${word}`).toContain(word);
  }
  return 'went on';
}

/** What `sessions verify` finds beyond lines that the kill cut off: nothing may be. */
function damage(repo: string): object[] {
  const layout = layoutOf(join(repo, '.agentmem'));
  const problems = verifySessions(layout).problems;
  return problems.filter(({ reason }) => !/JSON|cut off/.test(reason)).concat(problems.slice(1));
}

describe('kill -9', () => {
  it(
    `at ${POINTS} points of a run, then --resume`,
    async () => {
      const counts = join(home.dir, 'writes.json');
      const start = performance.now();
      const whole = await agent(copy('whole'), ['Work through list.txt.', ...ALLOWED], { KILL_COUNT: counts });
      expect(whole, whole.stderr).toMatchObject({ end: 0, stdout: 'All written down.\n' });
      const took = performance.now() - start;
      const writes: string[] = JSON.parse(readFileSync(counts, 'utf8'));
      const seen = { ended: 0, 'went on': 0, 'never began': 0 };
      for (let i = 0; i < POINTS; i++) {
        const repo = copy(`killed-${i}`);
        const task = [`Work through list.txt, attempt ${i}.`, ...ALLOWED];
        // How far a run is after so many milliseconds depends on what else the machine does; a campaign evens that out.
        const byWrite = !CAMPAIGN || i % 2 === 0;
        const share = (i + random()) / POINTS;
        const at = 1 + Math.floor(share * writes.length);
        const after = Math.round((0.2 + 0.8 * share) * took);
        const killed = byWrite ? await agent(repo, task, { KILL_AT: String(at) }) : await agent(repo, task, {}, after);
        const what = byWrite ? `killed at write ${at}, ${writes[at - 1]}` : `killed after ${after} ms`;
        // The number of writes varies a little from run to run, so the very last ones may not come.
        if (byWrite && share < 0.9) expect(killed.end, `${what}: ${killed.stderr}`).toBe('SIGKILL');
        seen[await recovers(repo, what)]++;
        rmSync(repo, { recursive: true, force: true });
      }
      expect(seen['went on']).toBeGreaterThanOrEqual(POINTS / 4);
      expect((await server.seen()).prefixBreaks).toEqual([]);
      expect((await server.seen()).requests.filter((r) => r.refused)).toEqual([]);
    },
    CAMPAIGN ? 3_600_000 : 120_000,
  );

  it('during a command: the model is told that it was interrupted, and the session ends as if it had paused', async () => {
    const repo = copy('in-tool');
    const killed = await agent(repo, ['Work through list.txt, slowly.', ...ALLOWED], {}, 'started');
    expect(killed.end).toBe('SIGKILL');
    expect(await recovers(repo, 'killed during a command')).toBe('went on');
    const told = readPast(transcript(repo) ?? '')
      .filter(isToolResult)
      .filter((r) => r.interrupted);
    expect(told).toHaveLength(2);
    expect(JSON.stringify(told[0]?.content)).toContain('Interrupted');
    const sent = (await server.seen()).requests.at(-1)?.raw ?? '';
    expect(sent).toContain('look before you do it again');
  }, 60_000);
});
