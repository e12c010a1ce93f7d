// The same sessions give the same cards, byte for byte, whatever the number of threads, the order of their files and what the cache knows already.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCorpus } from '../../bench/scale/corpus.mjs';
import { type Home, makeHome } from '../support/agent.ts';

const SESSIONS = 110; // four pieces of work
const IMPORTED = 130; // more than is read without threads
const GROWN = 20;
const MANY = 1090; // more than are counted in one chunk
const NIGHTS = [1060, 1075, MANY]; // sessions that there are
const PART = 60; // stored at once, where they come a few at a time

let home: Home;
let repo = '';
let sessions = '';
let cards = '';
beforeAll(() => {
  home = makeHome();
  repo = home.memory('memory');
  sessions = join(repo, '.agentmem', 'sessions');
  writeCorpus(sessions, { seed: 'same-cards', from: 0, to: SESSIONS, format: 'stored' });
  cards = mined(repo, '--jobs', '1');
});
afterAll(() => home.remove());

function mined(cwd: string, ...flags: string[]): string {
  const { code, stdout, stderr } = home.agent(cwd, 'mine', '--json', '--quiet', ...flags);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function withoutCache(cwd: string): void {
  rmSync(join(cwd, '.agentmem', 'cache'), { recursive: true, force: true });
}

describe('same sessions, same cards', () => {
  it('of several families, so that there is something to compare', () => {
    const { cards: found, sessions: read } = JSON.parse(cards) as { cards: { kind: string }[]; sessions: number };
    expect(read).toBe(SESSIONS);
    const kinds = new Set(found.map(({ kind }) => kind));
    for (const kind of ['error_fix', 'gap']) expect(kinds).toContain(kind);
  });

  it.each(['2', '3'])('read anew by %s threads as by one', (jobs) => {
    withoutCache(repo);
    expect(mined(repo, '--jobs', jobs)).toBe(cards);
  });

  it('out of the cache', () => {
    expect(mined(repo)).toBe(cards);
  });

  it('from files that were written in another order, lie in other folders and are of other days', () => {
    const other = home.memory('other');
    const files = filesBelow(sessions);
    // Folders and days that the index reads in another order than the sessions' own.
    for (const [i, file] of [...files].reverse().entries()) {
      const folder = join(
        other,
        '.agentmem',
        'sessions',
        i % 3 === 0 ? 'undated' : `20${19 - (i % 7)}/0${1 + (i % 5)}`,
      );
      mkdirSync(folder, { recursive: true });
      const path = join(folder, basename(file));
      writeFileSync(path, readFileSync(file));
      const day = new Date(Date.UTC(2020, 0, 1 + ((i * 37) % 300)));
      utimesSync(path, day, day);
    }
    expect(mined(other, '--jobs', '3')).toBe(cards);
  });

  it('that came a few at a time, and of which some grew, with the rest in the cache', () => {
    const grown = home.memory('grown');
    const files = filesBelow(sessions);
    const stored = (file: string) => join(grown, '.agentmem', file.slice(file.indexOf('sessions')));
    const halves = new Map<string, Buffer>();
    const seen: number[] = [];
    for (let from = 0; from < files.length; from += PART) {
      for (const [i, file] of files.slice(from, from + PART).entries()) {
        const bytes = readFileSync(file);
        const cut = i < GROWN ? bytes.indexOf(10, bytes.length >> 1) + 1 : bytes.length;
        mkdirSync(join(stored(file), '..'), { recursive: true });
        writeFileSync(stored(file), bytes.subarray(0, cut));
        if (cut < bytes.length) halves.set(file, bytes.subarray(cut));
      }
      seen.push((JSON.parse(mined(grown, '--jobs', '2')) as { sessions: number }).sessions);
    }
    expect(seen).toEqual([PART, SESSIONS]);
    expect(halves.size).toBe(2 * GROWN);
    for (const [file, rest] of halves) appendFileSync(stored(file), rest);
    expect(mined(grown, '--jobs', '3')).toBe(cards);
  });

  it('night after night, of which each counts only what is new, while some are removed', { timeout: 180_000 }, () => {
    const nightly = home.memory('nightly');
    const folder = join(nightly, '.agentmem', 'sessions');
    const chunks = join(nightly, '.agentmem', 'cache', 'folds');
    let from = 0;
    for (const until of NIGHTS) {
      writeCorpus(folder, { seed: 'nights', from, to: until, format: 'stored' });
      from = until;
      mined(nightly);
    }
    const kept = readdirSync(chunks, { recursive: true }).filter((name) => String(name).endsWith('.kept'));
    expect(kept).toHaveLength(2); // a chunk, and the list of chunks
    const [oldest = ''] = filesBelow(folder);
    rmSync(oldest);
    const warm = mined(nightly);
    withoutCache(nightly);
    expect(mined(nightly)).toBe(warm);
    expect((JSON.parse(warm) as { sessions: number }).sessions).toBe(MANY - 1);
  });

  it('imported by any number of threads, from what the import itself kept and from the stored files alone', {
    timeout: 180_000,
  }, () => {
    const originals = join(home.dir, 'originals');
    writeCorpus(originals, { seed: 'same-cards', from: 0, to: IMPORTED, format: 'claude' });
    const found = ['1', '3'].map((jobs) => {
      const memory = home.memory(`imported${jobs}`);
      const { code, stdout } = home.agent(memory, 'import', originals, '--jobs', jobs, '--json', '--quiet');
      expect(code).toBe(0);
      const warm = mined(memory, '--projects', 'all');
      withoutCache(memory);
      expect(mined(memory, '--projects', 'all')).toBe(warm);
      const stored = filesBelow(join(memory, '.agentmem', 'sessions')).map((file) => readFileSync(file, 'utf8'));
      return { report: stdout, warm, stored };
    });
    expect(found[0]?.stored).toHaveLength(IMPORTED);
    expect((JSON.parse(found[0]?.warm ?? '') as { cards: unknown[] }).cards.length).toBeGreaterThan(0);
    expect(found[1]).toEqual(found[0]);
  });
});
