// Commands in a shell: what they print, how they end, and that nothing of them is left.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runShell, shellArgv, startShell } from '../../src/host/shell.ts';
import { isGone } from '../support/processes.ts';

const dir = mkdtempSync(join(tmpdir(), 'agentmem-shell-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: dir };
const order = (command: string) => ({
  argv: shellArgv(command, env.PATH),
  inSandbox: false,
  cwd: dir,
  env,
  maxOutput: 30_000,
});
const run = (command: string, more: { timeoutMs?: number; signal?: AbortSignal; onLine?: (l: string) => void } = {}) =>
  runShell({ ...order(command), timeoutMs: 30_000, signal: new AbortController().signal, ...more });
const numberIn = (file: string) => Number(readFileSync(join(dir, file), 'utf8'));
const appears = (file: string) =>
  expect.poll(() => existsSync(join(dir, file)) && numberIn(file) > 0, { timeout: 10_000 }).toBe(true);
const disappears = (pid: number) => expect.poll(() => isGone(pid), { timeout: 10_000 }).toBe(true);

describe('a command', () => {
  it('gives its exit code and both its streams in the order in which they were written', async () => {
    const { end, text } = await run('for i in 1 2 3; do echo out $i; echo err $i >&2; done; exit 7');
    expect(end).toEqual({ code: 7 });
    expect(text).toBe('out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n');
  });

  it('that is no valid shell says so', async () => {
    const { end, text } = await run('if then (');
    expect(end.code).toBeGreaterThan(0);
    expect(text).toContain('syntax error');
  });

  it('finds an empty stdin, and no terminal to wait at', async () => {
    expect(
      await run('cat; read answer; echo "got:$answer"; (read x < /dev/tty) 2>/dev/null || echo no terminal'),
    ).toEqual({ end: { code: 0 }, text: 'got:\nno terminal\n' });
  });

  it('reads no start-up file of the person', async () => {
    writeFileSync(join(dir, '.bashrc'), 'echo from bashrc\n');
    writeFileSync(join(dir, '.bash_profile'), 'echo from profile\n');
    expect((await run('echo only this')).text).toBe('only this\n');
  });

  it('that ends by a signal names it', async () => {
    expect((await run('kill -SEGV $$')).end).toEqual({ signal: 'SIGSEGV' });
  });

  it('too long for the system is a failure and no crash', async () => {
    const { end } = await run(`: ${'x'.repeat(3_000_000)}`);
    expect(end.failed).toContain('too long');
  });

  it('in a folder that is gone is a failure and no crash', async () => {
    const { end } = await runShell({
      ...{ ...order('true'), cwd: join(dir, 'nowhere') },
      ...{ timeoutMs: 5000, signal: new AbortController().signal },
    });
    expect(end.failed).toContain('no folder');
  });

  it('shows its newest line while it runs, clean and cut', async () => {
    const lines: string[] = [];
    await run("printf '\\033[31mred\\033[0m\\n'; sleep 0.4; printf '10%%\\r20%%\\r30%%'", {
      onLine: (l) => lines.push(l),
    });
    expect(lines).toEqual(['red', '30%']);
  });
});

describe('the end of a command', () => {
  it('comes at the time limit for everything that it started, also for what ignores the polite signal', async () => {
    const { end } = await run(
      `trap '' TERM; bash -c "trap '' TERM INT HUP; echo \\$\\$ > deaf; while :; do sleep 0.05; done" & echo $! > child; sleep 60; sleep 60; wait`,
      { timeoutMs: 700 },
    );
    expect(end.stopped).toBe('timeout');
    await disappears(numberIn('deaf'));
    await disappears(numberIn('child'));
  });

  it('reaches what left the process group and was adopted by another parent', async () => {
    if (process.platform !== 'linux') return expect(existsSync('/proc/self/environ')).toBe(false);
    const { end } = await run(
      `(setsid bash -c "trap '' TERM; echo \\$\\$ > daemon; sleep 60; sleep 60" & ) ; sleep 60`,
      {
        timeoutMs: 700,
      },
    );
    expect(end.stopped).toBe('timeout');
    await disappears(numberIn('daemon'));
  });

  it('comes at once when it is interrupted, and gives it a chance to clean up', async () => {
    const controller = new AbortController();
    const running = run("trap 'echo cleaned; exit 9' INT; echo 1 > up; while :; do sleep 0.05; done", {
      signal: controller.signal,
    });
    await appears('up');
    controller.abort();
    expect(await running).toEqual({ end: { code: 9, stopped: 'interrupted' }, text: 'cleaned\n' });
  });

  it('comes by force for one that does not listen to an interruption', async () => {
    const controller = new AbortController();
    const running = run("trap '' INT TERM; echo $$ > stubborn; while :; do sleep 0.05; done", {
      signal: controller.signal,
    });
    await appears('stubborn');
    controller.abort();
    expect((await running).end).toMatchObject({ stopped: 'interrupted', signal: 'SIGKILL' });
    await disappears(numberIn('stubborn'));
  });

  it('is not put off by a child that holds the pipe, and takes what was left in the background with it', async () => {
    const { end, text } = await run('sleep 300 & echo $! > left; echo done');
    expect(end).toEqual({ code: 0 });
    expect(text).toBe('done\n');
    await disappears(numberIn('left'));
  });

  it('is not put off by a daemon that left the group and holds the pipe', async () => {
    const { end, text } = await run('(setsid sleep 300 & echo $! > away); echo done');
    expect(end).toEqual({ code: 0 });
    expect(text).toBe('done\n');
    process.kill(numberIn('away'), 'SIGKILL');
  });

  it('is known at once where the turn was interrupted before it began', async () => {
    const result = await run('echo 1 > never', { signal: AbortSignal.abort() });
    expect(result.end).toEqual({ stopped: 'interrupted' });
    expect(existsSync(join(dir, 'never'))).toBe(false);
  });
});

describe('a command in the background', () => {
  it('hands over what is new each time, and can be stopped', async () => {
    const running = startShell(
      order('echo one; echo $$ > behind; while [ ! -e go ]; do sleep 0.02; done; echo two; sleep 60'),
    );
    try {
      await appears('behind');
      await expect.poll(() => running.text(), { timeout: 10_000 }).toBe('one\n');
      expect(running.drain()).toBe('one\n');
      expect(running.drain()).toBe('');
      expect(running.end()).toBe(undefined);
      writeFileSync(join(dir, 'go'), '');
      await expect.poll(() => running.text(), { timeout: 10_000 }).toBe('two\n');
    } finally {
      running.stop('asked');
    }
    expect((await running.ended).stopped).toBe('asked');
    expect(running.end()?.stopped).toBe('asked');
    await disappears(numberIn('behind'));
  });
});

describe('the shell', () => {
  it('is sh where there is no bash', () => {
    expect(shellArgv('true', '/nowhere')).toEqual(['/bin/sh', '-c', 'exec 2>&1; true']);
  });
});
