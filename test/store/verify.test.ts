// Verification: every kind of damage is named with its place, and nothing is changed.
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { saveImported } from '../../src/store/imported.ts';
import type { Layout } from '../../src/store/layout.ts';
import { type verifyInThreads, verifySessions } from '../../src/store/verify.ts';
import { answers, calls, headerOf, plain, says, tempLayout } from './made.ts';

const HEADER = JSON.stringify(headerOf('s'));

function layoutWith(text: string): { layout: Layout; path: string } {
  const layout = tempLayout();
  const path = join(layout.sessions, 'undated', 's.jsonl');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return { layout, path };
}
function problems(...lines: (string | object)[]): string[] {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const { layout, path } = layoutWith(text.endsWith('}') ? `${text}\n` : text);
  const before = readFileSync(path);
  const report = verifySessions(layout);
  expect(readFileSync(path).equals(before)).toBe(true);
  for (const problem of report.problems) expect(problem.file).toBe('undated/s.jsonl');
  return report.problems.map(({ line, reason }) => `${line ?? '-'}: ${reason}`);
}

describe('verifySessions', () => {
  it('finds nothing wrong with what we store, an unanswered call included', () => {
    const layout = tempLayout();
    const events = [
      says('1', 'a', { at: '2026-01-01T00:00:00.000Z' }),
      calls('2', 'ls'),
      answers('3', '2', 'x'.repeat(200_000)),
      calls('4', 'cat'),
    ];
    saveImported(layout, { header: headerOf('s'), events }, { redact: plain });
    saveImported(layout, { header: headerOf('t', { at: '2026-01-01T00:00:00.000Z' }), events: [] }, { redact: plain });
    const seen: unknown[] = [];
    expect(verifySessions(layout, (signal) => seen.push(signal))).toEqual({
      files: 2,
      lines: 6,
      events: 6,
      problems: [],
    });
    expect(seen.at(-1)).toMatchObject({ stage: 'verify', done: 2, total: 2 });
  });

  it('names bad and torn lines', () => {
    expect(problems(HEADER, '{"id":', says('1', 'a'), '{"id":"evt_2","ty')).toEqual([
      '2: cut off in the middle',
      '4: the last line is cut off',
    ]);
  });

  it('names a header that is missing, damaged, second, or of another session', () => {
    expect(problems(says('1', 'a'))).toEqual(['1: the first line is not a header']);
    expect(problems('{"id', HEADER)).toEqual([
      '1: cut off in the middle',
      '1: the first line is not a header',
      '2: a second header',
    ]);
    expect(problems(HEADER, headerOf('other', { session: 's' }))).toEqual(['2: a second header']);
    expect(problems(headerOf('other'))).toEqual(['1: the header is of session other']);
    expect(problems('')).toEqual(['-: the file is empty']);
  });

  it('names events that do not fit the schema', () => {
    const [first] = problems(HEADER, { id: 'evt_1', type: 'agent.message', content: [], at: 'noon' });
    expect(first).toMatch(/^2: at: /);
    expect(problems(HEADER, { id: 'evt_1', type: 'agent.invented\u001b[31m' })[0]).toMatch(/^2: /);
    expect(problems(HEADER, { ...says('1', 'a'), id: 'no-prefix' })[0]).toMatch(/^2: id: /);
  });

  it('names ids that occur twice and answers to calls that are not there', () => {
    expect(problems(HEADER, says('1', 'a'), says('1', 'b'))).toEqual(['3: the id evt_1 occurs already in line 2']);
    expect(problems(HEADER, answers('1', '0', 'x'), answers('3', '2', 'y'), calls('2', 'late'))).toEqual([
      '2: answers the call evt_0, which is not there',
    ]);
  });

  it('names spilled files that are gone or lie elsewhere', () => {
    const layout = tempLayout();
    saveImported(
      layout,
      { header: headerOf('s'), events: [calls('1', 'x'), answers('2', '1', 'x'.repeat(200_000))] },
      { redact: plain },
    );
    const folder = join(layout.sessions, 'undated');
    rmSync(join(folder, 's.d', 'evt_2.txt'));
    appendFileSync(
      join(folder, 's.jsonl'),
      `${JSON.stringify({ ...says('3', ''), content: [{ type: 'image', file: '../../etc/passwd' }] })}\n`,
    );
    expect(verifySessions(layout).problems.map((p) => p.reason)).toEqual([
      'the file s.d/evt_2.txt is not there',
      'the file ../../etc/passwd is not there',
    ]);
  });
});

it('gives the same report by several threads, in the order of the files', async () => {
  const layout = tempLayout();
  for (let n = 0; n < 70; n++) {
    const header = headerOf(`s${String(n).padStart(2, '0')}`);
    saveImported(
      layout,
      { header, events: n % 3 === 0 ? [answers('3', 'gone', 'x')] : [says('1', 'a')] },
      { redact: plain },
    );
  }
  const report = verifySessions(layout);
  expect(report.problems).toHaveLength(24);
  const root = join(import.meta.dirname, '..', '..');
  const outdir = join(root, 'node_modules', '.cache', 'agentmem-test-verify');
  await build({
    entryPoints: {
      verify: join(root, 'src/store/verify.ts'),
      'store/verify-thread': join(root, 'src/store/verify-thread.ts'),
    },
    ...{
      outdir,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      packages: 'external',
    },
  });
  const bundled: { verifyInThreads: typeof verifyInThreads } = await import(
    pathToFileURL(join(outdir, 'verify.js')).href
  );
  for (const jobs of [1, 2, 4]) expect(await bundled.verifyInThreads(layout, () => {}, { jobs })).toEqual(report);
});
