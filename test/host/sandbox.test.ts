// The sandbox, as commands in it find it: what they cannot write, read, reach or outlive; and what is said where there is none.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnvironment } from '../../src/host/clean-env.ts';
import { type Confiner, confinerFor, installCommand, probeSandbox } from '../../src/host/sandbox.ts';
import type { Confinement } from '../../src/host/sandbox-mounts.ts';
import { runShell, shellArgv } from '../../src/host/shell.ts';
import { isGone } from '../support/processes.ts';
import { NO_SANDBOX, sandbox } from '../support/sandbox.ts';

let base: string;
let workspace: string;
let home: string;
let confinement: Confinement;
beforeEach(() => {
  // Not below /tmp, which is another one in the sandbox; HOME may lead there, the account's own folder does not.
  base = realpathSync(mkdtempSync(join(userInfo().homedir, '.agentmem-sandbox-')));
  workspace = join(base, 'work');
  home = join(base, 'home');
  for (const dir of [workspace, home, join(base, 'outside')]) mkdirSync(dir);
  confinement = { workspace, home, network: false };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const env = () => ({ ...cleanEnvironment({ PATH: process.env.PATH }), HOME: home });
const confiner = (): Confiner => confinerFor('required', sandbox, confinement);
async function inside(command: string, more: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const confined = confiner()(shellArgv(command, process.env.PATH));
  if (confined.kind === 'refused') throw new Error(confined.why);
  return runShell({
    ...{ argv: confined.argv, inSandbox: confined.inSandbox, cwd: workspace, env: env(), maxOutput: 30_000 },
    ...{ timeoutMs: 30_000, signal: new AbortController().signal, ...more },
  });
}
const put = (path: string, text = 'as it was') => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
};
/** Runs a command that must fail, and leave every one of these files as it was. */
async function mustFail(command: string, ...untouched: string[]) {
  const before = untouched.map((path) => readFileSync(path, 'utf8'));
  const { end, text } = await inside(command);
  expect(end.code, text).not.toBe(0);
  expect(untouched.map((path) => readFileSync(path, 'utf8'))).toEqual(before);
}

describe.skipIf(NO_SANDBOX)('a command in the sandbox', () => {
  it('starts in the workspace, writes there, and sees the rest of the machine', async () => {
    const { end, text } = await inside('pwd; echo mine > file; cat /etc/passwd | wc -l; git --version; echo $TMPDIR');
    expect(end).toEqual({ code: 0 });
    expect(text.split('\n')[0]).toBe(workspace);
    expect(text).toContain('git version');
    expect(readFileSync(join(workspace, 'file'), 'utf8')).toBe('mine\n');
  });

  it('writes nothing outside: not beside the workspace, not in the home folder, not in /etc', async () => {
    const outside = join(base, 'outside', 'file');
    put(outside);
    put(join(home, '.bashrc'));
    await mustFail(`echo x > ${outside}`, outside);
    await mustFail(`rm ${outside}`, outside);
    await mustFail('echo x >> ~/.bashrc', join(home, '.bashrc'));
    await mustFail('echo x > ../new');
    await mustFail('echo x > /etc/agentmem-was-here');
    await mustFail('echo x > /var/lib/agentmem-was-here');
    expect(existsSync('/etc/agentmem-was-here')).toBe(false);
  });

  it('gets out through no link of the workspace', async () => {
    const outside = join(base, 'outside', 'file');
    put(outside);
    symlinkSync(join(base, 'outside'), join(workspace, 'link'));
    await mustFail('echo x > link/file', outside);
    await mustFail(`ln -s ${outside} made && echo x > made`, outside);
    await mustFail(`ln ${outside} hard`, outside);
  });

  it('cannot undo its walls', async () => {
    await mustFail('mount -o remount,rw /');
    await mustFail('umount .');
    await mustFail('unshare -Urm true');
    await mustFail('chroot / true');
  });

  it('finds nothing in /proc and /sys to change, and no device of the machine, not even as root', async () => {
    const sysctl =
      '[ ! -w /proc/sys/kernel/core_pattern ] && [ ! -w /proc/sysrq-trigger ] && [ ! -w /sys/power/state ]';
    expect((await inside(sysctl)).end).toEqual({ code: 0 });
    expect((await inside('ls /dev/sd* /dev/vd* /dev/nvme* /dev/mem /dev/kmsg 2>/dev/null')).text).toBe('');
    expect((await inside('grep Cap /proc/self/status | grep -v 0000000000000000')).text).toBe('');
  });

  it('finds the places of secrets empty', async () => {
    put(join(home, '.ssh', 'id_ed25519'), 'a key');
    put(join(home, '.netrc'), 'a password');
    put(join(home, '.config', 'gh', 'hosts.yml'), 'a token');
    put(join(home, '.local', 'state', 'agentmem', 'trust.json'), 'trust');
    put(join(base, 'keys', 'aws'), 'linked');
    symlinkSync(join(base, 'keys'), join(home, '.aws'));
    put(join(home, '.gitconfig'), '[user]\nname = Mira\n');
    const { text } = await inside(
      `cd ~; ls -A .ssh .config/gh .local/state/agentmem .aws/; cat .netrc ${base}/keys/*; git config user.name`,
    );
    for (const secret of ['a key', 'id_ed25519', 'a password', 'a token', 'hosts.yml', 'trust.json', 'linked'])
      expect(text).not.toContain(secret);
    expect(text).toContain('Mira');
    await mustFail('echo mine > ~/.ssh/authorized_keys', join(home, '.ssh', 'id_ed25519'));
    await inside('echo mine > ~/.netrc');
    expect(readFileSync(join(home, '.netrc'), 'utf8')).toBe('a password');
  });

  it('finds secrets hidden also where they lie in the workspace, and works where the workspace lies among them', async () => {
    put(join(workspace, 'vault', 'id'), 'a key');
    confinement = { ...confinement, hide: [join(workspace, 'vault')] };
    expect((await inside('ls -A vault')).text).toBe('');
    const nested = join(home, '.claude', 'worktrees', 'one');
    put(join(nested, 'file'), 'work');
    put(join(home, '.claude', 'history'), 'secret');
    confinement = { workspace: nested, home, network: false };
    expect((await inside('cat file; ls -A ../..')).text).toBe('workworktrees\n');
  });

  it('finds no socket of the machine', async () => {
    expect((await inside('ls -A /run')).text).toBe('');
  });

  it('reaches no server, not even one on this machine, unless it may', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const connect = `${process.execPath} -e "require('net').connect(${port}, '127.0.0.1').on('connect', () => process.exit(0)).on('error', (e) => { console.log(e.code); process.exit(3); })"`;
    expect(await inside(connect)).toMatchObject({ end: { code: 3 } });
    expect(connections).toBe(0);
    confinement = { ...confinement, network: true };
    expect(await inside(connect)).toMatchObject({ end: { code: 0 } });
    expect(connections).toBe(1);
    server.close();
  });

  it('sees and signals no process but its own', async () => {
    const { text } = await inside(`kill -0 ${process.pid} 2>/dev/null && echo reached; ls -d /proc/[0-9]* | wc -l`);
    expect(text).not.toContain('reached');
    expect(Number(text)).toBeLessThan(6);
  });

  it('has a /tmp of its own, which lasts where the session gives it one', async () => {
    await inside('echo x > /tmp/agentmem-was-here');
    expect(existsSync('/tmp/agentmem-was-here')).toBe(false);
    expect((await inside('cat /tmp/agentmem-was-here')).end.code).toBe(1);
    mkdirSync(join(base, 'session'));
    confinement = { ...confinement, tmp: join(base, 'session') };
    await inside('echo kept > /tmp/note');
    expect((await inside('cat /tmp/note')).text).toBe('kept\n');
  });

  it('writes more folders where it may', async () => {
    confinement = { ...confinement, writable: [join(base, 'outside'), join(base, 'not-there')] };
    expect((await inside('echo x > ../outside/file')).end).toEqual({ code: 0 });
  });
});

