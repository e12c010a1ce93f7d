// The quick look at stored sessions: never other rows than the whole index has, in a memory so large that most files are not looked at.
import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Interrupted } from '../../src/base/errors.ts';
import type { Signal } from '../../src/domain/emit.ts';
import { saveImported } from '../../src/store/imported.ts';
import type { Layout } from '../../src/store/layout.ts';
import { acquireLock } from '../../src/store/lock.ts';
import { removeSession } from '../../src/store/removal.ts';
import { applyRewrite } from '../../src/store/rewrite.ts';
import { isSettled, stillHolds } from '../../src/store/session-folders.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { listIndex, readNewSessions } from '../../src/store/session-list.ts';
import { openTranscript } from '../../src/store/transcript.ts';
import { headerOf, plain, says, tempLayout } from './made.ts';

const AT = '2020-01-01T00:00:00.000Z';
const SETTLED_MS = 2_200; // a little more than a folder must have been left alone
const path = (layout: Layout, id: string) => join(layout.sessions, '2020/01', `${id}.jsonl`);
const line = (value: object) => `${JSON.stringify(value)}\n`;

/** More sessions in an old folder than are looked at one by one, and a few newer ones; left alone long enough to be believed. */
async function large(): Promise<Layout> {
  const layout = tempLayout();
  mkdirSync(dirname(path(layout, 'x')), { recursive: true });
  for (let i = 0; i < 2_001; i++) writeFileSync(path(layout, `old-${i}`), line(headerOf(`old-${i}`, { at: AT })));
  saveImported(layout, { header: headerOf('new', { at: '2026-02-01T00:00:00.000Z' }), events: [] }, { redact: plain });
  await sleep(SETTLED_MS);
  openIndex(layout);
  return layout;
}

const listed = async (layout: Layout) => {
  const seen: Signal[] = [];
  const briefs = await listIndex(layout, (signal) => seen.push(signal));
  return { briefs, read: seen.filter(({ type }) => type === 'progress').length };
};
const callsOf = async (layout: Layout, id: string) =>
  (await listed(layout)).briefs.find((brief) => brief.id === id)?.counts.tool_calls;
const call = (id: string) => ({ id: `evt_${id}`, type: 'agent.tool_use', name: 'ls', input: {} }) as const;

