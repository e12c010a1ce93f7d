// The import as a whole: into a memory, again, in other orders, with damaged and unknown files.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Interrupted, UserError } from '../../src/base/errors.ts';
import type { Signal } from '../../src/domain/emit.ts';
import { importSessions } from '../../src/stages/import.ts';
import { openCache } from '../../src/store/cache.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { answered, call, jsonl, result, said, text, write } from '../sources/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'agentmem-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let memories = 0;

function memory() {
  const layout = layoutOf(join(folder, `memory${memories++}`, '.agentmem'));
  const signals: Signal[] = [];
  const go = (paths: string[], signal?: AbortSignal) =>
    importSessions({
      layout,
      paths,
      by: 'abc',
      redact: (t) => t.replaceAll('hunter2', '[redacted]'),
      emit: (s) => signals.push(s),
      signal,
      cache: openCache(layout.cache, 'imports', 1),
    });
  return { layout, go, signals };
}

function stored(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.jsonl'))
    .sort();
}

// Every stored line but what tells of the files themselves.
function lines(dir: string): string[] {
  const all = stored(dir).flatMap((f) => readFileSync(join(dir, f), 'utf8').trim().split('\n'));
  return all.filter((l) => !/"type":"session\.(created|updated)"/.test(l)).sort();
}

const other = { sessionId: 'bbbbbbbb-0000-4000-8000-000000000002' };
const agent = { isSidechain: true, agentId: 'x1' };
const first = [
  said('u1', null, 'My password is hunter2.'),
  answered('a1', 'u1', call('t1', 'Task', { prompt: 'Look.' })),
  { ...result('u2', 'a1', 't1', 'Error', { is_error: true }), toolUseResult: { agentId: 'x1' } },
];
const side = [said('s1', null, 'Look.', agent), answered('s2', 's1', text('Nothing.'), 'm2', agent)];
const resumed = [...first.map((r) => ({ ...r, ...other })), said('u3', 'u2', 'Go on.', other)];
const trial = {
  task_id: 5,
  trial: 2,
  reward: 0,
  traj: [
    { role: 'system', content: 'S' },
    { role: 'user', content: 'Help.' },
  ],
};

const originals = join(folder, 'originals');
const files = {
  main: write(join(originals, 'p/main.jsonl'), jsonl(first)),
  side: write(join(originals, 'p/main/subagents/agent-x1.jsonl'), jsonl(side)),
  resumed: write(join(originals, 'p/resumed.jsonl'), jsonl(resumed)),
  tau: write(join(originals, 'tau.json'), JSON.stringify([trial])),
  note: write(join(originals, 'note.txt'), 'Not a transcript.'),
};

