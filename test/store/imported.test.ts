// Storing imported sessions: once, whole, and again only what is new.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Header, SessionEvent } from '../../src/domain/events.ts';
import { type ImportedSession, saveImported } from '../../src/store/imported.ts';
import type { Layout } from '../../src/store/layout.ts';
import { redactor } from '../../src/store/redaction.ts';
import { findSessionFile } from '../../src/store/session-files.ts';
import { contentHash } from '../../src/store/session-summary.ts';
import { foldUpdates, isHeader } from '../../src/store/transcript-read.ts';
import { script, start } from './child.ts';
import { answers, headerOf, linesOf, outline, plain, says, tempLayout } from './made.ts';

const AT = '2026-03-04T05:06:07.000Z';
const file = (path: string, sha256: string) => ({ path, sha256 });

function session(files: ReturnType<typeof file>[], ids: string[], more: Partial<Header> = {}): ImportedSession {
  const header = headerOf('tool-1', { at: AT, source: { tool: 'tool', id: '1', files }, ...more });
  return { header, events: ids.map((id) => says(id, `text ${id}`)) };
}
const save = (layout: Layout, imported: ImportedSession) => saveImported(layout, imported, { redact: plain });
const pathIn = (layout: Layout) => join(layout.sessions, '2026', '03', 'tool-1.jsonl');

