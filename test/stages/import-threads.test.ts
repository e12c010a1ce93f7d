// An import that is shared among threads: the same bytes, reports and order as without; and what it knows of new sessions, nobody has to read again.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCorpus } from '../../bench/scale/corpus.mjs';
import type { Signal } from '../../src/domain/emit.ts';
import { loadExtracts } from '../../src/mining/load.ts';
import { mine } from '../../src/mining/mine.ts';
import type { ImportReport, ImportRequest } from '../../src/stages/import/contract.ts';
import { importSessions } from '../../src/stages/import.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { openLogCache } from '../../src/store/log-cache.ts';
import { redactor } from '../../src/store/redaction.ts';
import type { Brief } from '../../src/store/session-brief.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { listIndex } from '../../src/store/session-list.ts';
import { samples } from '../sources/samples.ts';
import { answered, call, jsonl, result, said, text, write } from '../sources/support.ts';

const RULES = [{ name: 'shop', pattern: 'kiln-[0-9]+', literal: 'kiln-' }];
const WIDE = 70; // of them, of 90 KB and one call each: together enough for threads to be worth it
const LARGE = 110; // sessions of the corpus
const LEFT = 4; // sessions whose parts came one after the other, or with files beside them
const SMALL = 190; // more, so that there are many files

const folder = mkdtempSync(join(tmpdir(), 'agentmem-import-threads-'));
const originals = join(folder, 'originals');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  writeCorpus(join(originals, 'corpus'), { seed: 'import-threads', from: 0, to: LARGE - WIDE, format: 'claude' });
  for (let n = 0; n < WIDE; n++) wide(n);
  for (let n = 0; n < SMALL; n++) small(n);
  for (const [name, files] of Object.entries(samples))
    for (const { path, content } of files) write(join(originals, 'samples', name, path), content);
  resumed();
  damaged();
  ownFormat();
});

const named = (n: number) => ({ sessionId: `cccccccc-0000-4000-8000-${String(n).padStart(12, '0')}` });

function small(n: number): void {
  const use = call(`t${n}`, 'Bash', { command: `open kiln-${n}`, password: `pass${n}word` });
  const records = [
    said(`s${n}-1`, null, `Open kiln-${n} & wait.`, named(n)),
    answered(`s${n}-2`, `s${n}-1`, use, `m${n}`, named(n)),
    { ...result(`s${n}-3`, `s${n}-2`, `t${n}`, n % 80 === 0 ? 'x'.repeat(120_000) : 'done'), ...named(n) },
  ];
  write(join(originals, `small/${n}.jsonl`), jsonl(records));
}

function wide(n: number): void {
  const id = named(500 + n);
  const shown = `line ${n} of kiln-${n}: "hot"\n`.repeat(2_900);
  const records = [
    said(`w${n}-1`, null, 'Show the log.', id),
    answered(`w${n}-2`, `w${n}-1`, call(`w${n}`), `mw${n}`, id),
    { ...result(`w${n}-3`, `w${n}-2`, `w${n}`, shown), ...id },
  ];
  write(join(originals, `corpus/wide/${n}.jsonl`), jsonl(records));
}

// A session, its copy under another name, and the same file twice.
function resumed(): void {
  const first = [said('r1', null, 'Begin.', named(900)), answered('r2', 'r1', text('Begun.'), 'mr', named(900))];
  const copy = [...first.map((record) => ({ ...record, ...named(901) })), said('r3', 'r2', 'Go on.', named(901))];
  write(join(originals, 'a/first.jsonl'), jsonl(first));
  write(join(originals, 'a/twice.jsonl'), jsonl(first));
  write(join(originals, 'z/resumed.jsonl'), jsonl(copy));
}

