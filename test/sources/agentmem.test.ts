// Our own format as a source: taken line for line from another machine, and refused where it lies or reaches out of its folder.
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { agentmem } from '../../src/sources/agentmem.ts';
import type { Fields } from '../../src/sources/fields.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import { sampleOf, sniff } from '../../src/sources/sniff.ts';
import { sources } from '../../src/sources/table.ts';
import { walk } from '../../src/sources/walk.ts';
import { importSessions } from '../../src/stages/import.ts';
import { openCache } from '../../src/store/cache.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { answers, calls, headerOf, says } from '../store/made.ts';
import { jsonl, temporaryFolder, write } from './support.ts';

const folder = temporaryFolder();
let n = 0;
const file = (...records: (object | string)[]) =>
  write(
    join(folder, `f${n++}`, 's.jsonl'),
    records.map((r) => (typeof r === 'string' ? `${r}\n` : jsonl([r as Fields]))).join(''),
  );
const read = (path: string) => agentmem.read([originFile(path)]);
const reasons = (path: string) => read(path).reports[0]?.problems.map(({ line, reason }) => `${line}: ${reason}`);
const head = headerOf('s', { by: 'mira', at: '2026-03-01T10:00:00.000Z' });

function memory(name: string) {
  const layout = layoutOf(join(folder, name, '.agentmem'));
  const go = (path: string, removed?: Map<string, string>) =>
    importSessions({
      layout,
      paths: [path],
      by: 'noor',
      redact: (text) => text,
      emit: () => {},
      signal: undefined,
      cache: openCache(layout.cache, 'imports', 1),
      ...(removed && { removed }),
    });
  return { layout, go, text: () => readFileSync(join(layout.sessions, '2026', '03', 's.jsonl'), 'utf8') };
}

describe('agentmem as a source', () => {
  it('is told by content, whatever the file is called, and counted', () => {
    const path = file(
      head,
      says('1', 'a'),
      calls('2', 'ls'),
      answers('3', '2', 'no', { is_error: true }),
      calls('4', 'ls'),
    );
    const found = sniff(path, sources);
    expect(found.kind === 'known' && found.source.format).toBe('agentmem-jsonl');
    expect(agentmem.keys(originFile(path), sampleOf(path))).toEqual(['s']);
    expect(read(path).reports[0]).toMatchObject({
      sessions: 1,
      tool_calls: 2,
      tool_errors: 1,
      unanswered_calls: 1,
      bad_lines: 0,
    });
    const foreign = file({ type: 'user.message', id: '4b1c', said: {} });
    expect(sniff(foreign, sources).kind).toBe('unknown');
  });

  it('imports it with ids, bytes and person of the origin, and twice is once', async () => {
    const path = file(head, says('1', 'a'));
    const { go, text } = memory('m1');
    const report = await go(path);
    expect(report).toMatchObject({ imported: 1, redacted_lines: 0 });
    expect(report.sessions[0]).toMatchObject({ id: 's', by: 'mira', source: { tool: 'made-up' } });
    expect(text()).toBe(readFileSync(path, 'utf8'));
    expect(await go(path)).toMatchObject({ imported: 0, unchanged: 1 });
  });

  it('reads two copies of one session as one, each line once', async () => {
    const at = join(folder, 'copies');
    write(join(at, 'a.jsonl'), jsonl([head, says('1', 'a'), says('2', 'b')] as Fields[]));
    write(join(at, 'b.jsonl'), jsonl([{ ...head, by: 'noor' }, says('1', 'a'), says('3', 'c')] as Fields[]));
    const { go, text } = memory('m2');
    expect(await go(at)).toMatchObject({ imported: 1 });
    expect(text()).toBe(jsonl([head, says('1', 'a'), says('2', 'b'), says('3', 'c')] as Fields[]));
  });

  it('refuses a file as a whole where its first line is no header that it understands', () => {
    const bad: [object | string, RegExp][] = [
      [{ ...head, version: 2 }, /^1: refused: version 2/],
      [{ ...head, session: '../../x' }, /^1: refused: the header is not valid \(session/],
      [{ ...head, session: 'a/b' }, /session/],
      [{ ...head, at: 'yesterday' }, /at/],
      [says('0', 'x'), /not a header/],
      ['{"id":"evt_torn', /first line is damaged/],
    ];
    for (const [first, reason] of bad) {
      const path = file(first, says('1', 'a'));
      expect(read(path).sessions).toEqual([]);
      expect(reasons(path)?.[0]).toMatch(reason);
    }
  });

  it('leaves out lines that are damaged, unknown or a second header, and names them', () => {
    const path = file(
      head,
      '{"id":"evt_5","type":',
      says('1', 'a'),
      { id: 'evt_6', type: 'agent.sings' },
      { ...head, id: 'evt_7' },
      says('1', 'a'),
    );
    expect(read(path).sessions[0]?.events.map(({ id }) => id)).toEqual(['evt_1']);
    expect(reasons(path)).toEqual([
      '2: cut off in the middle',
      '4: no event that version 1 of the format knows',
      '5: a second header',
    ]);
  });

  it('refuses lines that name files elsewhere, and follows no link out of the folder', () => {
    const result = (name: string) => ({ ...answers('2', '1', 'short'), file: name }) as SessionEvent;
    for (const name of ['../secret.txt', '/etc/passwd', 'other.d/evt_2.txt', 's.d/../x.txt', 's.d/a/b.txt', 's.d\\x'])
      expect(reasons(file(head, result(name)))).toEqual(['2: it names a file outside the session’s own folder']);
    const path = file(head, result('s.d/evt_2.txt'));
    const secret = write(join(folder, 'secret.txt'), 'private');
    mkdirSync(join(dirname(path), 's.d'));
    symlinkSync(secret, join(dirname(path), 's.d', 'evt_2.txt'));
    expect(read(path).sessions[0]?.verbatim?.spilled('s.d/evt_2.txt')).toBeUndefined();
  });

  it('brings the files beside the transcript along, and never takes one of them for a transcript', async () => {
    const path = file(head, calls('1', 'cat'), { ...answers('2', '1', 'head and tail'), file: 's.d/evt_2.txt' });
    const { go, layout } = memory('m3');
    const before = await go(dirname(path));
    expect(before.skipped.map(({ reason }) => reason)).toEqual(['the file s.d/evt_2.txt did not come along']);
    write(join(dirname(path), 's.d', 'evt_2.txt'), jsonl([headerOf('other')] as unknown as Fields[]));
    expect(walk([dirname(path)])).toEqual({ files: [path], skipped: [] });
    expect(await go(dirname(path))).toMatchObject({ unchanged: 1, skipped: [] });
    expect(readFileSync(join(layout.sessions, '2026/03/s.d/evt_2.txt'), 'utf8')).toContain('other');
  });

  it('does not bring back what was removed here, and says so', async () => {
    const path = file(head, says('1', 'a'));
    const { go } = memory('m4');
    const removed = new Map([['s', '2026-11-20T00:00:00.000Z']]);
    const report = await go(path, removed);
    expect(report).toMatchObject({ imported: 0, sessions: [] });
    expect(report.skipped[0]?.reason).toMatch(/removed here on 2026-11-20/);
    expect((await go(path, removed)).skipped).toHaveLength(1);
    expect(await go(path)).toMatchObject({ imported: 1 });
  });
});
