// Locks between real processes: one holder at a time, whoever dies when.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { processStat } from '../../src/base/process-stat.ts';
import { acquireLock } from '../../src/store/lock.ts';
import { identity, isDead } from '../../src/store/process-identity.ts';
import { printed, script, start } from './child.ts';
import { tempFolder } from './made.ts';

const NO_PID = 2 ** 22 + 12345; // above the highest process id that Linux gives out
const onLinux = existsSync('/proc/self/stat');

function lockPath(): string {
  return join(tempFolder(), 'state', 'dream.lock');
}

function leftBehind(path: string, holder: object): void {
  acquireLock(path, { what: 'a dream' }).release();
  writeFileSync(path, JSON.stringify({ ...identity(), nonce: '1-dead', what: 'a dream', ...holder }));
}

describe('acquireLock', () => {
  it('names the holder, what it does and since when', () => {
    const path = lockPath();
    const lock = acquireLock(path, { what: 'a dream', since: '2026-01-02T03:04:05.000Z' });
    expect(() => acquireLock(path, { what: 'another' })).toThrow(
      `a dream is already running (pid ${process.pid} since 2026-01-02T03:04:05.000Z)`,
    );
    lock.release();
    lock.release();
    acquireLock(path, { what: 'another' }).release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('takes over from a process that no longer runs and tidies up after it', () => {
    const path = lockPath();
    leftBehind(path, { pid: NO_PID });
    writeFileSync(`${path}.1-dead`, readFileSync(path)); // what a process leaves that is killed while it waits
    const lock = acquireLock(path, { what: 'me' });
    expect(readdirSync(dirname(path))).toEqual(['dream.lock']);
    expect(readFileSync(path, 'utf8')).toContain('"what":"me"');
    lock.release();
  });

  it.runIf(onLinux)('takes over where the process id belongs to another process now', () => {
    const path = lockPath();
    leftBehind(path, { pid: process.pid, start: '1' });
    acquireLock(path, { what: 'me' }).release();
    expect(existsSync(path)).toBe(false);
  });

  it.runIf(onLinux)('takes over after a restart of the machine, whatever has that process id now', () => {
    const path = lockPath();
    leftBehind(path, { boot: '00000000-0000-0000-0000-000000000000' });
    acquireLock(path, { what: 'me' }).release();
    expect(existsSync(path)).toBe(false);
  });

  it('leaves the lock of another machine alone and says how to remove it', () => {
    const path = lockPath();
    leftBehind(path, { pid: NO_PID, host: 'elsewhere', boot: '11111111-0000-0000-0000-000000000000' });
    expect(() => acquireLock(path, { what: 'me' })).toThrow(`a dream is already running (pid ${NO_PID} on elsewhere)`);
    expect(existsSync(path)).toBe(true);
  });

  it.each(['', '\0\0\0\0', '{"pid":', '[]', '{"nonce":"../../x","pid":1}'])(
    'takes over a lock file damaged by a power loss: %j',
    (content) => {
      const path = lockPath();
      acquireLock(path, { what: 'me' }).release();
      writeFileSync(path, content);
      acquireLock(path, { what: 'me' }).release();
      expect(readdirSync(dirname(path))).toEqual([]);
    },
  );

  it('inherits where the one who was taking over was killed before it was done', () => {
    const path = lockPath();
    leftBehind(path, { pid: NO_PID });
    const heir = { ...identity(), pid: NO_PID + 1, nonce: '2-dead', what: 'an heir' };
    writeFileSync(`${path}.after-1-dead`, JSON.stringify(heir));
    acquireLock(path, { what: 'me' });
    expect(readdirSync(dirname(path))).toEqual(['dream.lock']);
  });

  it('does not remove a lock that somebody else has taken since', () => {
    const path = lockPath();
    const lock = acquireLock(path, { what: 'first' });
    leftBehind(join(tempFolder(), 'x', 'y'), {});
    writeFileSync(path, JSON.stringify({ ...identity(), nonce: 'other', what: 'second' }));
    lock.release();
    expect(existsSync(path)).toBe(true);
  });

  it('is a UserError where the folder cannot be written', () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(() => acquireLock(join(file, 'x.lock'), { what: 'me' })).toThrow(UserError);
  });
});

describe('locks of a kind', () => {
  const alike = 'a writer of this session';
  const writer = (path: string, since?: string) =>
    acquireLock(path, { what: `a writer of ${basename(path)}`, alike, ...(since !== undefined && { since }) });

  function paths(count: number): string[] {
    const folder = tempFolder();
    return Array.from({ length: count }, (_, i) => join(folder, `s${i}.lock`));
  }

  it('are names of one file, and each is held and given back by itself', () => {
    const [a = '', b = '', c = ''] = paths(3);
    const first = writer(a);
    const second = writer(b);
    writer(c).release();
    expect(statSync(b).ino).toBe(statSync(a).ino);
    expect(readdirSync(dirname(a)).sort()).toEqual(['s0.lock', 's1.lock']);
    first.release();
    expect(() => writer(b)).toThrow('is already running');
    second.release();
    second.release();
    expect(readdirSync(dirname(a))).toEqual([]);
    writer(a).release();
    expect(readdirSync(dirname(a))).toEqual([]);
  });

  it('keep no file open once the last is given back', () => {
    const [a = '', b = ''] = paths(2);
    const open = () => (onLinux ? readdirSync('/proc/self/fd').length : 0);
    const before = open();
    for (let round = 0; round < 5; round++) {
      const held = [writer(a), writer(b)];
      for (const lock of round % 2 === 0 ? held : held.reverse()) lock.release();
    }
    expect(open()).toBe(before);
  });

  it('tell of the first one what it is and since when, and of the others what holds for all', () => {
    const [a = '', b = ''] = paths(2);
    const since = '2026-01-02T03:04:05.000Z';
    const held = [writer(a, since), writer(b, '2027-01-01T00:00:00.000Z')];
    expect(() => writer(a)).toThrow(`a writer of s0.lock is already running (pid ${process.pid} since ${since})`);
    expect(() => acquireLock(b, { what: 'another' })).toThrow(`${alike} is already running (pid ${process.pid})`);
    for (const lock of held) lock.release();
  });

  it('do not join one that somebody removed by hand, nor what another process put in its place', () => {
    const [a = '', b = '', c = '', d = ''] = paths(4);
    const lost = writer(a);
    rmSync(a);
    const after = writer(b);
    expect(readdirSync(dirname(a))).toEqual(['s1.lock']);
    rmSync(b);
    writeFileSync(b, JSON.stringify({ ...identity(), pid: process.ppid, start: undefined, nonce: 'other', what: 'x' }));
    const own = writer(c);
    expect(readFileSync(c, 'utf8')).toContain(`"pid":${process.pid}`);
    const joined = writer(d);
    expect(statSync(d).ino).toBe(statSync(c).ino);
    joined.release();
    for (const lock of [lost, after, own]) lock.release();
    expect(readdirSync(dirname(a))).toEqual(['s1.lock']); // another's
  });

  it('that was removed by hand and taken again is not given back by its first holder', () => {
    const [a = '', b = ''] = paths(2);
    const other = writer(a);
    const first = writer(b);
    rmSync(b);
    const second = writer(b);
    first.release();
    expect(existsSync(b)).toBe(true);
    second.release();
    expect(existsSync(b)).toBe(false);
    other.release();
  });

  it('are taken over one by one from a process that was killed', async () => {
    const held = paths(3);
    const folder = dirname(held[0] ?? '');
    const holding = script(
      tempFolder(),
      `import { acquireLock } from '@store/lock.ts';
       for (const path of process.argv.slice(2)) acquireLock(path, { what: 'a writer', alike: '${alike}' });
       process.stdout.write('held');
       setInterval(() => {}, 1000);`,
    );
    const { child, ended } = start(holding, held);
    await printed(child, 'held');
    for (const path of held) expect(() => writer(path)).toThrow(`is already running (pid ${child.pid}`);
    child.kill('SIGKILL');
    await ended;
    const mine = held.map((path) => writer(path));
    expect(readdirSync(folder).sort()).toEqual(['s0.lock', 's1.lock', 's2.lock']);
    for (const lock of mine) lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('between processes', () => {
  const INCREMENTS = 25;
  const counting = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { acquireLock } from '@store/lock.ts';
    const [path, counter, dies] = process.argv.slice(2);
    for (let i = 0; i < ${INCREMENTS}; i++) {
      const lock = acquireLock(path, { what: 'counting', waitMs: 50_000 });
      writeFileSync(counter, String(Number(readFileSync(counter, 'utf8')) + 1));
      if (dies === 'dies' && i === 4) process.kill(process.pid, 'SIGKILL');
      lock.release();
    }`;

  it('eight processes, three of them killed while they hold it, lose no increment', async () => {
    const folder = tempFolder();
    const child = script(folder, counting);
    const counter = join(folder, 'counter');
    const path = join(folder, 'counter.lock');
    writeFileSync(counter, '0');
    const runs = Array.from({ length: 8 }, (_, i) => start(child, [path, counter, i < 3 ? 'dies' : 'lives']).ended);
    const ended = await Promise.all(runs);
    expect(ended.map((e) => e.stderr).join('')).toBe('');
    expect(ended.filter((e) => e.signal === 'SIGKILL')).toHaveLength(3);
    expect(Number(readFileSync(counter, 'utf8'))).toBe(5 * INCREMENTS + 3 * 5);
    // Whoever was killed last may have come after all that live: the lock that he left goes to the next.
    acquireLock(path, { what: 'whoever comes next' }).release();
    expect(readdirSync(folder).filter((name) => name.startsWith('counter.lock'))).toEqual([]);
  });

  it('respects a living holder and takes over from it once it is killed', async () => {
    const folder = tempFolder();
    const path = join(folder, 'x.lock');
    const holding = script(
      folder,
      `import { acquireLock } from '@store/lock.ts';
       acquireLock(process.argv[2], { what: 'a dream' }); console.log('held'); setInterval(() => {}, 1000);`,
    );
    const { child, ended } = start(holding, [path]);
    await printed(child, 'held');
    expect(() => acquireLock(path, { what: 'me' })).toThrow(`a dream is already running (pid ${child.pid})`);
    child.kill('SIGKILL');
    await ended;
    acquireLock(path, { what: 'me' }).release();
    expect(existsSync(path)).toBe(false);
  });
});

describe('isDead', () => {
  it('is false for this process and for one that belongs to somebody else', () => {
    expect(isDead(identity())).toBe(false);
    const { start: _start, ...first } = identity();
    expect(isDead({ ...first, pid: 1 })).toBe(false);
  });

  it.runIf(onLinux)(
    'is true for a process that has ended and that nobody waits for, as in many containers',
    async () => {
      // The shell becomes a program that waits for no child.
      const careless = spawn('sh', ['-c', 'sleep 300 & echo $!; exec sleep 300'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const [line] = await once(careless.stdout, 'data');
        const pid = Number(String(line));
        // Until then a shell would clear it away.
        const program = () => readFileSync(`/proc/${careless.pid}/comm`, 'utf8').trim();
        await expect.poll(program, { timeout: 20_000 }).toBe('sleep');
        const { start: _start, ...here } = identity();
        expect(isDead({ ...here, pid })).toBe(false);
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => processStat(pid)?.state, { timeout: 20_000 }).toBe('Z');
        expect(isDead({ ...here, pid })).toBe(true);
      } finally {
        careless.kill('SIGKILL');
      }
    },
  );

  it('goes by the host where the system tells no more', () => {
    expect(isDead({ pid: NO_PID, host: hostname() })).toBe(true);
    expect(isDead({ pid: NO_PID, host: 'elsewhere' })).toBe(false);
  });
});
