// What is kept of many sessions at once: what was put is got, damage is a miss, and what nobody uses goes.
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEEPS_NOTHING, type KeptValue, openKept } from '../../src/store/kept.ts';
import { tempFolder } from './made.ts';

const SAMPLE: KeptValue = {
  value: { words: ['ä', 'b'], none: null },
  columns: {
    a: Uint8Array.of(1, 2, 3),
    b: Float64Array.of(0.1, -5, Number.NaN),
    c: Int32Array.of(-1),
    d: new Uint32Array(0),
    e: Uint16Array.of(65535),
    f: Int8Array.of(-1, 1),
  },
};

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((e) =>
    e.isFile() ? [join(e.parentPath, e.name)] : [],
  );
}

describe('openKept', () => {
  it('gives back what was put, numbers to the bit, also after opening it again', () => {
    const dir = tempFolder();
    openKept(dir, 'chunks', 1).put('a name of any kind /…', SAMPLE);
    expect(openKept(dir, 'chunks', 1).get('a name of any kind /…')).toEqual(SAMPLE);
  });

  it('keeps names, parts and versions apart, and the latest of each', () => {
    const dir = tempFolder();
    const kept = openKept(dir, 'chunks', 1);
    kept.put('a', SAMPLE);
    kept.put('a', { value: 2, columns: {} });
    expect(kept.get('a')).toEqual({ value: 2, columns: {} });
    expect(kept.get('b')).toBeUndefined();
    expect(openKept(dir, 'chunks', 2).get('a')).toBeUndefined();
    expect(openKept(dir, 'others', 1).get('a')).toBeUndefined();
  });

  it('takes every damaged file for none: each byte, and each length', () => {
    const dir = tempFolder();
    openKept(dir, 'chunks', 1).put('a', SAMPLE);
    const [file = ''] = filesIn(dir);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 7) {
      const wrong = Buffer.from(whole);
      wrong[at] = (wrong[at] ?? 0) ^ 0x10;
      writeFileSync(file, wrong);
      expect(openKept(dir, 'chunks', 1).get('a'), `byte ${at}`).toBeUndefined();
      writeFileSync(file, whole.subarray(0, at));
      expect(openKept(dir, 'chunks', 1).get('a'), `length ${at}`).toBeUndefined();
    }
    writeFileSync(file, whole);
    expect(openKept(dir, 'chunks', 1).get('a')).toEqual(SAMPLE);
  });

  it('keeps at most so many, and gives up the oldest that nobody used', () => {
    const dir = tempFolder();
    const first = openKept(dir, 'chunks', 1);
    for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) {
      const before = new Set(filesIn(dir));
      first.put(name, SAMPLE);
      for (const file of filesIn(dir)) if (!before.has(file)) utimesSync(file, 1000 + i, 1000 + i);
    }
    first.tidy(2); // all are in use
    expect(filesIn(dir)).toHaveLength(4);
    const again = openKept(dir, 'chunks', 1);
    again.get('a');
    again.tidy(2);
    const there = ['a', 'b', 'c', 'd'].filter((name) => openKept(dir, 'chunks', 1).get(name) !== undefined);
    expect(there).toEqual(['a', 'd']);
    openKept(dir, 'chunks', 2).tidy(9);
    expect(filesIn(dir)).toEqual([]);
  });

  it('loses what a disk does not take, and nothing else', () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'chunks'), 'a file where the folder would be');
    const kept = openKept(dir, 'chunks', 1);
    kept.put('a', SAMPLE);
    expect(kept.get('a')).toBeUndefined();
    kept.tidy(0);
    expect(KEEPS_NOTHING.get('a')).toBeUndefined();
  });
});