describe.skipIf(NO_SANDBOX)('what would act later', () => {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace, encoding: 'utf8' });

  it('cannot be planted in git: no hook, no setting, no other folder in the place of .git; commits still work', async () => {
    git('init', '--quiet');
    const config = join(workspace, '.git', 'config');
    const head = join(workspace, '.git', 'HEAD');
    await mustFail('echo "#!/bin/sh" > .git/hooks/pre-commit');
    await mustFail('git config core.fsmonitor /tmp/x', config);
    await mustFail('mv .git other', config, head);
    await mustFail('rm -rf .git', config);
    await mustFail('mv .git/hooks .git/other');
    put(head, 'ref: refs/heads/main\n');
    rmSync(join(workspace, '.git', 'objects'), { recursive: true, force: true });
    mkdirSync(join(workspace, '.git', 'objects'));
    mkdirSync(join(workspace, '.git', 'refs'), { recursive: true });
    const { end, text } = await inside(
      'echo x > file && git add file && git -c user.name=M -c user.email=m@example.test commit -qm one && git log --format=%s',
    );
    expect({ end, text }).toEqual({ end: { code: 0 }, text: 'one\n' });
    expect(git('log', '--format=%s')).toBe('one\n');
  });

  it('cannot be planted where the repository has no hooks yet, or is a linked work tree', async () => {
    git('init', '--quiet');
    rmSync(join(workspace, '.git', 'hooks'), { recursive: true, force: true });
    await mustFail('mkdir -p .git/hooks && echo x > .git/hooks/pre-commit');
    await mustFail('mv .git other');
    rmSync(join(workspace, '.git'), { recursive: true, force: true });
    put(join(workspace, '.git'), 'gitdir: /elsewhere\n');
    await mustFail('echo "gitdir: evil" > .git', join(workspace, '.git'));
    await mustFail('mv .git other', join(workspace, '.git'));
  });

  it('cannot be changed in the memory, wherever below the workspace it lies', async () => {
    const top = join(workspace, '.agentmem');
    const deep = join(workspace, 'docs', 'deep', '.agentmem');
    for (const memory of [top, deep]) {
      for (const name of [
        'sessions/2026/a.jsonl',
        'state/x',
        'playbooks/p.md',
        'decisions.jsonl',
        'config.yaml',
        'policy.md',
      ])
        put(join(memory, name));
    }
    confinement = { ...confinement, protect: [deep, join(top, 'sessions', '2026')] };
    for (const memory of ['.agentmem', 'docs/deep/.agentmem']) {
      const config = join(workspace, memory, 'config.yaml');
      await mustFail(`echo x >> ${memory}/config.yaml`, config);
      await mustFail(`rm ${memory}/sessions/2026/a.jsonl`, config);
      await mustFail(`echo x > ${memory}/playbooks/new.md`, config);
      await mustFail(`mv ${memory} other`, config);
      expect((await inside(`cat ${memory}/policy.md`)).text).toBe('as it was');
    }
    await mustFail('mv docs/deep docs/other', join(deep, 'config.yaml'));
    await mustFail('mv docs other', join(deep, 'config.yaml'));
    expect((await inside('echo x > docs/deep/other')).end).toEqual({ code: 0 });
  });
});

