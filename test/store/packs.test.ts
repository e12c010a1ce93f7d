// Packs: blocks of bytes in a few files, which come back as they were put in, or not at all.
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addToPacks, openPacks, type Packs } from '../../src/store/packs.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-packs-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const folder = () => join(dir, 'cache');
const filled = (blocks: Record<string, string>, version = 1): Packs => {
  const packs = openPacks(folder(), version);
  for (const [key, text] of Object.entries(blocks)) packs.add(key, { n: text.length }, Buffer.from(text));
  packs.finish();
  return packs;
};
const textOf = (packs: Packs, key: string) => {
  const block = packs.get(key);
  return block?.read(0, block.length).toString();
};

it('come back with their value, whole or in part, from the writer itself and from whoever opens them later', () => {
  for (const packs of [filled({ a: 'first', b: 'second ü' }), openPacks(folder(), 1)]) {
    expect(packs.get('a')?.meta).toEqual({ n: 5 });
    expect(textOf(packs, 'b')).toBe('second ü');
    expect(packs.get('b')?.read(1, 3).toString()).toBe('eco');
    expect(packs.get('c')).toBeUndefined();
  }
});

it('are read from the disk once they are too many to be held, also after another process has merged their files away', () => {
  const large = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`k${i}`, `${i} `.repeat(2 ** 21)]));
  const writer = filled(large);
  const reader = openPacks(folder(), 1);
  for (let i = 0; i < 17; i++) filled({ [`small${i}`]: 'x' });
  const files = readdirSync(join(folder(), 'v1'));
  expect(files.length).toBeLessThan(8);
  expect(files).not.toContain('0001.pack');
  for (const packs of [writer, reader, openPacks(folder(), 1)]) {
    for (const [key, text] of Object.entries(large)) expect(textOf(packs, key) === text).toBe(true);
  }
  expect(textOf(openPacks(folder(), 1), 'small3')).toBe('x');
});

it('take the newest block of a key', () => {
  filled({ a: 'old', b: 'stays' });
  filled({ a: 'new' });
  const packs = openPacks(folder(), 1);
  expect([textOf(packs, 'a'), textOf(packs, 'b')]).toEqual(['new', 'stays']);
});

it('of another version are misses, and go with the first block of this one', () => {
  filled({ a: 'old' }, 1);
  expect(openPacks(folder(), 2).get('a')).toBeUndefined();
  filled({ a: 'new' }, 2);
  expect(readdirSync(folder())).toEqual(['v2']);
});

it('that a crash cut off are misses, and so are lists that hold something else', () => {
  filled({ a: 'first', b: 'second' });
  truncateSync(join(folder(), 'v1', '0001.pack'), 8);
  appendFileSync(join(folder(), 'v1', '0001.list'), '{"key":"c","offset":-4,"length":2,"meta":1}\n[]\n{"key":"d"');
  const packs = openPacks(folder(), 1);
  expect(textOf(packs, 'a')).toBe('first');
  expect(['b', 'c', 'd'].map((key) => packs.get(key))).toEqual([undefined, undefined, undefined]);
});

it('that cannot be written serve the process that made them', () => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(folder(), 'a file where the folder should be');
  const packs = filled({ a: 'kept in memory' });
  expect(textOf(packs, 'a')).toBe('kept in memory');
  expect(openPacks(folder(), 1).get('a')).toBeUndefined();
});

it('of two writers at once do not touch each other', () => {
  const [one, two] = [openPacks(folder(), 1), openPacks(folder(), 1)];
  one.add('a', 1, Buffer.from('one'));
  two.add('b', 2, Buffer.from('two'));
  one.finish();
  two.finish();
  const packs = openPacks(folder(), 1);
  expect([textOf(packs, 'a'), textOf(packs, 'b')]).toEqual(['one', 'two']);
});

it('take what somebody adds who reads none of them, and stay few', () => {
  const large = 'x'.repeat(5 * 2 ** 20);
  filled({ a: 'old', b: 'stays' });
  for (let i = 0; i < 20; i++) {
    const adding = addToPacks(folder(), 1);
    adding.add(`k${i}`, { i }, Buffer.from(i === 7 ? large : `block ${i}`));
    adding.add('a', { i }, Buffer.from(`a${i}`));
    adding.finish();
  }
  const packs = openPacks(folder(), 1);
  expect([textOf(packs, 'a'), textOf(packs, 'b'), textOf(packs, 'k0')]).toEqual(['a19', 'stays', 'block 0']);
  expect(packs.get('k19')?.meta).toEqual({ i: 19 });
  expect(textOf(packs, 'k7') === large).toBe(true);
  expect(readdirSync(join(folder(), 'v1')).length).toBeLessThanOrEqual(2 * 16);
});

it('write nothing where nothing was added', () => {
  addToPacks(folder(), 1).finish();
  expect(() => readdirSync(folder())).toThrow('ENOENT');
});
