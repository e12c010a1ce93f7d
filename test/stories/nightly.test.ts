// `agent nightly` and `agent trust`: silence unless there is something to say, and no command that nobody allowed.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome, ROOT } from '../support/agent.ts';

const AGENT = join(ROOT, 'bin', 'agent.js');
let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

const configure = (repo: string, text: string) => writeFileSync(join(repo, '.agentmem', 'config.yaml'), text);
const logOf = (repo: string) => readFileSync(join(repo, '.agentmem', 'state', 'schedule.log'), 'utf8');

describe('a nightly run', () => {
  it('goes on after a step that failed, says so once, and keeps the exit code', () => {
    const repo = home.memory('failing');
    home.agent(repo, 'import', EXAMPLE);
    const nowhere = join(home.dir, 'nowhere');
    const first = home.agent(repo, 'nightly', '--import', nowhere);
    expect(first.code).toBe(2);
    expect(first.stderr).toContain('nowhere');
    expect(first.stdout).toContain('waits for review'); // the dream ran all the same
    const second = home.agent(repo, 'nightly', '--import', nowhere);
    expect(second).toEqual({ code: 2, stdout: '', stderr: '' });
    expect(logOf(repo).match(/import FAILED \(2\)/g)).toHaveLength(2);
  });

  it('imports this project’s own sessions, and has nothing to say where there are none', () => {
    const repo = home.memory('own');
    expect(home.agent(repo, 'nightly')).toEqual({ code: 0, stdout: '', stderr: '' });
    const folder = join(home.dir, '.claude', 'projects', repo.replace(/[^A-Za-z0-9]/g, '-'));
    mkdirSync(folder, { recursive: true });
    spawnSync('sh', ['-c', `cp "${EXAMPLE}"/*/*.jsonl "${folder}"`]);
    // From the home folder, as cron starts it.
    const ran = home.agent(home.dir, '--dir', repo, 'nightly', '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({
      status: 'done',
      failures: [],
      news: [expect.stringContaining('dream/')],
    });
  });

  it('puts the branch on the server and says so', () => {
    const repo = home.memory('pushing');
    const remote = join(home.dir, 'server.git');
    home.git(home.dir, 'init', '-q', '--bare', remote);
    home.git(repo, 'remote', 'add', 'origin', remote);
    home.git(repo, 'push', '-q', 'origin', 'main');
    const { code, stdout } = home.agent(repo, 'nightly', '--push', '--import', EXAMPLE);
    expect(stdout).toMatch(/(dream\/\S+) waits for review[\s\S]*\1 was pushed to origin/);
    expect(code).toBe(0);
    expect(home.git(remote, 'for-each-ref', 'refs/heads/dream')).not.toBe('');
  });

  it('leaves quietly while a dream or another nightly run is at work', () => {
    const repo = home.memory('busy');
    const holder = join(ROOT, 'test', 'support', 'hold-lock.mjs');
    mkdirSync(join(repo, '.agentmem', 'state'), { recursive: true });
    home.agent(repo, 'import', EXAMPLE);
    for (const lock of ['dream.lock', 'nightly.lock']) {
      const path = join(repo, '.agentmem', 'state', lock);
      const args = [holder, path, process.execPath, AGENT, '--dir', repo, 'nightly'];
      const held = spawnSync(process.execPath, args, {
        cwd: ROOT,
        encoding: 'utf8',
        env: { HOME: home.dir, PATH: process.env.PATH ?? '' },
      });
      expect([held.status, held.stdout, held.stderr]).toEqual([0, '', '']);
    }
    expect(logOf(repo)).toContain('already running');
    expect(home.git(repo, 'for-each-ref', 'refs/heads/dream')).toBe('');
  });

  it('a run at the same minute a day later is due, though the last dream ended a little after it', () => {
    const repo = home.memory('same-minute');
    home.agent(repo, 'import', EXAMPLE);
    mkdirSync(join(repo, '.agentmem', 'state'), { recursive: true });
    const ended = new Date(Date.now() - 24 * 3_600_000 + 40_000).toISOString();
    appendFileSync(
      join(repo, '.agentmem', 'state', 'dreams.jsonl'),
      `${JSON.stringify({ at: ended, dream: 'd1', status: 'completed' })}\n`,
    );
    expect(home.json<object>(repo, 'dream', '--if-due', '--json')).toMatchObject({ status: 'completed' });
  });

  it('with broken settings says so once, and logs it', () => {
    const repo = home.memory('broken');
    configure(repo, 'dreem: {}\n');
    const { code, stderr } = home.agent(repo, 'nightly', '--no-import');
    expect(code).toBe(2);
    expect(stderr).toContain('dreem');
    expect(home.agent(repo, 'nightly', '--no-import')).toEqual({ code: 2, stdout: '', stderr: '' });
    expect(logOf(repo)).toContain('dreem');
  });
});