describe('listIndex', () => {
  it('lists what the whole index lists, in its order', async () => {
    const layout = tempLayout();
    for (const [id, at] of [
      ['c', '2026-01-03T00:00:00Z'],
      ['a', AT],
      ['u', undefined],
      ['b', AT],
    ] as const)
      saveImported(
        layout,
        { header: headerOf(id, at === undefined ? {} : { at }), events: [says('1', id)] },
        { redact: plain },
      );
    expect((await listed(layout)).briefs.map(({ id }) => id)).toEqual(['c', 'a', 'b', 'u']);
    expect((await listed(layout)).briefs.map(({ path }) => path)).toEqual(openIndex(layout).map((entry) => entry.path));
  });

  it('looks at every file of a small memory, also where nobody took a lock', async () => {
    const layout = tempLayout();
    saveImported(layout, { header: headerOf('a', { at: AT }), events: [] }, { redact: plain });
    await sleep(SETTLED_MS);
    expect((await listed(layout)).read).toBe(1);
    appendFileSync(path(layout, 'a'), line(call('1')));
    expect(await listed(layout)).toMatchObject({ read: 1, briefs: [{ counts: { tool_calls: 1 } }] });
  });

  it('sees in a large memory whatever was done to an old session by our own hand or by moving files', async () => {
    const layout = await large();
    expect(await listed(layout)).toMatchObject({ read: 0, briefs: { length: 2_002 } });

    const writer = openTranscript(path(layout, 'old-7'), { redact: plain });
    writer.append(call('1'));
    expect(await callsOf(layout, 'old-7')).toBe(1); // while it is being written
    writer.append(call('2'));
    expect(await callsOf(layout, 'old-7')).toBe(2);
    writer.append(call('3'));
    writer.close();
    expect(await callsOf(layout, 'old-7')).toBe(3);

    removeSession(layout, { id: 'old-8', path: '2020/01/old-8.jsonl' }, AT);
    expect((await listed(layout)).briefs).toHaveLength(2_001);

    const secret = (text: string) => text.replaceAll('made-up', '[redacted:x]');
    applyRewrite(layout, { id: 'old-9', path: '2020/01/old-9.jsonl' }, secret);
    expect((await listed(layout)).briefs.find(({ id }) => id === 'old-9')?.source.tool).toBe('[redacted:x]');

    rmSync(path(layout, 'old-10'));
    writeFileSync(path(layout, 'old-new'), line(headerOf('old-new', { at: AT })));
    writeFileSync(join(layout.root, 'elsewhere'), line(headerOf('old-11', { at: AT, title: 'another' })));
    renameSync(join(layout.root, 'elsewhere'), path(layout, 'old-11'));
    const { briefs } = await listed(layout);
    expect(briefs.map(({ id }) => id)).toEqual(openIndex(layout).map(({ id }) => id));
    expect(briefs.find(({ id }) => id === 'old-11')?.title).toBe('another');
  });

  it('goes on looking at what a killed writer left locked, and at all files where the lock was taken a moment ago', async () => {
    const layout = await large();
    const lock = acquireLock(`${path(layout, 'old-3')}.lock`, { what: 'a test' });
    await sleep(SETTLED_MS);
    expect((await listed(layout)).read).toBe(0); // the folder has been left alone, and is believed from here on
    appendFileSync(path(layout, 'old-3'), line(call('1')));
    expect(await callsOf(layout, 'old-3')).toBe(1);
    lock.release();
    expect((await listed(layout)).read).toBe(0);
    appendFileSync(path(layout, 'old-4'), line(call('1'))); // within the time in which a folder's times may not change
    expect(await callsOf(layout, 'old-4')).toBe(1);
  });

  it('does not see what a hand appends to an old file, until somebody looks at every file', async () => {
    const layout = await large();
    appendFileSync(path(layout, 'old-5'), line(call('1')));
    expect(await callsOf(layout, 'old-5')).toBe(0);
    expect(openIndex(layout).find(({ id }) => id === 'old-5')?.counts.tool_calls).toBe(1);
    expect(await callsOf(layout, 'old-5')).toBe(1);
    appendFileSync(path(layout, 'old-5'), line(call('2')));
    expect(await callsOf(layout, 'old-5')).toBe(1);
    const each = await listIndex(layout, () => {}, { each: true });
    expect(each.find(({ id }) => id === 'old-5')?.counts.tool_calls).toBe(2);
    expect(await callsOf(layout, 'old-5')).toBe(2);
  });

  it('looks at every file after the folder’s times have been set back', async () => {
    const layout = await large();
    appendFileSync(path(layout, 'old-5'), line(call('1')));
    utimesSync(join(layout.sessions, '2020/01'), 1000, 1000);
    expect(await callsOf(layout, 'old-5')).toBe(1);
  });

  it('gives several at once the same rows, while a session is written', async () => {
    const layout = tempLayout();
    for (let i = 0; i < 40; i++)
      saveImported(layout, { header: headerOf(`s-${i}`, { at: AT }), events: [] }, { redact: plain });
    const writer = openTranscript(path(layout, 's-0'), { redact: plain });
    const all = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        writer.append(call(String(i)));
        return (await listIndex(layout)).map(({ id }) => id);
      }),
    );
    writer.close();
    for (const ids of all) expect(ids).toEqual(all[0]);
    expect(await callsOf(layout, 's-0')).toBe(8);
    expect(readdirSync(join(layout.cache, 'sessions')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('a first list of many sessions', () => {
  it('has what reading them one by one has, names what is unreadable, and says how far it is', async () => {
    const layout = tempLayout();
    mkdirSync(dirname(path(layout, 'x')), { recursive: true });
    for (let i = 0; i < 300; i++)
      writeFileSync(path(layout, `s-${i}`), line(headerOf(`s-${i}`, { at: AT })) + line(call('1')));
    writeFileSync(path(layout, 'broken'), 'torn');
    mkdirSync(path(layout, 'folder'));
    const one = openIndex(layout);
    rmSync(layout.cache, { recursive: true });
    const seen: Signal[] = [];
    const briefs = await listIndex(layout, (signal) => seen.push(signal), { jobs: 2 });
    expect(briefs.map((brief) => [brief.id, brief.counts.tool_calls])).toEqual(one.map(({ id }) => [id, 1]));
    expect(seen.filter(({ type }) => type === 'warning')).toMatchObject([{ where: '2020/01/broken.jsonl' }]);
    const done = seen.flatMap((signal) => (signal.type === 'progress' ? [signal.done] : []));
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(301);
    expect(openIndex(layout)).toEqual(one);
  });

  it('is interrupted between two pieces, and gives the same the next time', async () => {
    const layout = tempLayout();
    mkdirSync(dirname(path(layout, 'x')), { recursive: true });
    for (let i = 0; i < 300; i++) writeFileSync(path(layout, `s-${i}`), line(headerOf(`s-${i}`, { at: AT })));
    const interrupt = new AbortController();
    const list = readNewSessions(layout, () => interrupt.abort(), { signal: interrupt.signal });
    await expect(list).rejects.toThrow(Interrupted);
    expect((await listed(layout)).briefs).toHaveLength(300);
  });
});

describe('stillHolds', () => {
  const stamp = { mtimeMs: 10_000, ctimeMs: 10_000, looked: 20_000 };
  it.each([
    ['the same times, long before the look', stamp, stamp, true],
    ['another time of change', stamp, { ...stamp, mtimeMs: 9_000 }, false],
    ['a time of change that was set back by hand', stamp, { ...stamp, ctimeMs: 21_000 }, false],
    ['a change just before the look', { ...stamp, looked: 11_000 }, stamp, false],
    ['a clock that went back: the change seems to lie in the future', { ...stamp, looked: 5_000 }, stamp, false],
    ['a disk that told no time', { ...stamp, looked: 0 }, stamp, false],
  ])('%s', (_, known, now, expected) => {
    expect(stillHolds(known, now)).toBe(expected);
    expect(isSettled(stamp)).toBe(true);
  });
});
