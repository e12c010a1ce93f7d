// Packs: blocks of bytes in a few files, which come back as they were put in, or not at all.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { byCodeUnit } from '../../src/base/collections.ts';
import { type Key, quickNumbers } from '../../src/base/hash.ts';
import type { NewBlock } from '../../src/store/pack-blocks.ts';
import { type Head, Heads } from '../../src/store/pack-heads.ts';
import { addToPacks, openPacks, type Packs } from '../../src/store/packs.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-packs-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const folder = () => join(dir, 'cache');
const keyOf = (name: string): Key => [...quickNumbers(name), ...quickNumbers(`${name} `)];
/** Of its bytes the first are the head, and its words are those of the text. */
const block = (text: string, meta: unknown = { n: text.length }): NewBlock => {
  const [head, body] = [Buffer.from(text.slice(0, 4)), Buffer.from(text)];
  const numbers = [text.length, 2 ** 32 - 1];
  const marks = Uint32Array.from(text.slice(0, 9), (letter) => letter.charCodeAt(0));
  const words = text.slice(0, 40).split(' ');
  return { meta, numbers, marks, words, head: head.length, bytes: Buffer.concat([head, body]) };
};
const filled = (blocks: Record<string, string>, version = 1): Packs => {
  const packs = openPacks(folder(), version);
  for (const [key, text] of Object.entries(blocks)) packs.add(keyOf(key), block(text));
  packs.finish();
  return packs;
};
const textOf = (packs: Packs, key: string) => {
  const packed = packs.get(keyOf(key));
  return packed?.read(0, packed.length).toString();
};

const marksIn = (packs: Packs, key: string) => {
  const marked = packs.get(keyOf(key))?.marks();
  return marked && String.fromCharCode(...marked.numbers.subarray(marked.from, marked.end));
};
const textIn = (head: Head) => head.bytes.toString('utf8', head.from, head.end);
const wordsIn = (head: Head) => Array.from({ length: head.count }, (_, n) => head.word(n));
const headIn = (packs: Packs, key: string) => {
  const head = packs.get(keyOf(key))?.head();
  return head && ([textIn(head), wordsIn(head)] as const);
};

it('come back with their value, whole or in part, from the writer itself and from whoever opens them later', () => {
  for (const packs of [filled({ a: 'first', b: 'second ü' }), openPacks(folder(), 1)]) {
    expect(packs.get(keyOf('a'))?.meta).toEqual({ n: 5 });
    expect(textOf(packs, 'b')).toBe('second ü');
    expect(packs.get(keyOf('b'))?.read(1, 3).toString()).toBe('eco');
    expect(packs.get(keyOf('a'))?.key).toEqual(keyOf('a'));
    expect([0, 1, 2].map((which) => packs.get(keyOf('b'))?.number(which))).toEqual([8, 2 ** 32 - 1, 0]);
    expect(marksIn(packs, 'b')).toBe('second ü');
    expect(packs.get(keyOf('c'))).toBeUndefined();
  }
});

it('are read from the disk once they are too many to be held, also after another process has merged their files away', () => {
  const large = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`k${i}`, `${i} `.repeat(2 ** 21)]));
  const writer = filled(large);
  const reader = openPacks(folder(), 1);
  for (let i = 0; i < 17; i++) filled({ [`small${i}`]: 'x' });
  const files = readdirSync(join(folder(), 'v1'));
  expect(files.length).toBeLessThan(12);
  expect(files).not.toContain('0001.pack');
  for (const packs of [writer, reader, openPacks(folder(), 1)]) {
    for (const [key, text] of Object.entries(large)) {
      expect(textOf(packs, key) === text).toBe(true);
      expect(headIn(packs, key)).toEqual([text.slice(0, 4), text.slice(0, 40).split(' ')]);
      expect(marksIn(packs, key)).toBe(text.slice(0, 9));
    }
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
  expect(openPacks(folder(), 2).get(keyOf('a'))).toBeUndefined();
  filled({ a: 'new' }, 2);
  expect(readdirSync(folder())).toEqual(['v2']);
});

it('that a crash cut off are misses, and so are lists that hold something else', () => {
  filled({ a: 'first', b: 'second' });
  truncateSync(join(folder(), 'v1', '0001.pack'), 8);
  appendFileSync(join(folder(), 'v1', '0001.list'), '{"key":"c","at":[-4,2],"head":[0,2],"meta":1}\n[]\n{"key":"d"');
  const packs = openPacks(folder(), 1);
  expect(textOf(packs, 'a')).toBe('first');
  expect(['b', 'c', 'd'].map((key) => packs.get(keyOf(key)))).toEqual([undefined, undefined, undefined]);
  for (const text of ['', 'x', '{"key":"c","at":[0,2],"head":[0,2],"meta":1}\n']) {
    writeFileSync(join(folder(), 'v1', '0001.list'), text);
    expect(openPacks(folder(), 1).get(keyOf('a'))).toBeUndefined();
  }
});

it.each(['heads', 'marks'])('whose %s a crash cut off are misses', (name) => {
  filled({ a: 'first', b: 'second' });
  const heads = join(folder(), 'v1', `0001.${name}`);
  truncateSync(heads, statSync(heads).size - 1);
  const packs = openPacks(folder(), 1);
  expect(headIn(packs, 'a')).toEqual(['firs', ['first']]);
  expect(packs.get(keyOf('b'))).toBeUndefined();
});

