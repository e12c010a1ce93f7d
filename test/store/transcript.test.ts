// Appending to transcripts: whole lines, one writer, and nothing lost or rewritten whatever goes wrong.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { redactor } from '../../src/store/redaction.ts';
import { createTranscript, openTranscript, type TranscriptOptions } from '../../src/store/transcript.ts';
import { printed, script, start } from './child.ts';
import { answers, headerOf, outline, plain, says, systemError, tempFolder } from './made.ts';

const options: TranscriptOptions = { redact: plain };

function begun(folder = tempFolder()): string {
  const path = join(folder, 's.jsonl');
  const { writer } = createTranscript(path, headerOf('s'), options);
  writer.append(says('1', 'one'));
  writer.close();
  return path;
}

function appendTo(path: string, ...events: Parameters<typeof says>[0][]): void {
  const writer = openTranscript(path, options);
  for (const id of events) writer.append(says(id, id));
  writer.close();
}

describe('a transcript', () => {
  it('begins with its header and grows a line an event', () => {
    const path = begun();
    appendTo(path, '2');
    expect(outline(path)).toEqual(['evt_heads', 'evt_1', 'evt_2']);
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['s.jsonl']);
  });

  it('is never begun over an existing one, nor opened where there is none', () => {
    const path = begun();
    expect(() => createTranscript(path, headerOf('s'), options)).toThrow('this session exists already');
    expect(() => openTranscript(join(dirname(path), 'x.jsonl'), options)).toThrow('there is no such session');
    expect(outline(path)).toEqual(['evt_heads', 'evt_1']);
    expect(readdirSync(dirname(path))).toEqual(['s.jsonl']);
  });

  it('has one writer at a time', () => {
    const path = begun();
    const writer = openTranscript(path, { redact: plain, since: '2026-01-02T03:04:05.000Z' });
    expect(() => openTranscript(path, options)).toThrow(
      `a writer of session s is already running (pid ${process.pid} since 2026`,
    );
    writer.close();
    writer.close();
    appendTo(path, '2');
    expect(outline(path)).toHaveLength(3);
  });

  it('holds no secret, and long output lies beside it without one', () => {
    const path = begun();
    const key = `sk-ant-api03-${'Zk4vTq9LmX2cRb7WdYh3'.repeat(2)}`;
    const writer = openTranscript(path, { redact: redactor() });
    writer.append(says('2', `my key is ${key}`));
    writer.append(answers('3', '2', `${'x '.repeat(60_000)}${key}${' y'.repeat(60_000)}`));
    writer.close();
    const spilled = readFileSync(join(dirname(path), 's.d', 'evt_3.txt'), 'utf8');
    expect(readFileSync(path, 'utf8') + spilled).not.toContain('Zk4vTq9LmX2cRb7WdYh3');
    expect(spilled).toContain('[redacted:anthropic-api-key]');
    expect(readFileSync(path, 'utf8')).toContain('my key is [redacted:anthropic-api-key]');
  });

  it('keeps a header that is damaged, and all the rest, when something is appended', () => {
    const path = begun();
    const damaged = `{"id":"evt_he\0\0${readFileSync(path, 'utf8').slice(16)}`;
    writeFileSync(path, damaged);
    appendTo(path, '2');
    expect(readFileSync(path, 'utf8').startsWith(damaged)).toBe(true);
    expect(outline(path).slice(1)).toEqual(['evt_1', 'evt_2']);
  });
});

describe('a crash', () => {
  it('at any byte of an append costs that record alone, and the next one starts on a line of its own', () => {
    const path = begun();
    const kept = readFileSync(path);
    appendTo(path, '2');
    const full = readFileSync(path);
    for (let size = kept.length; size < full.length; size++) {
      const copy = join(dirname(path), `cut-${size}`, 's.jsonl');
      mkdirSync(dirname(copy));
      writeFileSync(copy, full.subarray(0, size));
      appendTo(copy, '3');
      const ids = outline(copy);
      expect(readFileSync(copy).subarray(0, size).equals(full.subarray(0, size))).toBe(true);
      expect(ids.slice(0, 2)).toEqual(['evt_heads', 'evt_1']);
      expect(ids.at(-1)).toBe('evt_3');
      // Only the newline missing: the record is whole, and stays.
      if (size === full.length - 1) expect(ids[2]).toBe('evt_2');
    }
  });

  it('of the process leaves whole lines and a lock that the next writer takes over', async () => {
    const folder = tempFolder();
    const path = join(folder, 's.jsonl');
    const endless = script(
      folder,
      `import { createTranscript } from '@store/transcript.ts';
       const path = process.argv[2];
       const header = { id: 'evt_h', type: 'session.created', version: 1, session: 's', source: { tool: 'x' } };
       const { writer } = createTranscript(path, header, { redact: (t) => t });
       for (let i = 0; ; i++) {
         writer.append({ id: 'evt_' + i, type: 'user.message', content: [{ type: 'text', text: 'x'.repeat(20000) }] });
         if (i === 20) process.stdout.write('going');
       }`,
    );
    const { child, ended } = start(endless, [path]);
    await printed(child, 'going');
    expect(() => openTranscript(path, options)).toThrow('is already running');
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    appendTo(path, 'after');
    const ids = outline(path);
    expect(ids.length).toBeGreaterThan(20);
    expect(ids.filter((id) => id.startsWith('!')).length).toBeLessThanOrEqual(1);
    expect(ids.at(-1)).toBe('evt_after');
  });
});

