// The index of sessions: right after every change, and gone without loss.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Signal } from '../../src/domain/emit.ts';
import type { Header, SessionEvent } from '../../src/domain/events.ts';
import { saveImported } from '../../src/store/imported.ts';
import type { Layout } from '../../src/store/layout.ts';
import type { Brief } from '../../src/store/session-brief.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { listIndex } from '../../src/store/session-list.ts';
import { contentHash } from '../../src/store/session-summary.ts';
import { answers, calls, headerOf, plain, says, tempLayout } from './made.ts';

function store(
  layout: Layout,
  id: string,
  header: Partial<Header> = {},
  events: SessionEvent[] = [says('1', 'hello')],
): void {
  saveImported(layout, { header: headerOf(id, header), events }, { redact: plain });
}
const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const plainly = ({ id, path, title, outcome, counts }: Brief) => ({ id, path, title, outcome, counts });
const grade = (id: string, result: string, more: object = {}): SessionEvent =>
  ({
    id: `evt_${id}`,
    type: 'span.outcome_evaluation_end',
    rubric: { name: 'r' },
    iteration: 0,
    result,
    criteria: [],
    ...more,
  }) as SessionEvent;
const indexFile = (layout: Layout, folder = '2026-01') => join(layout.cache, 'sessions', `${folder}.jsonl`);

