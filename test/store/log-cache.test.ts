// The one-file cache keeps what was put, across processes and crashes, and never fails a command.
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLogCache } from '../../src/store/log-cache.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-log-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('gives back what was put, also to the next process, and the newest of two', () => {
  const cache = openLogCache(dir, 'things', 1);
  expect(cache.get('a')).toBeUndefined();
  cache.put('a', { n: 1 });
  cache.put('b', [2]);
  cache.put('a', { n: 3 });
  expect(cache.get('a')).toEqual({ n: 3 });
  const again = openLogCache(dir, 'things', 1);
  expect([again.get('a'), again.get('b'), again.get('c')]).toEqual([{ n: 3 }, [2], undefined]);
  expect(openLogCache(dir, 'things', 2).get('a')).toBeUndefined();
});

it('takes a torn, foreign or binary line for a miss and keeps the rest', () => {
  openLogCache(dir, 'things', 1).put('a', 1);
  const path = join(dir, 'things-v1.jsonl');
  appendFileSync(path, 'not json\n[1]\n\u0000\u0000\n{"key":"torn","val');
  openLogCache(dir, 'things', 1).put('b', 2);
  const cache = openLogCache(dir, 'things', 1);
  expect([cache.get('a'), cache.get('torn'), cache.get('b')]).toEqual([1, undefined, 2]);
});

it('grows no longer than about twice what it holds', () => {
  const path = join(dir, 'things-v1.jsonl');
  writeFileSync(path, `${JSON.stringify({ key: 'a', value: 1 })}\n`.repeat(5000));
  expect(openLogCache(dir, 'things', 1).get('a')).toBe(1);
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(1);
});

it.skipIf(process.getuid?.() === 0)('works without a cache where nothing can be written', () => {
  chmodSync(dir, 0o500);
  const cache = openLogCache(dir, 'things', 1);
  cache.put('a', 1);
  expect(cache.get('a')).toBe(1);
  expect(statSync(dir).mode & 0o777).toBe(0o500);
});
