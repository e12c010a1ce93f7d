// The published copy of a session: the union of what is there and what we have, under today's rules; it only grows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { saveImported } from '../../src/store/imported.ts';
import { mergedCopy, publicationOf } from '../../src/store/publication.ts';
import { redactor } from '../../src/store/redaction.ts';
import { answers, calls, headerOf, plain, says, tempLayout } from './made.ts';

const badges = redactor([{ name: 'badge', literal: 'badge-', pattern: 'badge-\\d{4}' }]);
const path = 'sessions/undated/s.jsonl';
const lines = (...events: SessionEvent[]) => events.map((e) => `${JSON.stringify(e)}\n`).join('');

function publish(events: SessionEvent[], before?: string, files: Record<string, string> = {}, redact = badges) {
  const layout = tempLayout();
  saveImported(layout, { header: headerOf('s'), events }, { redact: plain });
  const published = new Map(
    Object.entries({ ...files, ...(before !== undefined && { [path]: before }) }).map(
      ([name, text]): [string, Buffer] => [name, Buffer.from(text)],
    ),
  );
  const made = publicationOf(layout, { id: 's', path: 'undated/s.jsonl' }, { path, published, redact });
  const stored = readFileSync(join(layout.sessions, 'undated', 's.jsonl'), 'utf8');
  return { ...made, text: made.files.get(path)?.toString(), stored };
}

describe('publicationOf', () => {
  it('is the stored session byte for byte, with the files beside it, and nothing once it is published', () => {
    const events = [says('1', 'a'), calls('2', 'ls'), answers('3', '2', 'z'.repeat(150_000))];
    const made = publish(events);
    expect(made.text).toBe(made.stored);
    expect([...made.files.keys()]).toEqual([path, 'sessions/undated/s.d/evt_3.txt']);
    const again = publish(events, made.stored, { 'sessions/undated/s.d/evt_3.txt': 'z'.repeat(150_000) });
    expect(again.files.size).toBe(0);
  });

  it('keeps what others published first, adds what is missing, and drops no line that is not stored here', () => {
    const theirs = lines(headerOf('s', { by: 'mira' }), says('1', 'a'), says('9', 'only theirs'));
    const made = publish([says('1', 'a'), says('2', 'b')], theirs);
    expect(made.text).toBe(theirs + lines(says('2', 'b')));
    expect(publish([says('1', 'a')], theirs).files.size).toBe(0);
  });

  it('redacts by today’s rules what is stored and what was published before', () => {
    const theirs = lines(headerOf('s'), says('1', 'badge-1111'));
    const made = publish([says('1', 'badge-1111'), says('2', 'badge-2222')], theirs, {
      'sessions/undated/s.d/evt_8.txt': 'badge-3333',
    });
    expect([...made.files.values()].join('')).not.toMatch(/badge-\d/);
    expect(made.files.get('sessions/undated/s.d/evt_8.txt')?.toString()).toBe('[redacted:badge]');
    expect(made.redacted).toBe(1); // of ours; what was published is not stored here
  });

  it('two copies of one session become the union of both, whichever comes first', () => {
    const [a, b] = [
      lines(headerOf('s'), says('1', 'a'), says('2', 'b')),
      lines(headerOf('s'), says('1', 'a'), says('3', 'c')),
    ];
    const ids = (copy: Buffer) =>
      copy
        .toString()
        .match(/evt_\d/g)
        ?.sort();
    expect(ids(mergedCopy('s', Buffer.from(a), Buffer.from(b), badges))).toEqual(['evt_1', 'evt_2', 'evt_3']);
    expect(ids(mergedCopy('s', Buffer.from(b), Buffer.from(a), badges))).toEqual(['evt_1', 'evt_2', 'evt_3']);
  });
});
