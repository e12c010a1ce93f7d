// Debian's own cron runs the installed line; takes up to two minutes and root's crontab, so it runs only when it is asked for.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome } from '../support/agent.ts';

const CRON = '/usr/sbin/cron';
const asked = process.env.AGENTMEM_REAL_CRON === '1';
const possible = existsSync(CRON) && process.getuid?.() === 0;
const why = possible ? '' : ' (needs root and /usr/sbin/cron: apt-get install cron)';
const how = asked && possible ? '' : ` (run it with AGENTMEM_REAL_CRON=1${why})`;
const FOREIGN = (proof: string) =>
  `# mine, with a percent sign \\% and bytes ${Buffer.from([0xe9, 0xff]).toString('latin1')}\nMAILTO=""\n* * * * * env > ${proof}`;

if (how !== '') console.warn(`real cron is left out${how}`);

let home: Home;
let daemon: ChildProcess | undefined;
let before: string | null;

function crontab(...args: string[]): { code: number | null; text: string } {
  const { status, stdout } = spawnSync('crontab', args, { encoding: 'latin1' });
  return { code: status, text: stdout };
}

function writeCrontab(text: string | null): void {
  if (text === null) crontab('-r');
  else spawnSync('crontab', ['-'], { input: Buffer.from(text, 'latin1') });
}

function readCrontab(): string | null {
  const { code, text } = crontab('-l');
  return code === 0 ? text : null;
}

describe.skipIf(!(asked && possible))(`real cron${how}`, () => {
  beforeAll(() => {
    home = makeHome();
    before = readCrontab();
    daemon = spawn(CRON, ['-f'], { stdio: 'ignore' }); // ends at once where one is running already; then that one works
  });

  afterAll(async () => {
    writeCrontab(before);
    if (daemon !== undefined && daemon.exitCode === null) {
      daemon.kill();
      await once(daemon, 'exit');
    }
    home.remove();
  });

  it('runs the installed line in its bare environment, and the crontab comes back byte for byte', async () => {
    const repo = home.memory("50 % of it's\\% Grüße");
    const state = join(repo, '.agentmem', 'state');
    const proof = join(home.dir, 'environment');
    const foreign = `${FOREIGN(proof)}\n`;
    writeCrontab(foreign);
    expect(readCrontab()).toBe(foreign);
    const installed = home.agent(repo, 'schedule', 'install', '--at', '* * * * *', '--import', EXAMPLE);
    expect(installed).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') });
    expect(readCrontab()?.startsWith(foreign)).toBe(true);

    const branches = () => home.git(repo, 'for-each-ref', '--format=%(refname)', 'refs/heads/dream');
    await expect.poll(branches, { timeout: 130_000, interval: 1000 }).toMatch(/^refs\/heads\/dream\/d\d{8}-/);
    await expect.poll(() => existsSync(proof), { timeout: 5000 }).toBe(true);
    const environment = readFileSync(proof, 'utf8');
    expect(environment).toContain('PATH=/usr/bin:/bin\n');
    expect(environment).not.toMatch(/^(LANG|TERM|AGENTMEM_DIR)=/m);
    const log = join(state, 'schedule.log');
    await expect.poll(() => readFileSync(log, 'utf8'), { timeout: 20_000 }).toContain('waits for review');
    expect(readFileSync(log, 'utf8')).toContain('6 sessions imported');
    expect(readFileSync(log, 'utf8')).not.toContain('FAILED');
    expect(home.git(repo, 'status', '--porcelain')).toBe('');
    expect(home.git(repo, 'fsck', '--no-progress')).not.toContain('error');

    expect(home.agent(repo, 'schedule', 'remove').code).toBe(0);
    expect(readCrontab()).toBe(foreign);
    // A run that began before the line was gone may still be at work in the folder that is about to be deleted.
    await expect.poll(() => existsSync(join(state, 'nightly.lock')), { timeout: 30_000 }).toBe(false);
  }, 240_000);

  it('a crontab that the install made is gone after the removal', () => {
    writeCrontab(null);
    const repo = home.memory('fresh');
    expect(home.agent(repo, 'schedule', 'install').code).toBe(0);
    expect(readCrontab()).toContain('agent.js nightly');
    expect(home.agent(repo, 'schedule', 'remove').code).toBe(0);
    expect(readCrontab()).toBe(null);
  });
});
