// Searching all that is stored: the hits of reading everything, with most transcripts left unread.
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signal } from '../../src/domain/emit.ts';
import type { SessionEvent } from '../../src/domain/events.ts';
import { saveImported } from '../../src/store/imported.ts';
import type { Layout } from '../../src/store/layout.ts';
import { forgetExtracts } from '../../src/store/removal.ts';
import { searchSessions } from '../../src/store/search.ts';
import { holding, searchStored } from '../../src/store/search-stored.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { listIndex } from '../../src/store/session-list.ts';
import { answers, headerOf, plain, says, tempLayout } from './made.ts';

const AT = '2026-01-05T00:00:00Z';
const folder = (layout: Layout) => join(layout.cache, 'search');
const file = (layout: Layout) => join(folder(layout), '2026-01.grams');

function store(layout: Layout, id: string, ...events: SessionEvent[]): string {
  saveImported(layout, { header: headerOf(id, { at: AT }), events }, { redact: plain });
  return join(layout.sessions, '2026/01', `${id}.jsonl`);
}

/** Ids of sessions that are found, and how many transcripts had to be read for the first time or again. */
async function searched(layout: Layout, text: string, limit = Number.POSITIVE_INFINITY) {
  const seen: Signal[] = [];
  const found: string[] = [];
  for (const hit of searchStored(layout, await listIndex(layout), text, (signal) => seen.push(signal))) {
    found.push(hit.session);
    if (found.length === limit) break;
  }
  return { found, learned: seen.length };
}