describe('heads', () => {
  const texts = Object.fromEntries(
    Array.from({ length: 3000 }, (_, i) => [`k${i}`, `${(i * 7919) % 3000} ${'of many'.repeat(i % 40)} ${i % 3}`]),
  );
  const expected = (text: string) => [text.slice(0, 4), text.slice(0, 40).split(' ')];
  const orders: Record<string, (keys: string[]) => string[]> = {
    'as they were kept': (keys) => keys,
    'the other way round': (keys) => keys.reverse(),
    'here and there': (keys) => keys.sort((a, b) => byCodeUnit(texts[a] ?? '', texts[b] ?? '')),
    'in pieces': (keys) => [...keys.slice(2000), ...keys.slice(1000, 2000).reverse(), ...keys.slice(0, 1000)],
  };

  it.each(Object.keys(orders))('come back %s, with the words of their blocks', (order) => {
    filled(texts);
    // So large that none of it is held in memory.
    filled({ large: 'x'.repeat(34 * 2 ** 20) });
    const writer = filled({ one: 'one of many', two: 'two of many' });
    const packs = openPacks(folder(), 1);
    for (const key of orders[order]?.(Object.keys(texts)) ?? []) {
      expect(headIn(packs, key)).toEqual(expected(texts[key] ?? ''));
      expect(headIn(writer, 'two')).toEqual(['two ', ['two', 'of', 'many']]);
    }
    expect(headIn(packs, 'large')).toEqual(['xxxx', ['x'.repeat(40)]]);
  });

  it('tell where they lie, for whoever reads them in another thread', () => {
    filled(texts);
    filled({ large: 'x'.repeat(34 * 2 ** 20) });
    const packs = openPacks(folder(), 1);
    for (const key of ['k2', 'large', 'k1']) {
      const place = packs.get(keyOf(key))?.headPlace();
      if (place === undefined) throw new Error('it is there');
      const head =
        'bytes' in place
          ? new Heads({ whole: place.bytes }, place.words).at(0, place.bytes.length)
          : new Heads({ open: () => place.fd }, place.words).at(place.position, place.length);
      const text = texts[key] ?? 'x'.repeat(40);
      expect([textIn(head), wordsIn(head)]).toEqual(expected(text));
    }
  });

  it('keep words that no others have to themselves, once there are very many', () => {
    const long = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`k${i}`, String(i).repeat(2 ** 20)]));
    const packs = openPacks(folder(), 1);
    for (const [key, word] of Object.entries(long))
      packs.add(keyOf(key), { ...block('hb'), words: [word, 'all have it', '\ud800 cut'], head: 1 });
    packs.finish();
    expect(statSync(join(folder(), 'v1', '0001.list')).size).toBeLessThan(5 * 2 ** 20);
    for (const found of [packs, openPacks(folder(), 1)])
      for (const [key, word] of Object.entries(long))
        expect(headIn(found, key)?.[1]?.[0] === word && headIn(found, key)?.[1]?.[2] === '\ud800 cut').toBe(true);
  });

  it('that say what nobody wrote are an error that says what to do', () => {
    filled({ a: 'first word' });
    const heads = join(folder(), 'v1', '0001.heads');
    writeFileSync(heads, Buffer.alloc(statSync(heads).size, 255));
    expect(() => openPacks(folder(), 1).get(keyOf('a'))?.head()).toThrow('damaged');
    writeFileSync(heads, Buffer.alloc(statSync(heads).size));
    expect(() => openPacks(folder(), 1).get(keyOf('a'))?.head().word(0)).toThrow('damaged');
  });
});

it('that cannot be written serve the process that made them', () => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(folder(), 'a file where the folder should be');
  const packs = filled({ a: 'kept in memory' });
  expect(textOf(packs, 'a')).toBe('kept in memory');
  expect(headIn(packs, 'a')).toEqual(['kept', ['kept', 'in', 'memory']]);
  expect(openPacks(folder(), 1).get(keyOf('a'))).toBeUndefined();
});

it('of two writers at once do not touch each other', () => {
  const [one, two] = [openPacks(folder(), 1), openPacks(folder(), 1)];
  one.add(keyOf('a'), block('one'));
  two.add(keyOf('b'), block('two'));
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
    adding.add(keyOf(`k${i}`), block(i === 7 ? large : `block ${i}`, { i }));
    adding.add(keyOf('a'), block(`a${i}`));
    adding.finish();
  }
  const packs = openPacks(folder(), 1);
  expect([textOf(packs, 'a'), textOf(packs, 'b'), textOf(packs, 'k0')]).toEqual(['a19', 'stays', 'block 0']);
  expect(packs.get(keyOf('k19'))?.meta).toEqual({ i: 19 });
  expect(textOf(packs, 'k7') === large).toBe(true);
  expect(readdirSync(join(folder(), 'v1')).length).toBeLessThanOrEqual(4 * 16);
});

it('write nothing where nothing was added', () => {
  addToPacks(folder(), 1).finish();
  expect(() => readdirSync(folder())).toThrow('ENOENT');
});