describe.skipIf(NO_SANDBOX)('the end of a confined command', () => {
  it('at the time limit is the end of all that it started, daemons included', async () => {
    const { end, text } = await inside(
      "trap 'echo told' TERM; (setsid bash -c \"trap '' TERM; sleep 301\" &); (trap '' TERM INT; sleep 302) & sleep 0.2; echo up; sleep 303 & wait; wait; sleep 60",
      { timeoutMs: 1500 },
    );
    expect(end.stopped).toBe('timeout');
    expect(text).toContain('told');
    const left = execFileSync('sh', ['-c', 'pgrep -f "^sleep 30[123]$" || true'], { encoding: 'utf8' });
    expect(left.split('\n').filter((pid) => pid !== '' && !isGone(Number(pid)))).toEqual([]);
  });

  it('gives it a chance to clean up when it is interrupted', async () => {
    const controller = new AbortController();
    const running = inside("trap 'echo cleaned; exit 9' INT; echo 1 > up; while :; do sleep 0.05; done", {
      signal: controller.signal,
    });
    await expect.poll(() => existsSync(join(workspace, 'up')), { timeout: 10_000 }).toBe(true);
    controller.abort();
    expect(await running).toEqual({ end: { code: 9, stopped: 'interrupted' }, text: 'cleaned\n' });
  });
});

describe('without a sandbox', () => {
  const none = { kind: 'none', reason: 'missing', why: 'bubblewrap is not installed' } as const;

  it('nothing runs where one is demanded', () => {
    expect(confinerFor('required', none, confinement)(['true'])).toMatchObject({
      ...{ kind: 'refused', why: expect.stringContaining('bubblewrap is not installed') },
    });
  });

  it('commands run as they are where none is demanded or it is off', () => {
    const plain = { kind: 'run', argv: ['true'], inSandbox: false };
    expect(confinerFor('auto', none, confinement)(['true'])).toEqual(plain);
    const there = { kind: 'bubblewrap', program: '/usr/bin/bwrap', version: '0.8.0' } as const;
    expect(confinerFor('off', there, confinement)(['true'])).toEqual(plain);
  });

  it('a probe says what is missing, or that what is there does not work', async () => {
    expect(await probeSandbox('/nowhere')).toMatchObject({ kind: 'none', reason: 'missing' });
    const bin = join(base, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'bwrap'), '#!/bin/sh\necho "bwrap: setting up uid map: Permission denied" >&2\nexit 1\n', {
      mode: 0o755,
    });
    expect(await probeSandbox(bin)).toMatchObject({
      ...{ kind: 'none', reason: 'blocked', why: expect.stringContaining('setting up uid map: Permission denied') },
    });
  });

  it('people are told how their system installs it', () => {
    expect(installCommand('NAME="Debian GNU/Linux"\nID=debian\n')).toBe('sudo apt-get install bubblewrap');
    expect(installCommand('ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBe('sudo apt-get install bubblewrap');
    expect(installCommand('ID="rocky"\nID_LIKE="rhel centos fedora"\n')).toBe('sudo dnf install bubblewrap');
    expect(installCommand('')).toContain('package manager');
  });
});

describe('a workspace that holds the home folder', () => {
  it('is refused, since a sandbox in which that can be written protects nothing', () => {
    const there = { kind: 'bubblewrap', program: '/usr/bin/bwrap', version: '0.8.0' } as const;
    for (const [more, named] of [
      [{ workspace: home }, home],
      [{ workspace: '/' }, '/'],
      [{ writable: [base] }, base],
    ] as const) {
      expect(confinerFor('auto', there, { ...confinement, ...more })(['true'])).toMatchObject({
        ...{ kind: 'refused', why: expect.stringContaining(`${named} is or holds the home folder`) },
      });
    }
  });
});
