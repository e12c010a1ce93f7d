// The tool `bash` and its two companions, as a model calls them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bashTools } from '../../../src/agent/tools/bash.ts';
import type { Tool } from '../../../src/agent/tools/tool.ts';
import { isGone } from '../../support/processes.ts';
import { NO_SANDBOX, sandbox } from '../../support/sandbox.ts';
import { call, type Ground, makeGround, textOf } from './ground.ts';

let ground: Ground;
let bash: Tool | undefined;
let output: Tool | undefined;
let stop: Tool | undefined;
const start = (made: Ground) => {
  ground = made;
  [bash, output, stop] = bashTools(ground);
};
beforeEach(() => start(makeGround()));
afterEach(async () => {
  await bash?.close?.();
  ground.remove();
});
const run = (command: string, more: object = {}) => call(bash, { command, ...more });
const file = (name: string) => join(ground.workspace, name);
const appears = (name: string) => expect.poll(() => existsSync(file(name)), { timeout: 10_000 }).toBe(true);

describe('bash', () => {
  it('gives a command’s output, and its exit code where it failed', async () => {
    expect(await run('echo hello')).toEqual({ content: [{ type: 'text', text: 'hello\n' }] });
    expect(await run('true')).toEqual({ content: [{ type: 'text', text: '[no output]' }] });
    expect(await run('printf oh >&2; exit 3')).toEqual({
      content: [{ type: 'text', text: 'oh\n[exit code 3]' }],
      isError: true,
    });
    expect(textOf(await run('kill -SEGV $$'))).toBe('[ended by SIGSEGV]');
  });

  it('starts each call in the workspace with a fresh shell', async () => {
    await run('cd / && export CARRIED=1');
    expect(textOf(await run('pwd; echo "[$CARRIED]"'))).toBe(`${ground.workspace}\n[]\n`);
  });

  it('shows the beginning and the end of long output', async () => {
    const text = textOf(await run('seq 1 200000'));
    expect(text.length).toBeLessThan(31_000);
    expect(text).toMatch(/^1\n2\n/);
    expect(text).toMatch(/\[… .* left out …\]/);
    expect(text).toMatch(/\n200000\n$/);
  });

  it('ends at its time limit, and says so beside what was printed', async () => {
    const outcome = await run('echo begun; sleep 60', { timeout_seconds: 0.3 });
    expect(outcome.isError).toBe(true);
    expect(textOf(outcome)).toBe('begun\n[stopped after 0.3 seconds, with everything that it had started]');
  });

  it('ends when the turn is interrupted, and says so', async () => {
    const controller = new AbortController();
    const running = call(bash, { command: 'echo $$ > up; sleep 60' }, { signal: controller.signal });
    await appears('up');
    controller.abort();
    const outcome = await running;
    expect(outcome.isError).toBe(true);
    expect(textOf(outcome)).toBe('[interrupted, with everything that it had started]');
    expect(isGone(Number(readFileSync(file('up'), 'utf8')))).toBe(true);
  });

  it('shows no secret of the environment and no escape', async () => {
    ground.remove();
    start(makeGround(undefined, 'off', { ANTHROPIC_API_KEY: 'sk-very-secret', GH_TOKEN: 'ghp-secret', GIT_DIR: '/x' }));
    const text = textOf(await run("env; cat /proc/self/environ; printf '\\033]0;owned\\007\\033[31mred\\033[0m'"));
    expect(text).not.toMatch(/secret|GIT_DIR|owned|\u001b/);
    expect(text).toContain('red');
  });

  it('shows people the newest line', async () => {
    const lines: string[] = [];
    await call(bash, { command: 'echo one; echo two' }, { progress: (line) => lines.push(line) });
    expect(lines.at(-1)).toBe('two');
  });

  it('says what does not fit in a call, and runs nothing', async () => {
    for (const input of [{}, { command: '' }, { command: 7 }, { command: 'x\0y' }, { command: 'true', timeout: 5 }]) {
      const outcome = await call(bash, input);
      expect(outcome.isError).toBe(true);
      expect(textOf(outcome)).toContain('do not fit');
    }
    expect(textOf(await run('true', { timeout_seconds: 601 }))).toContain('timeout_seconds');
  });

  it('is judged by its command line', () => {
    expect(bash?.subject({ command: 'git status && rm x' })).toEqual({ kind: 'command', value: 'git status && rm x' });
    expect(bash?.subject({ command: 3 })).toBe(undefined);
  });

  it('runs nothing where a sandbox is demanded and there is none', async () => {
    ground.remove();
    start(makeGround(undefined, 'required'));
    for (const background of [false, true]) {
      const outcome = await run('touch ran', { background });
      expect(outcome.isError).toBe(true);
      expect(textOf(outcome)).toContain('demands a sandbox');
    }
    expect(existsSync(file('ran'))).toBe(false);
  });

  it.skipIf(NO_SANDBOX)('writes only in its workspace where there is a sandbox, and tells the model so', async () => {
    ground.remove();
    start(makeGround(sandbox, 'auto'));
    expect(bash?.definition.description).toContain('write only in the workspace');
    expect((await run('echo x > file')).isError).toBe(undefined);
    await run('echo x > ../file'); // into a /tmp of its own
    expect(existsSync(file('../file'))).toBe(false);
    expect((await run('echo x > /etc/agentmem-was-here')).isError).toBe(true);
    expect(textOf(await run('echo x', { background: true }))).toContain('bg1');
    expect(textOf(await call(output, { id: 'bg1', wait_seconds: 10 }))).toBe('x\n[ended, exit code 0]');
  });
});