function damaged(): void {
  write(join(originals, 'bad/torn.jsonl'), `${jsonl([said('d1', null, 'Hm.', named(950))])}{"type":"us`);
  write(join(originals, 'bad/empty.jsonl'), '');
  write(join(originals, 'bad/note.txt'), 'Not a transcript.');
  write(
    join(originals, 'bad/cut.json'),
    '[{"task_id":1,"trial":0,"reward":1,"traj":[{"role":"user","content":"Hi"}]},',
  );
}

// Of another memory: one with a secret that its rules did not know, one with a file beside it.
function ownFormat(): void {
  const line = (session: string, at: number, more: object) =>
    JSON.stringify({ id: `evt_${session}-${at}`, at: `2026-02-01T00:00:0${at}.000Z`, ...more });
  const own = (session: string, words: string, more: object = {}) => {
    const header = { type: 'session.created', version: 1, session, source: { tool: 'agentmem' } };
    const content = [{ type: 'text', text: words }];
    const lines = [
      line(session, 0, header),
      line(session, 1, { type: 'agent.tool_use', name: 'look', input: {} }),
      line(session, 2, { type: 'agent.tool_result', tool_use_id: `evt_${session}-1`, content, ...more }),
    ];
    write(join(originals, `own/${session}.jsonl`), `${lines.join('\n')}\n`);
  };
  own('own-plain', 'a cat');
  own('own-secret', 'it is in kiln-77');
  own('own-spilled', 'long', { file: 'own-spilled.d/evt_own-spilled-2.txt' });
  write(join(originals, 'own/own-spilled.d/evt_own-spilled-2.txt'), 'long and kiln-5');
  own('own-missing', 'long', { file: 'own-missing.d/evt_x.txt' });
}

let memories = 0;

type Import = typeof importSessions;

function memory(jobs: number, importing: Import = importSessions) {
  const layout = layoutOf(join(folder, `memory${memories++}`, '.agentmem'));
  const go = async (paths: string[], more: Partial<ImportRequest> = {}) => {
    const signals: Signal[] = [];
    const cache = openLogCache(layout.cache, 'imports', 1);
    const common = { by: 'abc', redact: redactor(RULES), rules: RULES, signal: undefined };
    const emit = (signal: Signal) => signals.push(signal);
    const report: ImportReport = await importing({ layout, paths, emit, cache, jobs, ...common, ...more });
    return { report, signals };
  };
  return { layout, go };
}

/** Every file of a memory's sessions with its bytes. */
function tree(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(dir.length), readFileSync(path, 'latin1')]));
}

// A first import, then one of what has grown, was removed, moved into another folder or was lost.
async function twoImports({ layout, go }: ReturnType<typeof memory>) {
  const first = await go([join(originals, 'z'), originals]);
  const after = tree(layout.sessions);
  const grown = join(folder, `grown${memories++}`);
  cpSync(originals, grown, { recursive: true });
  for (let n = 0; n < 60; n++) {
    const more = answered(`s${n}-4`, `s${n}-3`, text(`Of kiln-${n}.`), `n${n}`, { ...named(n), timestamp: AFTER });
    writeFileSync(join(grown, `small/${n}.jsonl`), jsonl([more]), { flag: 'a' });
  }
  const [lost = '', gone = ''] = Object.keys(after).filter((path) => path.endsWith('.jsonl'));
  rmSync(join(layout.sessions, lost));
  mkdirSync(join(layout.sessions, '2001', '01'), { recursive: true });
  cpSync(join(layout.sessions, gone), join(layout.sessions, '2001', '01', gone.split('/').at(-1) ?? ''));
  rmSync(join(layout.sessions, gone));
  const removed = new Map([[first.report.sessions.at(-3)?.id ?? '', '2026-05-01T00:00:00.000Z']]);
  const second = await go([grown, originals], { removed });
  rmSync(grown, { recursive: true });
  const plain = (text: string) => text.replaceAll(grown, 'GROWN');
  const told = JSON.parse(plain(JSON.stringify(second)));
  const files = Object.entries(tree(layout.sessions)).map(([path, bytes]) => [path, plain(bytes)]);
  return { first, after, second: told, files };
}

