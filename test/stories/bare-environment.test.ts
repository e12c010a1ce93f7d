// Cron's environment, interruptions, overlap and gates: a dream either completes or leaves nothing half done.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome, ROOT } from '../support/agent.ts';

const AGENT = join(ROOT, 'bin', 'agent.js');
let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

describe('cron', () => {
  it('a dream works with nothing but HOME and PATH, no terminal and closed stdin', () => {
    const repo = home.memory('cron');
    home.agent(repo, 'import', EXAMPLE);
    const env = { HOME: home.dir, PATH: '/usr/bin:/bin' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [AGENT, 'dream', '--json'], {
      cwd: repo,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    expect(stderr).not.toContain('error');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).branch).toMatch(/^dream\//);
  });

  it('--if-due skips with a reason and exit code 0 until both gates are open', () => {
    const repo = home.memory('due');
    expect(home.json<object>(repo, 'dream', '--if-due', '--json')).toMatchObject({
      status: 'skipped',
      branch: null,
      reason: expect.stringContaining('new session'),
    });
    home.agent(repo, 'import', EXAMPLE);
    expect(home.json<object>(repo, 'dream', '--if-due', '--json')).toMatchObject({ status: 'completed' });
    const again = home.agent(repo, 'dream', '--if-due');
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('not due');
  });

  it('a second dream at the same time is refused and names the first', () => {
    const repo = home.memory('overlap');
    mkdirSync(join(repo, '.agentmem', 'state'), { recursive: true });
    const holder = join(ROOT, 'test', 'support', 'hold-lock.mjs');
    expect(existsSync(holder)).toBe(true);
    const held = spawnSync(
      process.execPath,
      [holder, join(repo, '.agentmem', 'state', 'dream.lock'), process.execPath, AGENT, '--dir', repo, 'dream'],
      { cwd: ROOT, encoding: 'utf8', env: { HOME: home.dir, PATH: process.env.PATH ?? '' } },
    );
    expect(held.stderr).toContain('already running');
    expect(held.status).toBe(2);
  });
});

describe('interruption', () => {
  it('SIGINT during a dream leaves no branch, and the next dream is whole', async () => {
    const repo = home.memory('interrupted');
    home.agent(repo, 'import', EXAMPLE);
    const child = spawn(process.execPath, [AGENT, 'dream', '--json'], {
      cwd: repo,
      env: { HOME: home.dir, PATH: process.env.PATH ?? '' },
    });
    const log = join(repo, '.agentmem', 'state', 'dreams.jsonl');
    while (!existsSync(log) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    const branches = home.git(repo, 'for-each-ref', 'refs/heads/dream');
    const last = JSON.parse(readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? '{}');
    // The signal may come after the branch was built: then the dream simply completed.
    if (code === 130) expect([branches, last.status]).toEqual(['', 'canceled']);
    else expect([code, last.status]).toEqual([0, 'completed']);
    expect(home.git(repo, 'fsck', '--no-progress')).not.toContain('error');
    const next = home.json<{ status: string }>(repo, 'dream', '--json');
    expect(next.status).toBe('completed');
  });
});

describe('errors', () => {
  it('say what, where and what to do, and exit 2', () => {
    const { code, stderr } = home.agent(home.dir, 'dream');
    expect(code).toBe(2);
    expect(stderr).toMatch(/no \.agentmem folder/);
    expect(stderr).toContain('agent init');
  });

  it('an unknown setting names the line and the nearest known one', () => {
    const repo = home.memory('settings');
    writeFileSync(join(repo, '.agentmem', 'config.yaml'), 'version: 1\nmemroy:\n  branch: main\n');
    const { code, stderr } = home.agent(repo, 'status');
    expect(code).toBe(2);
    expect(stderr).toContain('memroy');
    expect(stderr).toContain('memory');
  });

  it('a memory without a first commit says what to commit', () => {
    const repo = join(home.dir, 'unborn');
    mkdirSync(repo);
    home.agent(repo, 'init');
    home.agent(repo, 'import', EXAMPLE);
    const { code, stderr } = home.agent(repo, 'dream');
    expect(code).toBe(2);
    expect(stderr).toContain('git add .agentmem');
  });

  it('an unknown command and an unknown flag are usage errors', () => {
    expect(home.agent(home.dir, 'drem').code).toBe(2);
    expect(home.agent(home.dir, 'dream', '--what').code).toBe(2);
    expect(home.agent(home.dir, '--help').stdout).toContain('agent dream');
    expect(home.agent(home.dir, 'review', '--help').stdout).toContain('Examples:');
  });

  it('a reader that closes the pipe early is no fault', () => {
    const repo = home.memory('pipe');
    home.agent(repo, 'import', EXAMPLE);
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `"${process.execPath}" "${AGENT}" mine --all --json | head -1`],
      { cwd: repo, encoding: 'utf8', env: { HOME: home.dir, PATH: process.env.PATH ?? '' } },
    );
    expect(status).toBe(0);
    expect(stderr).not.toContain('EPIPE');
  });
});
