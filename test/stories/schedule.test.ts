// `agent schedule`: into the crontab and out again, byte for byte; and the line that it writes really runs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome, type Ran, ROOT } from '../support/agent.ts';
import { type FakeCrontab, fakeCrontab } from '../support/crontab.ts';

const AGENT = join(ROOT, 'bin', 'agent.js');
let home: Home;
let tab: FakeCrontab;
beforeEach(() => {
  home = makeHome();
  tab = fakeCrontab(home.dir);
});
afterEach(() => home.remove());

function schedule(cwd: string, ...args: string[]): Ran {
  const env = { HOME: home.dir, PATH: `${tab.bin}:/usr/bin:/bin`, LANG: 'C.UTF-8', ANTHROPIC_API_KEY: 'sk-ant-secret' };
  const all = [AGENT, 'schedule', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { cwd, env, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

// What cron does with a line: the first five fields are the time, \% is %, and /bin/sh runs the rest in the home folder.
function runLikeCron(line: string): Ran {
  const command = line.split(' ').slice(5).join(' ').replaceAll('\\%', '%');
  const env = { HOME: home.dir, LOGNAME: 'mira', PATH: '/usr/bin:/bin', SHELL: '/bin/sh' };
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd: home.dir, env, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

describe('the crontab', () => {
  it('gets one line that runs anywhere, and is what it was when the line is removed', () => {
    const foreign =
      'MAILTO=mira\n# mine\xff\n@daily /bin/true # 100\\%\n# >>> agentmem zzzzzz >>>\n1 * * * * x\n# <<< agentmem zzzzzz <<<\n';
    tab.write(foreign);
    const repo = home.memory("it's 100 % Grüße");
    const installed = schedule(repo, 'install', '--at', '17 3 * * *', '--import', EXAMPLE);
    expect(installed).toMatchObject({ code: 0, stderr: expect.stringContaining('next:') });
    const text = tab.read() ?? '';
    expect(text.startsWith(foreign)).toBe(true);
    expect(text).not.toContain('sk-ant');
    const line = Buffer.from(text.slice(foreign.length), 'latin1').toString().split('\n')[2] ?? '';
    expect(line).toMatch(/^17 3 \* \* \* \/usr\/bin\/env LANG=C\.UTF-8 /);

    const ran = runLikeCron(line);
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('next: agent review') });
    expect(ran.stdout).toMatch(/^dream\/d\d{8}-\w+ waits for review/);
    expect(home.git(repo, 'for-each-ref', 'refs/heads/dream')).not.toBe('');
    expect(runLikeCron(line)).toEqual({ code: 0, stdout: '', stderr: '' }); // not due: nothing to mail

    const again = schedule(repo, 'install');
    expect(again.code).toBe(0);
    expect(tab.read()?.match(/agent\.js nightly/g)).toHaveLength(1);
    const shown = JSON.parse(schedule(repo, 'show', '--json').stdout);
    expect(shown).toMatchObject({ kind: 'crontab', others: ['zzzzzz'], moved: false });
    expect(shown.time).toMatch(/^\d+ \* \* \* \*$/);
    expect(Date.parse(shown.next) - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(shown.last.join('\n')).toContain('not due');

    expect(schedule(repo, 'remove').code).toBe(0);
    expect(tab.read()).toBe(foreign);
    expect(schedule(repo, 'remove').code).toBe(1);
    expect(schedule(repo, 'show').code).toBe(1);
  });

  it('that was not there is not there afterwards', () => {
    const repo = home.memory('fresh');
    expect(schedule(repo, 'install').code).toBe(0);
    expect(tab.read()).toContain('there was no crontab before');
    expect(schedule(repo, 'remove').code).toBe(0);
    expect(tab.read()).toBe(null);
  });

  it('that cannot be read is left alone', () => {
    tab.write('1 * * * * precious\n');
    tab.breakWith('crontabs/mira/: fopen: Permission denied');
    const repo = home.memory('unreadable');
    const { code, stderr } = schedule(repo, 'install');
    expect(code).toBe(2);
    expect(stderr).toContain('Permission denied');
    expect(tab.read()).toBe('1 * * * * precious\n');
  });

  it('is not touched for a bad time, nor for commands that nobody trusts', () => {
    const repo = home.memory('refused');
    expect(schedule(repo, 'install', '--at', '61 * * * *')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no minute'),
    });
    writeFileSync(join(repo, '.agentmem', 'config.yaml'), 'nightly:\n  before: ["touch owned"]\n');
    const { code, stderr } = schedule(repo, 'install');
    expect(code).toBe(2);
    expect(stderr).toContain('agent trust --show');
    expect(tab.read()).toBe(null);
  });

  it('can be rid of a memory whose folder is gone', () => {
    const repo = home.memory('gone');
    schedule(repo, 'install');
    const [, id = ''] = /agentmem (\w+) >>>/.exec(tab.read() ?? '') ?? [];
    expect(schedule(home.dir, 'remove', '--id', id).code).toBe(0);
    expect(tab.read()).toBe(null);
  });
});

describe('systemd and GitHub', () => {
  it('units are written, and what to type is said where there is no systemctl', () => {
    const repo = home.memory('units');
    // A PATH with git and node's own folder but without systemctl.
    const env = { HOME: home.dir, PATH: tab.bin, LANG: 'C.UTF-8' };
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [AGENT, 'schedule', ...args], { cwd: repo, env, encoding: 'utf8' });
    const { status, stdout } = run('install', '--systemd', '--at', '@daily');
    expect(stdout).toContain('systemctl --user enable --now agentmem-');
    expect(status).toBe(0);
    const [timer = ''] = /\/\S+\.timer/.exec(stdout) ?? [];
    expect(readFileSync(timer, 'utf8')).toContain('OnCalendar=*-*-* 00:00:00');
    expect(run('install').stderr).toContain('a systemd timer already');
    expect(JSON.parse(run('show', '--json').stdout)).toMatchObject({ kind: 'systemd', time: '0 0 * * *' });
    expect(run('remove').status).toBe(0);
    expect(existsSync(timer)).toBe(false);
  });

  it('a workflow is printed, written on request, and never over somebody else’s', () => {
    const repo = home.memory('workflow');
    const github = ['install', '--github', '--package', 'agentmem@0.1.0'];
    expect(schedule(repo, ...github).stderr).toContain('sessions');
    writeFileSync(join(repo, '.agentmem', 'config.yaml'), 'sessions: commit\n');
    const { code, stdout } = schedule(repo, ...github);
    expect(code).toBe(0);
    const path = join(repo, '.github', 'workflows', 'agentmem.yml');
    expect(existsSync(path)).toBe(false);
    expect(schedule(repo, ...github, '--write').code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(stdout);
    mkdirSync(join(repo, '.github', 'workflows'), { recursive: true });
    writeFileSync(path, 'name: mine\n');
    expect(schedule(repo, ...github, '--write').code).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe('name: mine\n');
  });
});