describe('commands of a configuration', () => {
  it('run only after they were trusted, and not once anything has changed', () => {
    const repo = home.memory('trusting');
    const proof = join(repo, 'proof');
    const mine = `nightly:\n  before:\n    - 'pwd >> proof; echo token ghp_${'a1B2'.repeat(9)}'\n    - 'exit 5'\n`;
    configure(repo, mine);
    const refused = home.agent(repo, 'nightly', '--no-import');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('agent trust --show');
    expect(existsSync(proof)).toBe(false);

    const shown = home.agent(repo, 'trust', '--show');
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain('pwd >> proof');
    const [, hash = ''] = /agent trust ([0-9a-f]{12})/.exec(shown.stderr) ?? [];
    configure(repo, `${mine}    - 'touch evil'\n`);
    expect(home.agent(repo, 'trust', hash).code).toBe(2); // not what was shown
    configure(repo, mine);
    expect(home.agent(repo, 'trust', hash).code).toBe(0);

    const ran = home.agent(home.dir, '--dir', repo, 'nightly', '--no-import');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('ended with code 5');
    expect(readFileSync(proof, 'utf8').trim()).toBe(repo);
    expect(logOf(repo)).toContain('[redacted:');
    expect(logOf(repo)).not.toContain('ghp_a1B2');

    configure(repo, mine.replace('exit 5', 'touch evil'));
    expect(home.agent(repo, 'nightly', '--no-import').code).toBe(2);
    expect(existsSync(join(repo, 'evil'))).toBe(false);
    configure(repo, mine);
    expect(home.agent(repo, 'trust', '--revoke').code).toBe(0);
    expect(home.agent(repo, 'trust', '--show').code).toBe(1);
  });

  it('that are tools of agents run on no night, trusted or not, and hold none up', () => {
    const repo = home.memory('tools');
    const tools = 'tools:\n  - {name: sim, description: A simulator., command: touch ran-at-night}\n';
    configure(repo, tools);
    expect(home.agent(repo, 'nightly', '--no-import').code).toBe(0);
    expect(home.agent(repo, 'trust', '--show').stdout).toContain('touch ran-at-night');
    configure(repo, `${tools}nightly: {before: [touch before-night]}\n`);
    expect(home.agent(repo, 'trust').code).toBe(0);
    expect(home.agent(repo, 'nightly', '--no-import').code).toBe(0);
    expect(existsSync(join(repo, 'before-night'))).toBe(true);
    expect(existsSync(join(repo, 'ran-at-night'))).toBe(false);
  });

  it('show every character of a command, and cannot bring their own trust', () => {
    const repo = home.memory('hostile');
    configure(repo, 'nightly:\n  before: ["git fetch #\\e[2K\\u202Eevil"]\n');
    // A clone can carry files under state/ that were committed by force.
    mkdirSync(join(repo, '.agentmem', 'state'), { recursive: true });
    const { sha256, memory } = home.json<{ sha256: string; memory: string }>(repo, 'trust', '--show', '--json');
    const record = { version: 1, trusted: [{ memory, sha256, commands: ['touch evil'], at: '2026-11-21T00:00:00Z' }] };
    writeFileSync(join(repo, '.agentmem', 'state', 'trust.json'), JSON.stringify(record));
    const shown = home.agent(repo, 'trust', '--show');
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain('\\u001b[2K\\u202eevil');
  });

  it('that are none need no trust', () => {
    const repo = home.memory('plain');
    const { code, stdout } = home.agent(repo, 'trust', '--show');
    expect(code).toBe(0);
    expect(stdout).toContain('runs no command');
  });
});