describe('openIndex', () => {
  it('is empty where nothing is stored', () => {
    expect(openIndex(tempLayout())).toEqual([]);
  });

  it('lists newest first, then by id, undated last', () => {
    const layout = tempLayout();
    store(layout, 'b-2', { at: at(2) });
    store(layout, 'u-1');
    store(layout, 'a-2', { at: at(2) });
    store(layout, 'c-3', { at: at(3) });
    expect(openIndex(layout).map((entry) => entry.id)).toEqual(['c-3', 'a-2', 'b-2', 'u-1']);
  });

  it('summarises header, counts, times and outcome', () => {
    const layout = tempLayout();
    const header = {
      at: at(1),
      title: 'T',
      model: 'm',
      agent: { name: 'a' },
      task: { id: 't', prompt: 'p'.repeat(5000) },
      project: 'x',
      by: 'y',
    };
    const events = [
      calls('1', 'ls', {}, { at: at(2) }),
      answers('2', '1', 'no', { is_error: true, at: at(4) }),
      calls('3', 'cat', {}, { thread: 'sub', at: at(3) }),
    ];
    store(layout, 's', { ...header, label: { outcome: 'pass' } }, events);
    const [entry] = openIndex(layout);
    expect(entry).toMatchObject({
      id: 's',
      path: '2026/01/s.jsonl',
      title: 'T',
      model: 'm',
      agent: { name: 'a' },
      project: 'x',
      by: 'y',
      at: at(1),
      last_at: at(4),
      outcome: 'pass',
      evaluations: 0,
      counts: { events: 3, tool_calls: 2, tool_errors: 1, unanswered_calls: 1, threads: 2, bad_lines: 0 },
    });
    expect(entry?.task?.prompt?.length).toBe(1000);
  });

  it('takes what the header lacks from the events', () => {
    const layout = tempLayout();
    store(layout, 's', {}, [{ id: 'evt_1', type: 'agent.message', model: 'm2', content: [], at: at(5) }]);
    expect(openIndex(layout)[0]).toMatchObject({ model: 'm2', at: at(5), last_at: at(5) });
  });

  it.each([
    [[], null],
    [[grade('1', 'satisfied')], 'pass'],
    [[grade('1', 'satisfied'), grade('2', 'needs_revision')], 'fail'],
    [[grade('1', 'needs_revision', { at: at(2) }), grade('2', 'satisfied', { at: at(1) })], 'fail'],
    [[grade('1', 'satisfied'), grade('2', 'ungraded')], null],
    [
      [
        { id: 'evt_0', type: 'user.define_outcome', rubric: 'r' } as SessionEvent,
        grade('1', 'satisfied'),
        grade('2', 'needs_revision', { rubric: { name: 'other' } }),
      ],
      'pass',
    ],
  ] as [SessionEvent[], string | null][])(
    'tells the outcome by the last evaluation of the rubric: case %#',
    (events, outcome) => {
      const layout = tempLayout();
      store(layout, 's', {}, events);
      expect(openIndex(layout)[0]).toMatchObject({
        outcome,
        evaluations: events.filter((e) => e.type.startsWith('span')).length,
      });
    },
  );

  it('takes no date from a grade: a session without times stays undated however late it is graded', () => {
    const layout = tempLayout();
    store(layout, 'a', {}, [says('1', 'hello'), grade('2', 'satisfied', { at: at(9) })]);
    const [entry] = openIndex(layout);
    expect(entry).toMatchObject({ outcome: 'pass' });
    expect(entry?.at).toBeUndefined();
    expect(entry?.last_at).toBeUndefined();
  });

  it('reads again only what has changed', () => {
    const layout = tempLayout();
    for (const id of ['a', 'b', 'c']) store(layout, id, { at: at(1) });
    const readOf = () => {
      const seen: Signal[] = [];
      openIndex(layout, (signal) => seen.push(signal));
      return seen.length;
    };
    expect(readOf()).toBe(3);
    const stored = readFileSync(indexFile(layout));
    expect(readOf()).toBe(0);
    const path = join(layout.sessions, '2026/01/b.jsonl');
    appendFileSync(path, `${JSON.stringify(says('2', 'more'))}\ntorn`);
    expect(readOf()).toBe(1);
    expect(openIndex(layout).find((entry) => entry.id === 'b')?.counts).toMatchObject({ events: 2, bad_lines: 1 });
    utimesSync(path, 1000, 1000);
    expect(readOf()).toBe(1);
    rmSync(path);
    expect(openIndex(layout).map((entry) => entry.id)).toEqual(['a', 'c']);
    expect(readFileSync(indexFile(layout)).equals(stored)).toBe(false);
  });

  it.each([
    ['emptied', () => Buffer.alloc(0)],
    ['nulled', (whole) => Buffer.alloc(whole.length)],
    [
      'of another version',
      (whole) => Buffer.from(whole.toString('latin1').replace(/"version":"\w+"/, '"version":"5"'), 'latin1'),
    ],
    ['cut', (whole) => whole.subarray(0, whole.length - 30)],
    ['half written', (whole) => whole.subarray(0, whole.length / 2)],
    ['longer than it was', (whole) => Buffer.concat([whole, Buffer.from('{}\n')])],
    ['damaged in its columns', (whole) => flipped(whole, whole.indexOf(10) + 20)],
    ['damaged in a row', (whole) => Buffer.from(whole.toString('latin1').replace('"counts"', '"kounts"'), 'latin1')],
    ['that of another row', (whole) => Buffer.from(whole.toString('latin1').replace('"id":"b"', '"id":"c"'), 'latin1')],
  ] as [string, (whole: Buffer) => Buffer][])('rebuilds an index that is %s', async (_, damage) => {
    const layout = tempLayout();
    store(layout, 'a', { at: at(1) });
    store(layout, 'b', { at: at(2) });
    const expected = openIndex(layout);
    const listed = (await listIndex(layout)).map(plainly);
    const whole = readFileSync(indexFile(layout));
    expect(damage(whole).equals(whole)).toBe(false);
    writeFileSync(indexFile(layout), damage(whole));
    expect((await listIndex(layout)).map(plainly)).toEqual(listed);
    expect(openIndex(layout)).toEqual(expected);
    const seen: Signal[] = [];
    expect(openIndex(layout, (signal) => seen.push(signal))).toEqual(expected);
    expect(seen).toEqual([]);
  });

  it('writes through no link that lies in the cache', () => {
    const layout = tempLayout();
    store(layout, 'a', { at: at(1) });
    const mine = join(layout.root, 'mine');
    writeFileSync(mine, 'precious');
    mkdirSync(join(layout.cache, 'sessions'), { recursive: true });
    for (const name of [`clock-${process.pid}`, '2026-01.jsonl'])
      symlinkSync(mine, join(layout.cache, 'sessions', name));
    for (let i = 0; i < 2; i++) expect(openIndex(layout).map((entry) => entry.id)).toEqual(['a']);
    expect(readFileSync(mine, 'utf8')).toBe('precious');
  });

  it('is put in the place of the one file of versions before, and keeps nothing of folders that are gone', () => {
    const layout = tempLayout();
    store(layout, 'a', { at: at(1) });
    store(layout, 'b');
    const old = join(layout.cache, 'sessions-index.jsonl');
    mkdirSync(layout.cache);
    writeFileSync(old, '{"index":"agentmem sessions","version":5}\n');
    openIndex(layout);
    expect([old, indexFile(layout), indexFile(layout, 'undated')].map((file) => existsSync(file))).toEqual([
      false,
      true,
      true,
    ]);
    writeFileSync(join(layout.cache, 'sessions', 'clock-1'), 'of a process that was killed');
    writeFileSync(join(layout.cache, 'sessions', 'of-somebody.jsonl'), 'not ours');
    rmSync(join(layout.sessions, '2026'), { recursive: true });
    expect(openIndex(layout).map((entry) => entry.id)).toEqual(['b']);
    expect(readdirSync(join(layout.cache, 'sessions'))).toEqual(['of-somebody.jsonl', 'undated.jsonl']);
  });

  it('works where the cache cannot be written', () => {
    const layout = tempLayout();
    store(layout, 'a');
    writeFileSync(layout.cache, 'a file in the way');
    expect(openIndex(layout).map((entry) => entry.id)).toEqual(['a']);
  });

  it('warns of files without a header and of second files, every time, and lists the rest', () => {
    const layout = tempLayout();
    store(layout, 'a', { at: at(1) });
    const broken = join(layout.sessions, '2026/01/broken.jsonl');
    writeFileSync(broken, '\0\0\0');
    mkdirSync(join(layout.sessions, 'undated'));
    writeFileSync(join(layout.sessions, 'undated/a.jsonl'), readFileSync(join(layout.sessions, '2026/01/a.jsonl')));
    for (let i = 0; i < 2; i++) {
      const warnings: string[] = [];
      const ids = openIndex(layout, (s) => s.type === 'warning' && warnings.push(`${s.where}: ${s.text}`)).map(
        (entry) => entry.id,
      );
      expect(ids).toEqual(['a']);
      expect(warnings).toEqual([
        '2026/01/broken.jsonl: a transcript without a readable header is left out; see agent sessions verify',
        'undated/a.jsonl: a second transcript of session a is left out',
      ]);
    }
    expect(readFileSync(broken, 'utf8')).toBe('\0\0\0');
  });

  it('passes over locks, spilled output, hidden and foreign files', () => {
    const layout = tempLayout();
    store(layout, 'a', { at: at(1) });
    const folder = dirname(join(layout.sessions, '2026/01/a.jsonl'));
    for (const name of ['a.jsonl.lock', '.a.jsonl.1.2.tmp', 'notes.txt']) writeFileSync(join(folder, name), 'x');
    mkdirSync(join(folder, 'a.d'));
    mkdirSync(join(folder, 'folder.jsonl'));
    expect(openIndex(layout).map((entry) => entry.id)).toEqual(['a']);
  });

  it('has one content hash for one content, in whatever order and with whatever updates it was stored', () => {
    const [one, two] = [tempLayout(), tempLayout()];
    const source = (n: string) => ({ source: { tool: 't', files: [{ path: n, sha256: n }] } });
    store(one, 's', { ...source('1'), title: 'x' }, [says('1', 'a'), says('2', 'b')]);
    store(two, 's', source('2'), [says('2', 'b')]);
    store(two, 's', source('1'), [says('1', 'a')]);
    expect(openIndex(one)[0]?.content).toBe(openIndex(two)[0]?.content);
    expect(openIndex(one)[0]?.content).toMatch(/^[0-9a-f]{64}$/);
    expect(contentHash(['b', 'a'])).toBe(contentHash(['a', 'b']));
    expect(contentHash(['ab'])).not.toBe(contentHash(['a', 'b']));
  });
});