describe('saveImported', () => {
  it('writes a new session whole, by the month of its time, and nothing beside it', () => {
    const layout = tempLayout();
    expect(save(layout, session([file('a', '1')], ['1', '2']))).toBe('imported');
    expect(outline(pathIn(layout))).toEqual(['evt_headtool1', 'evt_1', 'evt_2']);
    expect(readdirSync(dirname(pathIn(layout)))).toEqual(['tool-1.jsonl']);
  });

  it('puts sessions without a usable time under undated', () => {
    const layout = tempLayout();
    for (const at of [undefined, 'yesterday', '+012026-01-01T00:00:00.000Z']) {
      const { at: _at, ...header } = headerOf('tool-1');
      save(layout, { header: { ...header, ...(at !== undefined && { at }) }, events: [] });
    }
    expect(readdirSync(join(layout.sessions))).toEqual(['undated']);
  });

  it('touches nothing when nothing is new, whatever name the files have now', () => {
    const layout = tempLayout();
    save(layout, session([file('a', '1')], ['1', '2']));
    const path = pathIn(layout);
    utimesSync(path, 1000, 1000);
    const before = readFileSync(path);
    expect(save(layout, session([file('a', '1')], ['1', '2']))).toBe('unchanged');
    expect(save(layout, session([file('moved/a', '1')], ['2']))).toBe('unchanged');
    expect(statSync(path).mtimeMs).toBe(1_000_000);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('appends what the origin has more, and news about the source, without rewriting a byte', () => {
    const layout = tempLayout();
    save(layout, session([file('a', '1')], ['1', '2']));
    const before = readFileSync(pathIn(layout));
    const grown = session([file('a', '2'), file('b', '3')], ['1', '2', '3'], {
      title: 'now titled',
      label: { outcome: 'pass' },
    });
    expect(save(layout, grown)).toBe('updated');
    expect(readFileSync(pathIn(layout)).subarray(0, before.length).equals(before)).toBe(true);
    const events = eventsOf(pathIn(layout));
    expect(events.map((e) => e.type)).toEqual([
      'session.created',
      'user.message',
      'user.message',
      'user.message',
      'session.updated',
    ]);
    const header = foldUpdates(events.find(isHeader) ?? headerOf('none'), events);
    expect(header).toMatchObject({ title: 'now titled', label: { outcome: 'pass' } });
    expect(header.source.files).toEqual([file('a', '2'), file('b', '3')]);
    expect(save(layout, grown)).toBe('unchanged');
    expect(save(layout, session([file('a', '1')], ['1', '2']))).toBe('unchanged');
  });

  it('ends with the same content in whatever order the parts are imported', () => {
    const parts = [
      session([file('a', '1')], ['1', '2']),
      session([file('b', '2')], ['2', '3']),
      session([file('c', '3')], ['4']),
    ];
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ].map((order) => {
      const layout = tempLayout();
      for (const i of order) save(layout, parts[i] ?? session([], []));
      for (const part of parts) expect(save(layout, part)).toBe('unchanged');
      const lines = linesOf(pathIn(layout)).filter((line) => line.kind === 'event');
      const files = foldUpdates(
        headerOf('x'),
        lines.map((line) => line.event),
      ).source.files?.length;
      return [
        files,
        contentHash(lines.filter((line) => line.event.type === 'user.message').map((line) => line.sha256)),
      ];
    });
    expect(orders[1]).toEqual([3, orders[0]?.[1]]);
    expect(orders[2]?.[1]).toBe(orders[0]?.[1]);
  });

  it('finds a session again whose time has changed', () => {
    const layout = tempLayout();
    save(layout, session([file('a', '1')], ['1']));
    const earlier = session([file('z', '0')], ['0'], { at: '2025-12-31T23:59:59.000Z' });
    expect(save(layout, earlier)).toBe('updated');
    expect(findSessionFile(layout, 'tool-1')).toBe(pathIn(layout));
    expect(outline(pathIn(layout)).filter((id) => id.startsWith('evt_head'))).toHaveLength(1);
  });

  it('stores a record once that two files of the origin hold', () => {
    const layout = tempLayout();
    save(layout, session([], ['1', '2', '1']));
    expect(outline(pathIn(layout))).toEqual(['evt_headtool1', 'evt_1', 'evt_2']);
  });

  it('stores again what a crash tore, and goes on behind it', () => {
    const layout = tempLayout();
    const whole = session([file('a', '1')], ['1', '2', '3']);
    save(layout, whole);
    const path = pathIn(layout);
    writeFileSync(path, readFileSync(path).subarray(0, -40));
    expect(save(layout, whole)).toBe('updated');
    expect(outline(path)).toEqual(['evt_headtool1', 'evt_1', 'evt_2', '!cut off in the middle', 'evt_3']);
    expect(save(layout, whole)).toBe('unchanged');
  });

  it('stores a header again where none can be read, and keeps the damaged one', () => {
    const layout = tempLayout();
    const path = pathIn(layout);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '\0\0\0\0\n');
    expect(save(layout, session([], ['1']))).toBe('updated');
    expect(outline(path)).toEqual(['!4 NUL bytes and nothing else', 'evt_headtool1', 'evt_1']);
  });

  it('redacts, and keeps long output beside the session', () => {
    const layout = tempLayout();
    const secret = `ghp_${'Zk4vTq9LmX2cRb7WdYh3'.repeat(2).slice(0, 36)}`;
    const events = [says('1', secret), answers('2', '1', `${secret} ${'x'.repeat(200_000)}`)];
    saveImported(layout, { header: headerOf('tool-1', { at: AT }), events }, { redact: redactor() });
    expect(readFileSync(pathIn(layout), 'utf8')).not.toContain(secret);
    const spilled = readFileSync(join(dirname(pathIn(layout)), 'tool-1.d', 'evt_2.txt'), 'utf8');
    expect(spilled).toBe(`[redacted:github-token] ${'x'.repeat(200_000)}`);
  });

  it.each(['../evil', 'a/b', '.hidden', '', 'x'.repeat(129)])('refuses %j as the id of a session', (id) => {
    expect(() => save(tempLayout(), { header: headerOf(id), events: [] })).toThrow('not a session id');
  });

  it('stores everything once when several processes import at the same time', async () => {
    const layout = tempLayout();
    const folder = dirname(layout.dir);
    const importing = script(
      folder,
      `import { layoutOf } from '@store/layout.ts';
       import { saveImported } from '@store/imported.ts';
       const [dir, from] = process.argv.slice(2);
       const header = { id: 'evt_h', type: 'session.created', version: 1, session: 'tool-1', at: '${AT}', source: { tool: 't', files: [{ path: from, sha256: from }] } };
       const events = Array.from({ length: 50 }, (_, i) => ({ id: 'evt_' + (i + Number(from)), type: 'user.message', content: [] }));
       console.log(saveImported(layoutOf(dir), { header, events }, { redact: (t) => t }));`,
    );
    const ended = await Promise.all(['0', '20', '40', '60'].map((from) => start(importing, [layout.dir, from]).ended));
    expect(ended.map((e) => e.stderr).join('')).toBe('');
    expect(ended.filter((e) => e.stdout === 'imported\n')).toHaveLength(1);
    const ids = outline(pathIn(layout)).filter((id) => /^evt_\d{1,3}$/.test(id));
    expect(new Set(ids).size).toBe(110);
    expect(ids).toHaveLength(110);
  });

  it('counts what another writer has stored as stored', () => {
    const layout = tempLayout();
    save(layout, session([file('a', '1')], ['1']));
    appendFileSync(pathIn(layout), `${JSON.stringify(says('2', 'by the writer'))}\n`);
    expect(save(layout, session([file('a', '1')], ['1', '2']))).toBe('unchanged');
  });
});

function eventsOf(path: string): SessionEvent[] {
  return linesOf(path).flatMap((line) => (line.kind === 'event' ? [line.event] : []));
}
