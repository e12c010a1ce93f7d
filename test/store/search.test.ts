// Searching transcripts: text as it reads once decoded, never missed by the quick test on raw lines.
import { appendFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { saveImported } from '../../src/store/imported.ts';
import { searchSessions } from '../../src/store/search.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { answers, calls, headerOf, plain, says, tempFolder, tempLayout } from './made.ts';

function searcher(...events: SessionEvent[]) {
  const layout = tempLayout();
  saveImported(layout, { header: headerOf('s'), events }, { redact: plain });
  return {
    path: join(layout.sessions, 'undated/s.jsonl'),
    find: (text: string) => [...searchSessions(layout.sessions, openIndex(layout), text)],
  };
}
// ß alone grows with its case.
const upper = (text: string) => [...text].map((char) => (char === 'ß' ? char : char.toUpperCase())).join('');
const foundIn = (found: { event: string }[]) => found.map((hit) => hit.event);

describe('searchSessions', () => {
  it('names session, event, line and what stands around the text', () => {
    const { find } = searcher(
      says('1', 'nothing'),
      answers('2', '1', `${'a '.repeat(100)}No such\nfile here ${'b '.repeat(100)}`),
    );
    const [hit] = find('no such');
    expect(hit).toMatchObject({ session: 's', event: 'evt_2', type: 'agent.tool_result', line: 3 });
    expect(hit?.snippet).toMatch(/^….*a No such file here b.*…$/);
    expect(find('absent')).toEqual([]);
    expect(find('')).toEqual([]);
  });

  it.each([
    'say "hi"',
    'two\nlines',
    'tab\tbed',
    'C:\\temp',
    'a/b',
    'naïve Größe',
    'GRÖSSE: ÄÖ',
    '日本',
    '🙂',
    'kilo',
    '\u001b[31mred',
    'line\u2028sep',
    '…',
    '"',
  ])('finds %j', (text) => {
    const { find } = searcher(says('1', `before ${text} after`), says('2', 'other'));
    expect(foundIn(find(text))).toEqual(['evt_1']);
    expect(foundIn(find(upper(text)))).toEqual(['evt_1']);
  });

  it('finds text in arguments and in keys, whatever the depth', () => {
    const { find } = searcher(calls('1', 'run', { args: [{ deepKey: 'deepValue' }] }));
    expect(foundIn(find('deepvalue'))).toEqual(['evt_1']);
    expect(foundIn(find('DEEPKEY'))).toEqual(['evt_1']);
  });

  it('finds text that a hand has written in escapes', () => {
    const { find, path } = searcher();
    appendFileSync(
      path,
      '{"id":"evt_9","type":"user.message","content":[{"type":"text","text":"p\\u0061ssage a\\/b"}]}\n',
    );
    expect(foundIn(find('passage'))).toEqual(['evt_9']);
    expect(foundIn(find('a/b'))).toEqual(['evt_9']);
  });

  it('finds text in the middle of output that lies beside the transcript', () => {
    const { find } = searcher(answers('1', '0', `${'x'.repeat(100_000)} needle ${'y'.repeat(100_000)}`));
    expect(foundIn(find('needle'))).toEqual(['evt_1']);
  });

  it('does not follow a file name out of the folder', () => {
    const { find, path } = searcher(answers('1', '0', 'x'.repeat(200_000)));
    writeFileSync(join(dirname(path), 'outside.txt'), 'needle');
    appendFileSync(path, '{"id":"evt_9","type":"agent.tool_result","content":[],"file":"s.d/../outside.txt"}\n');
    expect(find('needle')).toEqual([]);
  });

  it('leaves image data and bad lines out', () => {
    const image = { ...says('1', ''), content: [{ type: 'image', data: 'needle' }] } as SessionEvent;
    const { find, path } = searcher(image);
    appendFileSync(path, 'torn needle');
    expect(find('needle')).toEqual([]);
  });

  it('never misses what is there', () => {
    const unit = fc.constantFrom(
      'a',
      'B',
      'k',
      'K',
      'i',
      'İ',
      '\u212a',
      ' ',
      '"',
      '\\',
      '\n',
      'u',
      '0',
      'ß',
      'é',
      '🙂',
      '\ud800',
      '\u2028',
      '/',
      '\u0007',
    );
    const folder = tempFolder();
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 12 }),
        fc.string({ unit, minLength: 1, maxLength: 4 }),
        fc.string({ unit, maxLength: 12 }),
        (a, text, b) => {
          writeFileSync(join(folder, 's.jsonl'), `${JSON.stringify(says('1', a + text + b))}\n`);
          expect([...searchSessions(folder, [{ id: 's', path: 's.jsonl' }], text)]).toHaveLength(1);
        },
      ),
      { numRuns: 400, seed: 5 },
    );
  });
});
