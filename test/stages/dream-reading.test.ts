// A dream whose model reads a sample, from stored transcripts to the review branch: cards, report, estimate, cache, and what happens when it lies or is away.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roughTokens } from '../../src/base/text.ts';
import { settingsSchema } from '../../src/domain/settings.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { DreamWords } from '../../src/learning/words/dream-words.ts';
import { type DreamRequest, dream } from '../../src/stages/dream.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { type Answering, desk } from '../learning/words/desk.ts';
import { metresSession } from '../mining/reading/digests.ts';
import { eventsOf, type Told } from '../mining/tell.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

const settings = settingsSchema.parse({});
let files: TestRepository;
let request: Omit<DreamRequest, 'words'>;

function store(told: Told): void {
  const folder = join(files.dir, '.agentmem', 'sessions', '2026', '03');
  mkdirSync(folder, { recursive: true });
  const lines = eventsOf(told).map((event) => `${JSON.stringify(event)}\n`);
  writeFileSync(join(folder, `${told.id}.jsonl`), lines.join(''));
}

beforeAll(async () => {
  files = makeRepository({ files: { '.agentmem/config.yaml': 'version: 1\n', 'a.txt': 'one\n' } });
  const repo = await openRepository(files.dir);
  if (repo === null) throw new Error('no repository');
  const layout = layoutOf(join(files.dir, '.agentmem'));
  for (let n = 0; n < 12; n++) store(metresSession(n));
  const now = () => new Date('2026-03-21T22:00:00Z');
  const sessions = openIndex(layout);
  request = { layout, repo, settings, prefix: '.agentmem', sessions, base: 'main', dryRun: false, now, emit: () => {} };
}, 120_000);
afterAll(() => files.remove());

async function dreamt(words: DreamWords | undefined, more: Partial<DreamRequest> = {}) {
  const report = await dream({ ...request, ...more, words });
  const head = report.head ?? '';
  if (report.branch !== null) files.git('update-ref', '-d', `refs/heads/${report.branch}`);
  return { report, page: head === '' ? '' : files.git('show', `${head}:.agentmem/dreams/${report.dream}.md`) };
}

function reading(answer: Answering, dir?: string) {
  const door = desk(answer, dir === undefined ? {} : { dir });
  const prompts = { reflect: 'Reflect.', verify: 'Verify.', read: 'Read.' };
  const words: DreamWords = { asker: door.asker, prompts, name: 'made-up', estimate: false };
  return { ...door, words };
}

const numbers = (text: string, of: string) =>
  [...text.matchAll(RegExp(`source="${of} (\\d+)"`, 'g'))].map(([, n]) => Number(n));

// Sees the wish in every session, and words nothing.
const honest: Answering = ({ tool, text }) => {
  switch (String(tool)) {
    case 'findings': {
      const said = [...text.matchAll(/source="(s\d+) [^"]*">\n([\s\S]*?)\n<\//g)].flatMap(
        ([, session = '', body = '']) =>
          [...body.matchAll(/^(e\d+) person:\n\| (.*)$/gm)].map(([, event = '', quote = '']) => ({
            session,
            event,
            quote,
          })),
      );
      return { preferences: [{ about: 'metres', said, against: [] }], workflows: [], gaps: [] };
    }
    case 'same':
      return { reasoning: 'One wish.', same: [numbers(text, 'group')] };
    case 'passages':
      return { reasoning: 'One wish.', holds: true, states: numbers(text, 'passage') };
    default:
      return { worth: false, title: '', when: '', do: '', dont: '', why: '', quotes: [], predicts: 'corrections_fall' };
  }
};

describe('a dream whose model reads a sample', () => {
  it('proposes what only a reader could see, with checked evidence, and tells what was read', async () => {
    const { report, page } = await dreamt(reading(honest).words);
    const plain = await dreamt(undefined);
    expect(plain.report.changes.filter(({ kind }) => kind === 'preference')).not.toContainEqual(
      expect.objectContaining({ sessions: 12 }),
    );
    expect(plain.report.reading).toBeUndefined();
    const wish = report.changes.find(({ kind, sessions }) => kind === 'preference' && sessions === 12);
    expect(wish).toMatchObject({ grade: 'C', playbook: 'preferences', tasks: 3 });
    expect(report.reading).toMatchObject({ cards: [expect.any(String)], unread: [], missing: [] });
    expect(report.reading?.chosen).toHaveLength(12);
    expect(page).toContain('## Reading');
    expect(page).toContain('12 sessions chosen: ');
    expect(page).toContain('`dream.sample`: 40');
    expect(page).toMatch(/prompts: .*read `[0-9a-f]{12}`/);
    // Digests of whole sessions are nobody's to publish.
    expect(page).not.toContain('survey ridge');
    expect(page).toContain('digests: s1 = m');
  });

  it('is the same out of the cache, and asks nobody then', async () => {
    const first = reading(honest);
    const a = await dreamt(first.words);
    const second = reading(
      () => ({ error: { status: 500, type: 'api_error', message: 'nobody should ask' } }),
      first.dir,
    );
    const b = await dreamt(second.words);
    expect(second.asked).toEqual([]);
    expect(b.report.head).toBe(a.report.head);
  });

  it('says what it may cost at most without asking', async () => {
    const { words, asked } = reading(honest);
    const told = await dream({ ...request, dryRun: true, words: { ...words, estimate: true } });
    expect(asked).toEqual([]);
    const { reader, sessions } = told.estimate?.reading ?? { reader: undefined, sessions: 0 };
    expect(sessions).toBe(12);
    await dreamt(words);
    const read = asked.filter(({ tool }) => ['findings', 'same'].includes(String(tool)));
    expect(read.length).toBeLessThanOrEqual(reader?.requests ?? 0);
    const shown = read.reduce((sum, { text, system }) => sum + roughTokens(text + system), 0);
    expect(shown).toBeLessThanOrEqual(reader?.input_tokens ?? 0);
  });

  it('reads no more than it was asked to, and nothing where no sample is wanted', async () => {
    const sampled = (sample: number) => ({ settings: { ...settings, dream: { ...settings.dream, sample } } });
    expect((await dreamt(reading(honest).words, sampled(5))).report.reading?.chosen).toHaveLength(5);
    const none = reading(honest);
    expect((await dreamt(none.words, sampled(0))).report.reading).toBeUndefined();
    expect(none.asked.filter(({ tool }) => String(tool) === 'findings')).toEqual([]);
  });

  it.each<[string, Answering]>([
    ['is away', () => ({ error: { status: 401, type: 'authentication_error', message: 'no' } })],
    ['talks garbage', () => ({ text: 'As a poet I decline.' })],
    [
      'lies',
      (question, n) =>
        String(question.tool) === 'findings'
          ? {
              preferences: [
                { about: 'x', said: [{ session: 's1', event: 'e4', quote: 'Burn the harbour.' }], against: [] },
              ],
              workflows: [],
              gaps: [],
            }
          : honest(question, n),
    ],
  ])('proposes what a dream without one does where the model %s, and says why', async (_, answer) => {
    const plain = await dreamt(undefined);
    const { report } = await dreamt(reading(answer).words);
    expect(report.changes.map((c) => [c.entry, c.title])).toEqual(plain.report.changes.map((c) => [c.entry, c.title]));
    const { unread = [], refused = [] } = report.reading ?? {};
    expect(unread.length + refused.length).toBeGreaterThan(0);
    expect(JSON.stringify(report.changes)).not.toContain('Burn');
  });
});