describe('searchStored', () => {
  it('reads what is new, then only what may hold the text', async () => {
    const layout = tempLayout();
    const gone = store(layout, 'a', says('1', 'a needle in hay'));
    store(layout, 'b', says('1', 'another text'));
    expect(await searched(layout, 'Needle')).toEqual({ found: ['a'], learned: 2 });
    expect(await searched(layout, 'NEEDLE in')).toEqual({ found: ['a'], learned: 0 });
    const sessions = await listIndex(layout);
    rmSync(gone); // who opens it now fails
    expect([...searchStored(layout, sessions, 'another')].map((hit) => hit.session)).toEqual(['b']);
    expect(() => [...searchStored(layout, sessions, 'needle')]).toThrow(/ENOENT/);
  });

  it('learns a session again that has grown, and of a new one', async () => {
    const layout = tempLayout();
    store(layout, 'a', says('1', 'first words'));
    await searched(layout, 'first');
    store(layout, 'a', says('1', 'first words'), says('2', 'second thoughts'));
    store(layout, 'b', says('1', 'second words'));
    expect(await searched(layout, 'second')).toEqual({ found: ['a', 'b'], learned: 2 });
    expect(await searched(layout, 'first words')).toEqual({ found: ['a'], learned: 0 });
  });

  it('keeps what it learned where nobody asks for more hits', async () => {
    const layout = tempLayout();
    for (const id of ['a', 'b', 'c']) store(layout, id, says('1', `needle ${id}`));
    expect(await searched(layout, 'needle', 1)).toEqual({ found: ['a'], learned: 1 });
    expect(await searched(layout, 'needle', 2)).toEqual({ found: ['a', 'b'], learned: 1 });
    expect(await searched(layout, 'needle')).toEqual({ found: ['a', 'b', 'c'], learned: 1 });
  });

  it('looks for texts of fewer than four characters in every transcript, and learns nothing', async () => {
    const layout = tempLayout();
    store(layout, 'a', says('1', 'npm'));
    store(layout, 'b', says('1', '日本'));
    expect(await searched(layout, 'NPM')).toEqual({ found: ['a'], learned: 0 });
    expect(await searched(layout, '日本')).toEqual({ found: ['b'], learned: 0 });
    expect(await searched(layout, '')).toEqual({ found: [], learned: 0 });
  });

  it('finds what lies beside the transcript, also what came there later or was put in another’s place', async () => {
    const layout = tempLayout();
    const path = store(layout, 'a', answers('1', '0', `${'x'.repeat(100_000)} needle ${'y'.repeat(100_000)}`));
    expect(await searched(layout, 'needle')).toEqual({ found: ['a'], learned: 1 });
    expect(await searched(layout, 'thread')).toEqual({ found: [], learned: 0 });
    const beside = path.replace('.jsonl', '.d');
    const [name = ''] = readdirSync(beside);
    rmSync(join(beside, name));
    writeFileSync(join(beside, name), 'a thread');
    expect(await searched(layout, 'thread')).toEqual({ found: ['a'], learned: 1 });
    rmSync(beside, { recursive: true });
    expect(await searched(layout, 'thread')).toEqual({ found: [], learned: 1 });
    mkdirSync(beside);
    writeFileSync(join(beside, name), 'a needle');
    expect(await searched(layout, 'needle')).toEqual({ found: ['a'], learned: 1 });
    expect(await searched(layout, 'thread')).toEqual({ found: [], learned: 0 });
  });

  it('finds a file beside the transcript whose name a hand has written in escapes', async () => {
    const layout = tempLayout();
    const path = store(layout, 'a', says('1', 'x'));
    mkdirSync(path.replace('.jsonl', '.d'));
    writeFileSync(join(path.replace('.jsonl', '.d'), 'n.txt'), 'a needle');
    appendFileSync(
      path,
      '{"id":"evt_9","type":"agent.tool_result","content":[],"\\u0066ile":"\\u0061\\u002ed\\/n.txt"}\n',
    );
    expect(await searched(layout, 'needle')).toEqual({ found: ['a'], learned: 1 });
    expect(await searched(layout, 'needle')).toEqual({ found: ['a'], learned: 0 });
  });

  it.each([
    ['emptied', () => Buffer.alloc(0)],
    ['cut', (whole) => whole.subarray(0, whole.length - 9)],
    ['longer than it was', (whole) => Buffer.concat([whole, Buffer.from('x')])],
    ['of another version', (whole) => Buffer.concat([Buffer.from('agentmem grams 0'), whole.subarray(16)])],
    ['nulled in its columns', (whole) => Buffer.concat([whole.subarray(0, 304), Buffer.alloc(8), whole.subarray(312)])],
    ['nulled in its sets', (whole) => Buffer.concat([whole.subarray(0, 384), Buffer.alloc(whole.length - 384)])],
    ['of absurd size', (whole) => Buffer.concat([whole.subarray(0, 24), Buffer.alloc(16, 0x7f), whole.subarray(40)])],
  ] as [string, (whole: Buffer) => Buffer][])('learns all anew where the file is %s', async (_, damage) => {
    const layout = tempLayout();
    store(layout, 'a', says('1', 'a needle'));
    store(layout, 'b', says('1', 'a thread'));
    await searched(layout, 'needle');
    const whole = readFileSync(file(layout));
    expect(damage(whole).equals(whole)).toBe(false);
    writeFileSync(file(layout), damage(whole));
    expect(await searched(layout, 'needle')).toEqual({ found: ['a'], learned: 2 });
    expect(await searched(layout, 'thread')).toEqual({ found: ['b'], learned: 0 });
  });

  it('works where the cache cannot be written', async () => {
    const layout = tempLayout();
    store(layout, 'a', says('1', 'a needle'));
    writeFileSync(layout.cache, 'a file in the way');
    for (let i = 0; i < 2; i++) expect((await searched(layout, 'needle')).found).toEqual(['a']);
  });

  it('forgets what it learned with the extracts, when sessions are removed or redacted', async () => {
    const layout = tempLayout();
    store(layout, 'a', says('1', 'a needle'));
    await searched(layout, 'needle');
    expect(statSync(file(layout)).size).toBeGreaterThan(0);
    forgetExtracts(layout);
    expect(() => statSync(folder(layout))).toThrow(/ENOENT/);
  });

  it('reads a transcript in pieces that is too large to be read at once, and learns the same of it', async () => {
    const layout = tempLayout();
    const path = store(layout, 'a', says('1', 'a needle'));
    for (let i = 0; i < 50; i++) appendFileSync(path, `${JSON.stringify(says(`b${i}`, 'hay '.repeat(22_000)))}\n`);
    expect(statSync(path).size).toBeGreaterThan(4 * 2 ** 20);
    expect(await searched(layout, 'needle')).toEqual({ found: ['a'], learned: 1 });
    expect(await searched(layout, 'hay hay')).toMatchObject({ found: { length: 50 }, learned: 0 });
    expect(statSync(file(layout)).size).toBeLessThan(2_000);
  });

  it('has the hits of reading every transcript, whatever the words, the order and what was learned before', async () => {
    const word = fc.constantFrom(
      'needle',
      'Größe',
      'a/b',
      'C:\\temp',
      'two\nlines',
      '"said"',
      '日本語',
      'K\u212ailo',
      'ΣΑΣ',
      '🙂🙂',
      ' ',
    );
    const texts = fc.array(
      fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.array(word, { minLength: 1, maxLength: 3 }), async (first, more, wanted) => {
        const layout = tempLayout();
        const learn = (said: string[], from: string) => {
          for (const [i, text] of said.entries()) store(layout, `${from}${i}`, says('1', text));
        };
        learn(first, 's');
        await searched(layout, wanted[0] ?? '');
        learn(more, 't');
        for (const text of [wanted.join(' '), ...wanted]) {
          const whole = openIndex(layout);
          const expected = [...searchSessions(layout.sessions, whole, text)];
          expect([...searchStored(layout, await listIndex(layout), text)]).toEqual(expected);
          expect([...searchStored(layout, whole, text)]).toEqual(expected);
          const ids = [...new Set(expected.map((hit) => hit.session))];
          expect(holding(layout, whole, text, () => {}).map(({ id }) => id)).toEqual(ids);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes no session for another of the same size and time', async () => {
    const layout = tempLayout();
    const paths = [store(layout, 'a', says('1', 'needle')), store(layout, 'b', says('1', 'thread'))];
    for (const path of paths) utimesSync(path, 1000, 1000);
    expect(dirname(paths[0] ?? '')).toBe(dirname(paths[1] ?? ''));
    expect(await searched(layout, 'needle')).toEqual({ found: ['a'], learned: 2 });
    expect(await searched(layout, 'thread')).toEqual({ found: ['b'], learned: 0 });
  });
});
