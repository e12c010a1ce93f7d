// Running other programs: exit codes, limits, and nothing left behind.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProgram, runProgram } from '../../src/host/program.ts';

const dir = mkdtempSync(join(tmpdir(), 'agentmem-program-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const env = { PATH: '/usr/bin:/bin' };
const sh = (script: string, more: object = {}) =>
  runProgram({ command: '/bin/sh', args: ['-c', script], cwd: dir, env, timeoutMs: 20_000, ...more });

describe('a program', () => {
  it('hands over its exit code, its output and what it was sent, byte for byte', async () => {
    const input = Buffer.from([0, 255, 10, 128]);
    const result = await sh('cat; echo oh >&2; exit 7', { input });
    expect(result).toMatchObject({ kind: 'ended', code: 7 });
    expect([...result.stdout]).toEqual([...input]);
    expect(result.stderr.toString()).toBe('oh\n');
  });

  it('has an empty stdin and no environment but its own', async () => {
    const result = await sh('cat; env | grep -v -e ^PWD -e ^_ -e ^SHLVL -e ^OLDPWD');
    expect(result.stdout.toString()).toBe('PATH=/usr/bin:/bin\n');
  });

  it('that ends without reading its input is no error', async () => {
    expect(await sh('exec true', { input: Buffer.alloc(1 << 20) })).toMatchObject({ kind: 'ended', code: 0 });
  });

  it('that is not there is missing', async () => {
    const result = await runProgram({ command: 'no-such-program', args: [], cwd: dir, env, timeoutMs: 1000 });
    expect(result).toMatchObject({ kind: 'missing', code: 127 });
  });

  it('that takes too long is stopped together with what it started', async () => {
    const result = await sh('sleep 60 & echo $! > child; wait', { timeoutMs: 300 });
    expect(result.kind).toBe('late');
    const child = Number(readFileSync(join(dir, 'child'), 'utf8'));
    await expect.poll(() => gone(child), { timeout: 5000 }).toBe(true);
  });

  it('whose child keeps the pipe open does not hold us up', async () => {
    const result = await sh('sleep 20 & echo $! > holder; echo done');
    expect(result).toMatchObject({ kind: 'ended', code: 0 });
    expect(result.stdout.toString()).toBe('done\n');
    process.kill(Number(readFileSync(join(dir, 'holder'), 'utf8')));
  });

  it('hears of an interruption once, and decides how it ends', async () => {
    const controller = new AbortController();
    const running = sh("trap 'exit 42' INT; echo ready; while :; do sleep 0.1; done", { signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    expect(await running).toMatchObject({ kind: 'ended', code: 42 });
  });
});

describe('looking for a program', () => {
  it('finds what can be run in absolute folders only', () => {
    expect(findProgram('sh', 'relative::/nowhere:/bin')).toBe('/bin/sh');
    expect(findProgram('no-such-program', '/usr/bin:/bin')).toBe(undefined);
    expect(findProgram('sh', undefined)).toBe(undefined);
  });
});

// A process that has ended but was not waited for by its parent still has a number.
function gone(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