let alone: Awaited<ReturnType<typeof twoImports>> | undefined;

const AFTER = '2026-09-09T00:00:00.000Z';

describe('an import in threads', () => {
  it.each([2, 3])('stores and reports with %s threads what it does without', async (jobs) => {
    const { importSessions: inThreads } = await bundled();
    alone ??= await twoImports(memory(1));
    const plain = alone;
    expect(plain.first.report.imported).toBeGreaterThan(LARGE + SMALL);
    expect(plain.first.report).toMatchObject({ updated: 0, redacted_lines: 1 });
    expect(plain.first.report.skipped.map(({ reason }) => reason)).toContain('cut off in the middle');
    expect(plain.second.report).toMatchObject({ updated: 60, imported: 1 });
    const shared = await twoImports(memory(jobs, inThreads));
    expect(shared.first).toEqual(plain.first);
    expect(Object.keys(shared.after)).toEqual(Object.keys(plain.after));
    expect(shared.after).toEqual(plain.after);
    expect(shared.second).toEqual({ ...plain.second, signals: shared.second.signals });
    expect(shared.files.length).toBe(plain.files.length);
  });

  it('knows rules of the settings, and does without threads where it is not told which they are', async () => {
    const { importSessions: inThreads } = await bundled();
    const { layout, go } = memory(2, inThreads);
    await go([join(originals, 'corpus')], { rules: [], redact: redactor([]) });
    const other = memory(2, inThreads);
    const { rules: _rules, ...request } = { rules: RULES, redact: (words: string) => words.replaceAll('const', '[c]') };
    await other.go([join(originals, 'corpus')], { ...request, rules: undefined as never });
    expect(JSON.stringify(tree(layout.sessions))).toContain('const');
    expect(JSON.stringify(tree(other.layout.sessions))).not.toContain('const');
  });

  it('stores whole sessions only where it is interrupted, and the next import brings the rest', async () => {
    const { importSessions: inThreads } = await bundled();
    const whole = memory(1);
    await whole.go([originals]);
    const { layout, go } = memory(2, inThreads);
    const abort = new AbortController();
    let done = 0;
    const emit = (signal: Signal) => {
      if (signal.type === 'progress' && ++done === 40) abort.abort();
    };
    await expect(go([originals], { signal: abort.signal, emit })).rejects.toThrow('interrupted');
    const [part, all] = [tree(layout.sessions), tree(whole.layout.sessions)];
    const stored = Object.keys(part).filter((path) => path.endsWith('.jsonl'));
    expect(stored.length).toBeGreaterThan(5);
    expect(stored.length).toBeLessThan(Object.keys(all).filter((path) => path.endsWith('.jsonl')).length);
    for (const [path, bytes] of Object.entries(part)) expect(bytes === all[path], path).toBe(true);
    const { report } = await go([originals]);
    expect(report.imported + report.unchanged).toBe((await whole.go([originals])).report.unchanged);
    expect(tree(layout.sessions)).toEqual(all);
  });
});

describe('an import that the disk refuses', () => {
  it.each([1, 2])('names the file, and what was stored before it is whole, with %s threads', async (jobs) => {
    const { importSessions: inThreads } = await bundled();
    const { layout, go } = memory(jobs, inThreads);
    const paths = [join(originals, 'corpus'), join(originals, 'own')];
    mkdirSync(layout.sessions, { recursive: true });
    writeFileSync(join(layout.sessions, '2026'), 'no folder');
    await expect(go(paths)).rejects.toMatchObject({
      problem: { where: expect.stringContaining(join('sessions', '2026', '01')) },
    });
    rmSync(join(layout.sessions, '2026'));
    mkdirSync(join(layout.sessions, '2026'));
    writeFileSync(join(layout.sessions, '2026', '02'), 'no folder');
    await expect(go(paths)).rejects.toMatchObject({ problem: { what: expect.stringContaining('could not write') } });
    expect(Object.keys(tree(join(layout.sessions, '2026', '01')))).toHaveLength(LARGE);
    rmSync(join(layout.sessions, '2026', '02'));
    expect((await go(paths)).report).toMatchObject({ imported: 4, unchanged: LARGE });
  });
});

