// Atomic writes: whole or not at all, with nothing left behind.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import {
  createAtomic,
  createSoon,
  type FileCalls,
  folderSynced,
  writeAtomic,
  writeFully,
} from '../../src/store/atomic.ts';
import { fileWith, systemError, tempFolder } from './made.ts';

const fails = (code: string) => () => {
  throw systemError(code);
};

describe('writeAtomic', () => {
  it('makes the folders, writes the content and leaves nothing else', () => {
    const path = join(tempFolder(), 'a', 'b', 'c.json');
    writeAtomic(path, 'one');
    writeAtomic(path, Buffer.from('two'));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(dirname(path))).toEqual(['c.json']);
  });

  const faults: [string, FileCalls][] = ['ENOSPC', 'EIO', 'EDQUOT'].flatMap((code): [string, FileCalls][] => [
    [`${code} at write`, { write: fails(code) }],
    [`${code} at fsync`, { fsync: fails(code) }],
    [`${code} at rename`, { rename: fails(code) }],
  ]);
  it.each(faults)('keeps the old content and removes its temporary file on %s', (_name, failing) => {
    const path = fileWith('old', 'kept.json');
    let thrown: unknown;
    try {
      writeAtomic(path, 'new', failing);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UserError);
    expect(thrown).toMatchObject({ problem: { where: path, what: expect.stringContaining('could not write') } });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(dirname(path))).toEqual(['kept.json']);
  });

  it('says so where a file stands in the way of a folder', () => {
    const file = fileWith('not a folder', 'blocked');
    expect(() => writeAtomic(join(file, 'x.json'), 'x')).toThrow(UserError);
  });

  it('lets errors that are bugs through as they are', () => {
    const bug = new TypeError('a bug');
    const write = () => {
      throw bug;
    };
    expect(() => writeAtomic(join(tempFolder(), 'x'), 'x', { write })).toThrow(bug);
  });

  it('passes by the temporary file of a dead process', () => {
    const path = fileWith('old', 'x.json');
    for (let n = 0; n < 200; n++) writeFileSync(join(dirname(path), `.x.json.${process.pid}.${n}.tmp`), 'left over');
    writeAtomic(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });
});

describe('createAtomic', () => {
  it('never replaces what is there', () => {
    const path = join(tempFolder(), 'x.jsonl');
    expect(createAtomic(path, ['a\n', 'b\n'])).toBe(true);
    expect(createAtomic(path, ['c\n'])).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
    expect(readdirSync(dirname(path))).toEqual(['x.jsonl']);
  });

  it('joins many parts into large writes', () => {
    const path = join(tempFolder(), 'x.jsonl');
    const parts = Array.from({ length: 3000 }, (_, i) => `${i} ${'ü'.repeat(500)}\n`);
    createAtomic(path, parts);
    expect(readFileSync(path, 'utf8')).toBe(parts.join(''));
  });
});

describe('createSoon', () => {
  it('makes the folders, says what the file is, and never replaces what is there', async () => {
    const path = join(tempFolder(), 'a', 'x.jsonl');
    const both = await Promise.all([createSoon(path, Buffer.from('one\n')), createSoon(path, Buffer.from('two!\n'))]);
    const [stats] = both.filter((one) => one !== undefined);
    expect(both.filter((one) => one === undefined)).toHaveLength(1);
    const { size, mtimeMs } = statSync(path);
    expect([stats?.size, stats?.mtimeMs]).toEqual([size, mtimeMs]);
    expect(['one\n', 'two!\n']).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(dirname(path))).toEqual(['x.jsonl']);
  });

  it.each(['write', 'fsync'])('leaves nothing where the disk fails at %s, and names the path', async (call) => {
    const path = join(tempFolder(), 'x.jsonl');
    const failed = createSoon(path, Buffer.from('one\n'), { [call]: fails('ENOSPC') });
    await expect(failed).rejects.toMatchObject({ problem: { where: path } });
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

describe('writeFully', () => {
  it('goes on after short writes until everything is written', () => {
    const written: number[] = [];
    const write = (_fd: number, bytes: Uint8Array, offset: number): number => {
      written.push(...bytes.subarray(offset, offset + 2));
      return Math.min(2, bytes.length - offset);
    };
    writeFully(0, Uint8Array.of(1, 2, 3, 4, 5), write);
    expect(written).toEqual([1, 2, 3, 4, 5]);
  });

  it('ends with an error where nothing gets written any more', () => {
    expect(() => writeFully(0, Uint8Array.of(1), () => 0)).toThrow('nothing was written');
  });
});

describe('folderSynced', () => {
  it('serves those who ask while a sync is under way with the one that follows, and whoever asks later with another', async () => {
    const folder = tempFolder();
    const first = folderSynced(folder);
    await Promise.resolve(); // it has begun
    await Promise.resolve();
    const second = folderSynced(folder);
    expect(second).not.toBe(first);
    expect(folderSynced(folder)).toBe(second);
    await Promise.all([first, second]);
    const third = folderSynced(folder);
    expect(third).not.toBe(second);
    await third;
  });

  it('says nothing of a folder that is gone', async () => {
    await expect(folderSynced(join(tempFolder(), 'gone'))).resolves.toBeUndefined();
  });
});
