// The log of nightly runs: bounded in size, with three older generations.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendToLog } from '../../src/host/log-file.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-log-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the log', () => {
  it('keeps the newest lines in order, in at most four files of the given size', () => {
    const path = join(dir, 'state', 'schedule.log');
    for (let i = 0; i < 100; i++) appendToLog(path, `line ${i}\n`, { maxBytes: 50, generations: 3 });
    const text = ['.3', '.2', '.1', ''].map((end) => readFileSync(`${path}${end}`, 'utf8')).join('');
    const numbers = text.match(/\d+/g)?.map(Number) ?? [];
    expect(numbers.at(-1)).toBe(99);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 100 - numbers.length + i));
    for (const end of ['.3', '.2', '.1', '']) expect(statSync(`${path}${end}`).size).toBeLessThanOrEqual(50);
    expect(existsSync(`${path}.4`)).toBe(false);
  });

  it('can be read by its owner alone', () => {
    const path = join(dir, 'schedule.log');
    appendToLog(path, 'x\n', { maxBytes: 50, generations: 3 });
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('a text longer than the bound is kept whole, by itself', () => {
    const path = join(dir, 'schedule.log');
    appendToLog(path, 'short\n', { maxBytes: 50, generations: 3 });
    appendToLog(path, 'x'.repeat(80), { maxBytes: 50, generations: 3 });
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(80));
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('short\n');
  });
});
