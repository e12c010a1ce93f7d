// A session from another machine: same ids, same bytes, its spilled files with it; what the rules find is taken out and told.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/hash.ts';
import type { SessionEvent } from '../../src/domain/events.ts';
import { saveImported } from '../../src/store/imported.ts';
import type { Layout } from '../../src/store/layout.ts';
import { redactor } from '../../src/store/redaction.ts';
import { readSpilled, spilledNames } from '../../src/store/spilled-files.ts';
import { saveVerbatim, type VerbatimSession } from '../../src/store/verbatim.ts';
import { verifySessions } from '../../src/store/verify.ts';
import { answers, calls, headerOf, linesOf, outline, plain, says, tempLayout } from './made.ts';

const badges = redactor([{ name: 'badge', literal: 'badge-', pattern: 'badge-\\d{4}' }]);
const header = headerOf('s', { by: 'mira', at: '2026-03-01T10:00:00.000Z' });
const where = (layout: Layout) => join(layout.sessions, '2026', '03', 's.jsonl');

/** What another machine stored of these events, as it would travel. */
function stored(events: SessionEvent[], head = header): VerbatimSession & { text: string } {
  const layout = tempLayout();
  saveImported(layout, { header: head, events }, { redact: plain });
  const path = where(layout);
  const text = readFileSync(path, 'utf8');
  const texts = text.trimEnd().split('\n');
  const lines = linesOf(path).flatMap((line, i) =>
    line.kind === 'event' ? [{ event: line.event, text: texts[i] ?? '' }] : [],
  );
  const files = new Map(lines.flatMap(({ event }) => spilledNames(event).map((n) => [n, readSpilled(path, n)])));
  return { header: head, lines, spilled: (name) => files.get(name), text };
}

describe('saveVerbatim', () => {
  it('stores every byte as it came, spilled files included, and again changes nothing', () => {
    const origin = stored([
      says('1', 'naïve “quotes” \u2028 \ud800'),
      calls('2', 'ls'),
      answers('3', '2', 'x'.repeat(200_000)),
    ]);
    const layout = tempLayout();
    const saved = saveVerbatim(layout, origin, { redact: badges });
    expect(saved).toEqual({ status: 'imported', redacted: [], differing: [], missing: [] });
    expect(readFileSync(where(layout), 'utf8')).toBe(origin.text);
    expect(readFileSync(join(dirname(where(layout)), 's.d', 'evt_3.txt'), 'utf8')).toBe('x'.repeat(200_000));
    expect(verifySessions(layout).problems).toEqual([]);
    expect(saveVerbatim(layout, origin, { redact: badges }).status).toBe('unchanged');
  });

  it('appends what grew, and keeps the header that is here', () => {
    const layout = tempLayout();
    saveImported(layout, { header: { ...header, by: 'noor' }, events: [says('1', 'a')] }, { redact: plain });
    const before = readFileSync(where(layout), 'utf8');
    const origin = stored([says('1', 'a'), says('2', 'b')]);
    expect(saveVerbatim(layout, origin, { redact: badges })).toMatchObject({ status: 'updated', differing: [] });
    const after = readFileSync(where(layout), 'utf8');
    expect(after.startsWith(before)).toBe(true);
    expect(outline(where(layout))).toEqual([header.id, 'evt_1', 'evt_2']);
    expect(after.split('\n')[2]).toBe(origin.text.split('\n')[2]);
  });

  it('takes out what today’s rules find, in lines and in files, and names the lines', () => {
    const long = `${'x'.repeat(150_000)} badge-1234 `;
    const origin = stored([
      says('1', 'mine is badge-1234'),
      says('2', 'b'),
      calls('3', 'cat'),
      answers('4', '3', long),
    ]);
    const layout = tempLayout();
    expect(saveVerbatim(layout, origin, { redact: badges }).redacted).toEqual(['evt_1', 'evt_4']);
    const text = readFileSync(where(layout), 'utf8');
    expect(text).toContain('mine is [redacted:badge]');
    expect(text).not.toContain('badge-1234');
    const file = readFileSync(join(dirname(where(layout)), 's.d', 'evt_4.txt'), 'utf8');
    expect(file).toBe(`${'x'.repeat(150_000)} [redacted:badge] `); // whole, not its own head and tail
    expect(sha256(text.split('\n')[2] ?? '')).toBe(sha256(origin.text.split('\n')[2] ?? ''));
    expect(verifySessions(layout).problems).toEqual([]);
  });

  it('never replaces a line that is here, and says which differ', () => {
    const layout = tempLayout();
    saveVerbatim(layout, stored([says('1', 'ours')]), { redact: badges });
    const before = readFileSync(where(layout), 'utf8');
    expect(saveVerbatim(layout, stored([says('1', 'theirs')]), { redact: badges })).toMatchObject({
      status: 'unchanged',
      differing: ['evt_1'],
    });
    expect(readFileSync(where(layout), 'utf8')).toBe(before);
  });

  it('names files that did not come along, and never replaces one that is here', () => {
    const origin = stored([calls('1', 'ls'), answers('2', '1', 'y'.repeat(200_000))]);
    const layout = tempLayout();
    expect(saveVerbatim(layout, { ...origin, spilled: () => undefined }, { redact: plain }).missing).toEqual([
      's.d/evt_2.txt',
    ]);
    const other = tempLayout();
    const file = join(dirname(where(other)), 's.d', 'evt_2.txt');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'mine');
    saveVerbatim(other, origin, { redact: plain });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('writes a line anew that is not written as we write lines: a key twice could hide a secret', () => {
    const layout = tempLayout();
    const event = says('1', 'b');
    const text =
      '{"id":"evt_1","title":"badge-1234","type":"user.message","title":1,"content":[{"type":"text","text":"b"}]}';
    const head = { event: header, text: JSON.stringify(header) };
    const session = { header, lines: [head, { event, text }], spilled: () => undefined };
    expect(saveVerbatim(layout, session, { redact: badges }).redacted).toEqual(['evt_1']);
    expect(readFileSync(where(layout), 'utf8')).not.toContain('badge');
  });

  it('takes a line whose end git turned into CRLF as the line that it was', () => {
    const origin = stored([says('1', 'a')]);
    const lines = origin.lines.map(({ event, text }) => ({ event, text: `${text}\r` }));
    const layout = tempLayout();
    expect(saveVerbatim(layout, { ...origin, lines }, { redact: badges }).redacted).toEqual([]);
    expect(readFileSync(where(layout), 'utf8')).toBe(origin.text);
  });
});