describe('in the background', () => {
  it('a command returns at once, tells what is new each time, and how it ended', async () => {
    expect(
      textOf(await run('echo one; while [ ! -e go ]; do sleep 0.02; done; echo two; exit 4', { background: true })),
    ).toBe('Runs in the background as bg1. Read its output with bash_output, end it with bash_stop.');
    await expect
      .poll(async () => textOf(await call(output, { id: 'bg1' })), { timeout: 10_000 })
      .toBe('one\n[still running]');
    expect(textOf(await call(output, { id: 'bg1' }))).toBe('[no new output] [still running]');
    writeFileSync(file('go'), '');
    const ended = await call(output, { id: 'bg1', wait_seconds: 20 });
    expect(ended).toEqual({ content: [{ type: 'text', text: 'two\n[exit code 4]' }], isError: true });
  });

  it('a command is stopped with what it started', async () => {
    await run('sleep 60 & echo $! > child; wait', { background: true });
    await appears('child');
    expect(textOf(await call(stop, { id: 'bg1' }))).toContain('[stopped, with everything that it had started]');
    expect(isGone(Number(readFileSync(file('child'), 'utf8')))).toBe(true);
  });

  it('waiting for one ends with the turn, and the command goes on', async () => {
    await run('sleep 60', { background: true });
    const controller = new AbortController();
    const waiting = call(output, { id: 'bg1', wait_seconds: 60 }, { signal: controller.signal });
    controller.abort();
    expect(textOf(await waiting)).toBe('[no new output] [still running]');
  });

  it('no more than ten run at once, and none outlives the session', async () => {
    for (let i = 0; i < 10; i++) await run(`echo $$ > bg-${i}; sleep 60`, { background: true });
    const refused = await run('sleep 60', { background: true });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain('bg10 (echo $$ > bg-9; sleep 60)');
    for (let i = 0; i < 10; i++) await appears(`bg-${i}`);
    const pids = Array.from({ length: 10 }, (_, i) => Number(readFileSync(file(`bg-${i}`), 'utf8')));
    await bash?.close?.();
    expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
  });

  it('an id that is not there is answered with those that are', async () => {
    expect(textOf(await call(stop, { id: 'bg9' }))).toContain('Nothing was started');
    await run('true', { background: true });
    expect(textOf(await call(output, { id: 'bg9' }))).toContain('There is: bg1 (true)');
  });
});