describe('import', () => {
  it('stores sessions once, redacted, and reports every file', async () => {
    const { layout, go, signals } = memory();
    const report = await go([originals]);
    expect(report).toMatchObject({ imported: 2, updated: 0, unchanged: 0 });
    expect(report.skipped).toEqual([
      {
        file: files.note,
        reason: 'not a transcript of a known kind',
      },
    ]);
    expect(report.files.map((f) => [f.file, f.sessions, f.tool_calls, f.tool_errors])).toEqual([
      [files.main, 1, 1, 1],
      [files.side, 1, 0, 0],
      [files.resumed, 1, 1, 1],
      [files.tau, 1, 0, 0],
    ]);
    expect(report.sessions).toMatchObject([
      {
        source: { tool: 'claude-code' },
        task: null,
        model: 'model-a',
        by: 'abc',
        tool_calls: 1,
        tool_errors: 1,
        unanswered_calls: 0,
        outcome: null,
      },
      { source: { tool: 'tau-bench' }, task: '5', tool_calls: 0, outcome: 'fail' },
    ]);
    expect(lines(layout.sessions).join('\n')).not.toContain('hunter2');
    expect(JSON.stringify(report)).not.toContain('hunter2');
    expect(signals.filter((s) => s.type === 'progress').map((s) => [s.done, s.total])).toEqual(
      [1, 2, 3, 4, 5].map((n) => [n, 5]),
    );
  });

  it('changes nothing when it is run again, with or without its memory of earlier runs', async () => {
    const { layout, go } = memory();
    const once = await go([originals]);
    const state = () =>
      stored(layout.sessions).map((f) => [
        f,
        statSync(join(layout.sessions, f)).mtimeMs,
        readFileSync(join(layout.sessions, f), 'utf8'),
      ]);
    const before = state();
    const twice = await go([originals]);
    expect(twice).toEqual({ ...once, imported: 0, unchanged: 2 });
    rmSync(layout.cache, { recursive: true });
    expect(await go([originals])).toEqual(twice);
    expect(state()).toEqual(before);
  });

  it('gives the same lines in any order, all at once or file by file', async () => {
    const { main, side: agentFile, resumed: copy, tau } = files;
    const results: string[][] = [];
    for (const order of [
      [[originals]],
      [[main], [agentFile], [copy], [tau]],
      [[tau], [copy], [agentFile], [main]],
      [[agentFile], [copy, main], [tau]],
    ]) {
      const { layout, go } = memory();
      for (const paths of order) await go(paths);
      expect(stored(layout.sessions).length).toBeLessThanOrEqual(3);
      results.push([...new Set(lines(layout.sessions))]);
    }
    for (const found of results) expect(found).toEqual(results[0]);
  });

  it('keeps one session when a resumed copy came before its original', async () => {
    const { layout, go } = memory();
    await go([files.resumed]);
    const report = await go([files.main]);
    expect(report).toMatchObject({ imported: 0, updated: 1 });
    expect(stored(layout.sessions)).toHaveLength(1);
  });

  it('adds what an original gained, and restores a session that was deleted', async () => {
    const { layout, go } = memory();
    const path = write(join(folder, 'grows.jsonl'), jsonl(first.slice(0, 2)));
    expect(await go([path])).toMatchObject({ imported: 1, sessions: [{ unanswered_calls: 1 }] });
    write(path, jsonl(first));
    expect(await go([path])).toMatchObject({ updated: 1, sessions: [{ unanswered_calls: 0 }] });
    const [file = ''] = stored(layout.sessions);
    rmSync(join(layout.sessions, file));
    expect(await go([path])).toMatchObject({ imported: 1, unchanged: 0 });
  });

  it('names damaged lines and files that can’t be read, and takes the rest', async () => {
    const { go } = memory();
    const torn = write(join(folder, 'bad/torn.jsonl'), `${jsonl(first)}{"type":"us`);
    const cut = write(join(folder, 'bad/cut.json'), JSON.stringify([trial, trial]).slice(0, -9));
    const empty = write(join(folder, 'bad/empty.jsonl'), '');
    const locked = write(join(folder, 'bad/locked.jsonl'), jsonl(first));
    chmodSync(locked, 0);
    const report = await go([join(folder, 'bad')]);
    expect(report.imported).toBe(2);
    expect(report.skipped).toContainEqual({ file: torn, line: 4, reason: 'cut off in the middle' });
    expect(report.skipped).toContainEqual({
      file: cut,
      line: 1,
      reason: 'the array is cut off in the middle: 1 complete record before the cut',
    });
    expect(report.skipped).toContainEqual({ file: empty, reason: 'empty file' });
    // Root reads everything.
    if (process.getuid?.() !== 0)
      expect(report.skipped).toContainEqual({ file: locked, reason: 'unreadable (EACCES)' });
  });

  it('leaves the originals as they are', async () => {
    const state = () => Object.values(files).map((f) => [readFileSync(f, 'utf8'), statSync(f).mtimeMs]);
    const before = state();
    await memory().go([originals]);
    expect(state()).toEqual(before);
  });

  it('stops between files when it is interrupted, and goes on another time', async () => {
    const { layout, go } = memory();
    const abort = new AbortController();
    abort.abort();
    await expect(go([originals], abort.signal)).rejects.toThrow(Interrupted);
    expect(existsSync(layout.sessions)).toBe(false);
    expect(await go([originals])).toMatchObject({ imported: 2 });
  });

  it('refuses a path that is not there', async () => {
    await expect(memory().go([join(folder, 'nowhere')])).rejects.toThrow(UserError);
  });
});

const real = resolve(import.meta.dirname, '../../../shared/data/claude-code');
describe.skipIf(!existsSync(real))('import of real sessions', () => {
  it('gives the same lines whether the files come at once or one by one, backwards', async () => {
    const share = join(real, 'session-share');
    const [atOnce, oneByOne] = [memory(), memory()];
    const { files: all } = await atOnce.go([share]);
    for (const { file } of all.reverse()) await oneByOne.go([file]);
    expect(lines(oneByOne.layout.sessions)).toEqual(lines(atOnce.layout.sessions));
    expect(await atOnce.go([share])).toMatchObject({ imported: 0, updated: 0, unchanged: 2 });
  });
});
