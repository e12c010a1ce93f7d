// Reading transcripts that crashes, disks, editors and attackers have been at: what is whole is read, what is not is named.
import { appendFileSync, closeSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/hash.ts';
import { foldUpdates, readHeader, readTranscript, withFiles } from '../../src/store/transcript-read.ts';
import { answers, calls, fileWith, headerOf, linesOf, outline, says, tempFolder } from './made.ts';

const text = (...events: object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');

describe('readTranscript', () => {
  it('gives events with line, offset and the hash of the stored bytes', () => {
    const first = JSON.stringify(headerOf('s'));
    const second = JSON.stringify(says('1', 'Grüße'));
    const [header, message] = linesOf(fileWith(`${first}\n${second}\n`));
    expect(header).toMatchObject({ kind: 'event', line: 1, offset: 0, event: { session: 's' } });
    expect(message).toMatchObject({ kind: 'event', line: 2, offset: first.length + 1 });
    if (message?.kind !== 'event') throw new Error('not an event');
    expect([message.sha256, message.sha256]).toEqual([sha256(second), sha256(second)]);
  });

  it('reads past a bad line in the middle', () => {
    const path = fileWith(
      `${text(headerOf('s'), says('1', 'a'))}{"id":"evt_2","ty\n[1]\n"x"\nnull\n${text(says('3', 'b'))}`,
    );
    expect(outline(path)).toEqual([
      'evt_heads',
      'evt_1',
      '!cut off in the middle',
      '!not a JSON object',
      '!not a JSON object',
      '!not a JSON object',
      'evt_3',
    ]);
  });

  it('reads the record behind a run of NUL bytes and names a line that holds nothing else', () => {
    const nul = '\0'.repeat(4096);
    const path = fileWith(`${text(headerOf('s'))}${nul}${text(says('1', 'a'))}${nul}\n${text(says('2', 'b'))}`);
    expect(outline(path)).toEqual(['evt_heads', 'evt_1', '!4096 NUL bytes and nothing else', 'evt_2']);
  });

  it('names two records on one line', () => {
    const path = fileWith(`${text(headerOf('s')).trimEnd()}${text(says('1', 'a'))}${text(says('2', 'b'))}`);
    expect(outline(path)).toEqual(['!two records on one line', 'evt_2']);
  });

  it('passes over empty lines, a BOM and carriage returns', () => {
    const body = text(headerOf('s'), says('1', 'a')).replaceAll('\n', '\r\n');
    expect(outline(fileWith(`\uFEFF${body}\n \n\r\n`))).toEqual(['evt_heads', 'evt_1']);
    expect(outline(fileWith(''))).toEqual([]);
    expect(outline(fileWith('\n'))).toEqual([]);
  });

  it('marks a torn last line and reads a whole one that only lacks its newline', () => {
    const whole = text(headerOf('s'), says('1', 'a'));
    expect(outline(fileWith(whole.trimEnd()))).toEqual(['evt_heads', 'evt_1']);
    const lines = linesOf(fileWith(whole.slice(0, -5)));
    expect(lines.at(-1)).toMatchObject({ kind: 'bad', torn: true, reason: 'the last line is cut off', line: 2 });
  });

  it('keeps U+2028, U+2029 and lone surrogates as data', () => {
    const odd = 'a\u2028b\u2029c \\ud800 d';
    const path = fileWith(
      `${text(headerOf('s'))}{"id":"evt_1","type":"user.message","content":[{"type":"text","text":"${odd}"}]}\n`,
    );
    expect(linesOf(path)[1]).toMatchObject({ event: { content: [{ text: 'a\u2028b\u2029c \ud800 d' }] } });
  });

  it('keeps characters whole that lie across the edge of a piece read', () => {
    const events = [headerOf('s'), says('1', '🙂é'.repeat(200_000)), says('2', `x${'🙂é'.repeat(200_000)}`)];
    const read = linesOf(fileWith(text(...events))).map((line) => (line.kind === 'event' ? line.event : line));
    expect(read).toEqual(events);
  });

  it('refuses what is nested 100,000 deep and goes on', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const line = (value: string) => `{"id":"evt_d","type":"agent.tool_use","name":"x","input":${value}}\n`;
    const path = fileWith(`${text(headerOf('s'))}${line(deep)}${line(objects)}${text(says('1', 'a'))}`);
    const reason = '!agent.tool_use: nested deeper than 500 levels';
    expect(outline(path)).toEqual(['evt_heads', reason, reason, 'evt_1']);
  });

  it('keeps keys such as __proto__ plain keys', () => {
    const path = fileWith(
      `${text(headerOf('s'))}{"id":"evt_1","type":"agent.tool_use","name":"x","input":{"__proto__":{"a":1},"constructor":2}}\n`,
    );
    const line = linesOf(path)[1];
    expect(JSON.stringify(line?.kind === 'event' && line.event)).toContain('"__proto__":{"a":1},"constructor":2');
    expect('a' in {}).toBe(false);
  });

  it.each([
    [{ type: 'user.message', content: [] }, 'no id'],
    [{ id: 'evt_1' }, 'no type'],
    [{ id: 'evt_1', type: 'user.message' }, 'user.message: content is not a list'],
    [{ id: 'evt_1', type: 'user.message', content: [{ type: 'text' }] }, 'user.message: a text block without text'],
    [{ id: 'evt_1', type: 'agent.tool_result', content: [null] }, 'agent.tool_result: a block without a type'],
    [{ id: 'evt_1', type: 'agent.tool_use' }, 'agent.tool_use: no tool name'],
    [{ id: 'evt_1', type: 'session.created', session: 's' }, 'session.created: no source'],
    [{ id: 'evt_1', type: 'session.created' }, 'session.created: no session id'],
    [{ id: 'evt_1', type: 'span.outcome_evaluation_end', rubric: {} }, 'span.outcome_evaluation_end: no rubric'],
    [{ id: 'evt_1', type: 'x', at: 5 }, 'at is not a string'],
    [{ id: 'evt_1', type: 'x', thread: {} }, 'thread is not a string'],
  ])('names the field that code relies on and that is missing: %j', (event, reason) => {
    expect(outline(fileWith(text(event)))).toEqual([`!${reason}`]);
  });

  it('reads unanswered calls, results without a call and thinking without a signature as they are', () => {
    const thinking = { id: 'evt_3', type: 'agent.thinking', content: [{ type: 'thinking', thinking: 'hm' }] };
    const { tool_use_id: _none, ...orphan } = { ...answers('2', 'x', 'found'), tool_use_id: undefined };
    const path = fileWith(text(headerOf('s'), calls('1', 'grep'), orphan, thinking));
    expect(outline(path)).toEqual(['evt_heads', 'evt_1', 'evt_2', 'evt_3']);
  });

  it('sees whole lines only while a writer appends', () => {
    const path = fileWith(text(headerOf('s')));
    const reading = readTranscript(path);
    expect(reading.next().value).toMatchObject({ line: 1 });
    appendFileSync(path, text(says('1', 'a')));
    const half = text(says('2', 'b'));
    appendFileSync(path, half.slice(0, 20));
    expect([...reading].map((line) => line.kind)).toEqual(['event', 'bad']);
    appendFileSync(path, half.slice(20));
    expect(outline(path)).toEqual(['evt_heads', 'evt_1', 'evt_2']);
  });

  it('reads a line of 200 MB in the memory of a few such lines', () => {
    const path = join(tempFolder(), 's.jsonl');
    const fd = openSync(path, 'w');
    writeSync(fd, `${text(headerOf('s'))}{"id":"evt_1","type":"agent.message","content":[{"type":"text","text":"`);
    const megabyte = Buffer.alloc(1e6, 'x');
    for (let i = 0; i < 200; i++) writeSync(fd, megabyte);
    writeSync(fd, `"}]}\n${text(says('2', 'after'))}`);
    closeSync(fd);
    const before = process.memoryUsage().rss;
    expect(outline(path)).toEqual(['evt_heads', 'evt_1', 'evt_2']);
    expect(statSync(path).size).toBeGreaterThan(2e8);
    expect(process.memoryUsage().rss - before).toBeLessThan(1.5e9);
  });
});

describe('readHeader', () => {
  it('reads the first line alone', () => {
    expect(readHeader(fileWith(`${text(headerOf('s', { title: 'T' }))}garbage\n`))).toMatchObject({
      session: 's',
      title: 'T',
    });
  });

  it('is undefined for a damaged or missing header', () => {
    expect(readHeader(fileWith(`{"id":"evt_\n${text(headerOf('s'))}`))).toBeUndefined();
    expect(readHeader(fileWith(text(says('1', 'a'))))).toBeUndefined();
    expect(readHeader(fileWith(''))).toBeUndefined();
  });
});

describe('foldUpdates', () => {
  const update = (more: object) => ({ id: 'evt_u', type: 'session.updated' as const, ...more });

  it('takes the latest title and label and gathers the files of the source', () => {
    const header = headerOf('s', { title: 'one', source: { tool: 't', id: 'o', files: [{ path: 'b', sha256: '1' }] } });
    const folded = foldUpdates(header, [
      update({
        title: 'two',
        source: {
          tool: 't',
          files: [
            { path: 'b', sha256: '2' },
            { path: 'a', sha256: '3' },
          ],
        },
      }),
      update({ label: { outcome: 'fail' } }),
      says('1', 'no update'),
    ]);
    expect(folded).toMatchObject({ title: 'two', label: { outcome: 'fail' } });
    expect(folded.source).toEqual({
      tool: 't',
      id: 'o',
      files: [
        { path: 'a', sha256: '3' },
        { path: 'b', sha256: '2' },
      ],
    });
    expect(header.title).toBe('one');
  });

  it('passes over fields of a wrong type', () => {
    const header = headerOf('s', { title: 'one' });
    expect(foldUpdates(header, [update({ title: 5, label: { outcome: 'maybe' }, source: { files: 'x' } })])).toEqual(
      header,
    );
  });

  it('gathers files in one order, whatever order they came in', () => {
    const [a, b] = [
      { path: 'a', sha256: '1' },
      { path: 'b', sha256: '2' },
    ];
    const source = { tool: 't' };
    expect(withFiles(withFiles(source, [a]), [b])).toEqual(withFiles(withFiles(source, [b]), [a]));
  });
});
