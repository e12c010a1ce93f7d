// The cache: what was put is got, and damage is a miss.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCache } from '../../src/store/cache.ts';
import { tempFolder } from './made.ts';

function files(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((e) =>
    e.isFile() ? [join(e.parentPath, e.name)] : [],
  );
}

describe('openCache', () => {
  it('gives back what was put, the latest, also after opening it again', () => {
    const dir = tempFolder();
    const cache = openCache(dir, 'extracts', 1);
    expect(cache.get('a')).toBeUndefined();
    cache.put('a', { n: 1 });
    cache.put('a', { n: [2, null] });
    cache.put('b', null);
    expect(openCache(dir, 'extracts', 1).get('a')).toEqual({ n: [2, null] });
    expect(cache.get('b')).toBeNull();
  });

  it('keeps names, versions and keys apart, also keys that differ only in case', () => {
    const dir = tempFolder();
    openCache(dir, 'x', 1).put('key', 'lower');
    openCache(dir, 'x', 1).put('KEY', 'upper');
    expect(openCache(dir, 'x', 1).get('key')).toBe('lower');
    expect(openCache(dir, 'x', 2).get('key')).toBeUndefined();
    expect(openCache(dir, 'y', 1).get('key')).toBeUndefined();
  });

  it.each(['', '\0\0\0', '{"key":"a"', '{"key":"b","value":1}', '[]', 'null', '{"key":"a"}'])(
    'takes a damaged entry for none: %j',
    (content) => {
      const dir = tempFolder();
      const cache = openCache(dir, 'x', 1);
      cache.put('a', 1);
      for (const file of files(dir)) writeFileSync(file, content);
      expect(cache.get('a')).toBeUndefined();
      cache.put('a', 2);
      expect(cache.get('a')).toBe(2);
    },
  );

  it('loses entries and nothing else where it cannot be written', () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'x'), 'a file in the way');
    const cache = openCache(dir, 'x', 1);
    cache.put('a', 1);
    expect(cache.get('a')).toBeUndefined();
    expect(readFileSync(join(dir, 'x'), 'utf8')).toBe('a file in the way');
  });

  it.each(['', '../x', 'a/b', 'a\0', 'ü', 'x'.repeat(201)])('refuses the key %j', (key) => {
    const cache = openCache(tempFolder(), 'x', 1);
    expect(() => cache.get(key)).toThrow('not a cache key');
    expect(() => cache.put(key, 1)).toThrow('not a cache key');
  });

  it('refuses names that are paths', () => {
    expect(() => openCache(tempFolder(), '../x', 1)).toThrow('not a name');
  });
});