describe('what an import knows of new sessions', () => {
  it.each([1, 2])(
    'is there for lists and for mining, made by %s threads, as if the transcripts had been read',
    async (jobs) => {
      const { importSessions: inThreads } = await bundled();
      const { layout, go } = memory(jobs, inThreads);
      await go([originals]);
      const cold = { ...layout, cache: join(folder, `cold${memories++}`) };
      const read: Signal[] = [];
      const listed = await listIndex(layout, (signal) => read.push(signal));
      const told = (brief: Brief) => [brief.id, brief.path, brief.size, brief.mtimeMs, brief.title, brief.counts];
      expect(listed.map(told)).toEqual((await listIndex(cold)).map(told));
      expect(read.filter(({ type }) => type === 'progress')).toHaveLength(LEFT);
      const sessions = openIndex(layout);
      expect(sessions).toEqual(openIndex(cold));
      const request = { sessions, emit: () => {}, stage: 'mine' };
      const warm = await loadExtracts({ ...request, layout });
      expect(warm.fromCache).toBe(sessions.length - LEFT);
      const anew = await loadExtracts({ ...request, layout: cold });
      expect(anew.fromCache).toBe(0);
      const cards = (extracts: typeof warm.extracts) =>
        JSON.stringify(mine(extracts, { min_sessions: 3, min_tasks: 2 }));
      expect(cards(warm.extracts)).toBe(cards(anew.extracts));
      expect(JSON.parse(cards(warm.extracts)).cards.length).toBeGreaterThan(0);
      expect(JSON.parse(JSON.stringify(warm.extracts))).toEqual(JSON.parse(JSON.stringify(anew.extracts)));
    },
  );

  it('holds for what it was made of, and not for a session that has grown since', async () => {
    const { layout, go } = memory(1);
    await go([join(originals, 'small')]);
    const [path = ''] = Object.keys(tree(layout.sessions)).filter((file) => file.endsWith('.jsonl'));
    const more = { id: 'evt_more', type: 'user.message', content: [{ type: 'text', text: 'Please be quick.' }] };
    writeFileSync(join(layout.sessions, path), `${JSON.stringify(more)}\n`, { flag: 'a' });
    const sessions = openIndex(layout);
    const { fromCache, extracts } = await loadExtracts({ layout, sessions, emit: () => {}, stage: 'mine' });
    expect(fromCache).toBe(sessions.length - 1);
    expect(extracts.flatMap(({ turns }) => turns.map((turn) => turn.text))).toContain('Please be quick.');
  });

  it('leaves sessions that lay there unread to the next list', async () => {
    const { layout, go } = memory(1);
    await go([join(originals, 'corpus')]);
    rmSync(layout.cache, { recursive: true });
    await go([join(originals, 'small')]);
    expect((await listIndex(layout)).length).toBe(LARGE + SMALL);
  });
});

// Threads load a program out of the bundle, so these tests make one as `npm run build` does.
let made: Promise<{ importSessions: Import }> | undefined;

function bundled(): Promise<{ importSessions: Import }> {
  made ??= bundle();
  return made;
}

async function bundle(): Promise<{ importSessions: Import }> {
  const root = join(import.meta.dirname, '..', '..');
  const outdir = join(root, 'node_modules', '.cache', 'agentmem-test-import');
  await build({
    entryPoints: {
      import: join(root, 'src/stages/import.ts'),
      'stages/import/thread': join(root, 'src/stages/import/thread.ts'),
    },
    ...{ outdir, bundle: true, splitting: true, format: 'esm', platform: 'node', logLevel: 'silent' },
    packages: 'external',
  });
  return import(pathToFileURL(join(outdir, 'import.js')).href);
}
