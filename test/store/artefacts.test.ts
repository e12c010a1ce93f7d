// Copies of what a run made: what changed, what is bound, and what is never followed or kept.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copiesAt, keepCopies, restoreCopies, snapshotFolder } from '../../src/store/artefacts.ts';

let dir = '';
let folder = '';
let transcript = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-copies-'));
  folder = join(dir, 'work');
  transcript = join(dir, 'sessions', 's1.jsonl');
  mkdirSync(folder);
  mkdirSync(dirname(transcript));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}
const redact = (text: string) => text.replaceAll('hunter2', '[redacted]');
const outputs = () => join(dir, 'sessions', 's1.d', 'outputs');
const kept = () => readdirSync(outputs(), { recursive: true, encoding: 'utf8' }).sort();

describe('keeping copies', () => {
  it('takes files that are new or changed, redacts text, and leaves bytes as they are', () => {
    write('old.txt', 'old');
    write('edited.txt', 'before');
    const before = snapshotFolder(folder);
    write('edited.txt', 'after, hunter2');
    write('deep/new.bin', Buffer.from([0xff, 0, 1]));
    expect(keepCopies({ folder, before, transcript, redact })).toEqual({ copy: 's1.d/outputs', files: 2, skipped: 0 });
    expect(kept()).toEqual(['deep', 'deep/new.bin', 'edited.txt']);
    expect(readFileSync(join(outputs(), 'edited.txt'), 'utf8')).toBe('after, [redacted]');
    expect(readFileSync(join(outputs(), 'deep', 'new.bin'))).toEqual(Buffer.from([0xff, 0, 1]));
  });

  it('keeps nothing where nothing changed, and what was kept earlier goes', () => {
    const before = snapshotFolder(folder);
    write('a.txt', 'a');
    keepCopies({ folder, before, transcript, redact });
    expect(kept()).toEqual(['a.txt']);
    expect(keepCopies({ folder, before: snapshotFolder(folder), transcript, redact })).toBe(undefined);
    expect(() => kept()).toThrow('ENOENT');
  });

  it('of a session that broke off takes what it had made before as well', async () => {
    write('given.txt', 'laid out');
    await new Promise((resolve) => setTimeout(resolve, 30)); // file systems keep time in ticks of several milliseconds
    const begun = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 30));
    write('first.txt', 'before the crash');
    const before = snapshotFolder(folder, begun);
    write('second.txt', 'after it');
    expect(keepCopies({ folder, before, transcript, redact })).toMatchObject({ files: 2, skipped: 0 });
    expect(kept()).toEqual(['first.txt', 'second.txt']);
  });

  it('stays within its bounds, smallest files first, and counts what it left out', () => {
    const before = snapshotFolder(folder);
    for (const n of [1, 2, 3, 4, 5]) write(`${n}.txt`, 'x'.repeat(n * 10));
    const keep = (limits: { bytes?: number; files?: number; fileBytes?: number }) =>
      keepCopies({ folder, before, transcript, redact, limits });
    expect(keep({ files: 2 })).toMatchObject({ files: 2, skipped: 3 });
    expect(keep({ bytes: 60 })).toMatchObject({ files: 3, skipped: 2 });
    expect(keep({ fileBytes: 40 })).toMatchObject({ files: 4, skipped: 1 });
    expect(kept()).toEqual(['1.txt', '2.txt', '3.txt', '4.txt']);
  });

  it('follows no link, and passes over repositories, memories and what can be fetched again', () => {
    const before = snapshotFolder(folder);
    writeFileSync(join(dir, 'secret'), 'outside');
    symlinkSync(join(dir, 'secret'), join(folder, 'link'));
    symlinkSync(dir, join(folder, 'up'));
    for (const path of ['.git/config', '.agentmem/rubrics/x.yaml', 'node_modules/x/index.js', 'kept.txt'])
      write(path, 'x');
    keepCopies({ folder, before, transcript, redact });
    expect(kept()).toEqual(['kept.txt']);
  });
});

describe('giving copies back', () => {
  it('writes them into a folder of their own', () => {
    const before = snapshotFolder(folder);
    write('deep/a.txt', 'a');
    const { copy = '' } = keepCopies({ folder, before, transcript, redact }) ?? {};
    expect(copiesAt(transcript, copy)).toBe(outputs());
    expect(restoreCopies(outputs(), join(dir, 'back'))).toEqual({ files: 1 });
    expect(readFileSync(join(dir, 'back', 'deep', 'a.txt'), 'utf8')).toBe('a');
  });

  it('looks nowhere else, whatever a transcript says, and follows no link there', () => {
    mkdirSync(join(dir, 'sessions', 's1.d'));
    symlinkSync(dir, outputs());
    for (const copy of ['s1.d/outputs', '../work', 's2.d/outputs', '/etc', ''])
      expect(copiesAt(transcript, copy)).toBe(undefined);
  });
});