describe('a failing disk', () => {
  it.each(['ENOSPC', 'EIO', 'EDQUOT'])('%s at write is a UserError, and all earlier lines stay', (code) => {
    const path = begun();
    const before = readFileSync(path);
    const write = () => {
      throw systemError(code);
    };
    const writer = openTranscript(path, { redact: plain, calls: { write } });
    expect(() => writer.append(says('2', 'two'))).toThrow(UserError);
    writer.close();
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['s.jsonl']);
  });

  it('that fills up in the middle of a line is worked on with once there is room', () => {
    const path = begun();
    let full = false;
    const write = (fd: number, bytes: Uint8Array, offset: number, length: number): number => {
      if (full) throw systemError('ENOSPC');
      full = length > 200;
      return writeSync(fd, bytes, offset, full ? 100 : length);
    };
    const writer = openTranscript(path, { redact: plain, calls: { write } });
    expect(() => writer.append(says('2', 'x'.repeat(500)))).toThrow('the disk is full');
    full = false;
    writer.append(says('3', 'three'));
    writer.close();
    expect(outline(path)).toEqual(['evt_heads', 'evt_1', '!cut off in the middle', 'evt_3']);
  });

  it('that takes a line in pieces gets all of it', () => {
    const path = begun();
    const write = (fd: number, bytes: Uint8Array, offset: number, length: number): number =>
      writeSync(fd, bytes, offset, Math.min(7, length));
    const writer = openTranscript(path, { redact: plain, calls: { write } });
    writer.append(says('2', 'ü'.repeat(100)));
    writer.close();
    expect(outline(path)).toEqual(['evt_heads', 'evt_1', 'evt_2']);
  });

  it('at fsync is a UserError and gives back the lock', () => {
    const path = begun();
    const fsync = () => {
      throw systemError('EIO');
    };
    const writer = openTranscript(path, { redact: plain, calls: { fsync } });
    writer.append(says('2', 'two'));
    expect(() => writer.sync()).toThrow('input/output error');
    expect(() => writer.close()).toThrow(UserError);
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(outline(path)).toEqual(['evt_heads', 'evt_1', 'evt_2']);
  });

  it('or a file in place of the folder is a UserError', () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(() => createTranscript(join(file, 's.jsonl'), headerOf('s'), options)).toThrow(UserError);
  });
});

describe('several processes', () => {
  it('appending lines of 1.5 MB tear and lose none', async () => {
    const folder = tempFolder();
    const path = begun(folder);
    const writing = script(
      folder,
      `import { openTranscript } from '@store/transcript.ts';
       const [path, name] = process.argv.slice(2);
       for (let i = 0; i < 6; i++) {
         const writer = openTranscript(path, { redact: (t) => t, waitMs: 50_000 });
         writer.append({ id: 'evt_' + name + i, type: 'user.message', content: [{ type: 'text', text: name.repeat(1500000) }] });
         writer.close();
       }`,
    );
    const ended = await Promise.all(['a', 'b', 'c', 'd'].map((name) => start(writing, [path, name]).ended));
    expect(ended.map((e) => e.stderr + String(e.code))).toEqual(['0', '0', '0', '0']);
    const ids = outline(path).slice(2);
    expect([...ids].sort()).toEqual(
      ['a', 'b', 'c', 'd'].flatMap((name) => [0, 1, 2, 3, 4, 5].map((i) => `evt_${name}${i}`)),
    );
  });

  it('may leave foreign lines between ours, which stay', () => {
    const path = begun();
    const writer = openTranscript(path, options);
    appendFileSync(path, `${JSON.stringify(says('x', 'foreign'))}\n`);
    writer.append(says('2', 'two'));
    writer.close();
    expect(outline(path)).toEqual(['evt_heads', 'evt_1', 'evt_x', 'evt_2']);
  });
});
