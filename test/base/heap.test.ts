// How freely the heap may grow: V8 knows what it is told, and says nothing on stderr.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { expect, it } from 'vitest';

const SOURCE = readFileSync(join(import.meta.dirname, '../../src/base/heap.ts'), 'utf8');

// A hundred megabytes that live, and ten times as much that does not.
const WORK = `
const live = Array.from({ length: 100 }, () => new Array(131_072).fill(1.5));
for (let i = 0; i < 1000; i++) live[i % 100] = new Array(131_072).fill(i);
console.log(process.memoryUsage().heapTotal > 0 && live.length);`;

it('is held in a process that works on as before, without a word', () => {
  const { code } = transformSync(SOURCE, { loader: 'ts' });
  const script = `${code}\nkeepHeapSmall();\n${WORK}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect([status, stdout, stderr]).toEqual([0, '100\n', '']);
});
