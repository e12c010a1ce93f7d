// A dream with a model, from imported transcripts to the review branch: words, report, cache, and what happens when nobody answers.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsSchema } from '../../src/domain/settings.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import type { DreamWords } from '../../src/learning/words/dream-words.ts';
import { type DreamReport, type DreamRequest, dream } from '../../src/stages/dream.ts';
import { importSessions } from '../../src/stages/import.ts';
import { openCache } from '../../src/store/cache.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { makeCard } from '../learning/make-card.ts';
import { type Answering, desk, goodLesson, supported } from '../learning/words/desk.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';
import { faults, later, writeSession } from '../support/world.ts';

const settings = settingsSchema.parse({});
let files: TestRepository;
let repo: Repository;
let request: Omit<DreamRequest, 'words'>;

beforeAll(async () => {
  files = makeRepository({ files: { '.agentmem/config.yaml': 'version: 1\n', 'a.txt': 'one\n' } });
  const opened = await openRepository(files.dir);
  if (opened === null) throw new Error('no repository');
  repo = opened;
  const layout = layoutOf(join(files.dir, '.agentmem'));
  const folder = join(files.dir, '..', 'transcripts');
  for (let n = 0; n < 16; n++)
    writeSession(folder, {
      day: later('2026-01-05', n),
      number: n,
      faults: n % 2 === 0 ? [faults.ramp, faults.crate] : [faults.ramp],
    });
  const emit = () => {};
  const cache = openCache(layout.cache, 'imports', 1);
  await importSessions({ layout, emit, paths: [folder], by: 'mira', redact: (t) => t, signal: undefined, cache });
  const now = () => new Date('2026-01-21T22:00:00Z');
  const sessions = openIndex(layout);
  request = { layout, repo, settings, prefix: '.agentmem', sessions, base: 'main', dryRun: false, now, emit };
}, 120_000);
afterAll(() => files.remove());

/** Dreams and takes the branch away again, so that the next one may make it anew; the texts of the branch are kept. */
async function dreamt(
  words: DreamWords | undefined,
): Promise<{ report: DreamReport; head: string | null; text: (path: string) => string }> {
  const report = await dream({ ...request, words });
  const head = report.head;
  const kept = head === null ? '' : head;
  if (report.branch !== null) files.git('update-ref', '-d', `refs/heads/${report.branch}`);
  return { report, head, text: (path) => files.git('show', `${kept}:${path}`) };
}

function wordsOf(answer: Answering, dir?: string) {
  const door = desk(answer, dir === undefined ? {} : { dir });
  const words: DreamWords = {
    asker: door.asker,
    prompts: { reflect: 'Reflect.', verify: 'Verify.' },
    name: 'made-up',
    estimate: false,
  };
  return { ...door, words };
}

// Honest: sees that a decoy's claim and passage are about different things.
const honest: Answering = ({ tool, text }) => {
  const used = /"tool":"(\w+)"/.exec(text)?.[1] ?? '';
  const argument = /"argument":"\/(\w+)"/.exec(text)?.[1] ?? '';
  const [, session = '', event = '', quote = ''] = /example session=(\S+) event=(\S+)">\n(.+)\n/.exec(text) ?? [];
  const template = /source="error template">\n(.+)\n/.exec(text)?.[1] ?? '';
  const fits = quote.includes(template);
  if (tool === 'verdict') {
    if (text.includes('helped, hurt')) return { reasoning: 'It fits.', effect: 'helped' };
    return fits ? supported : { reasoning: 'Two different things.', verdict: 'contradict' };
  }
  return goodLesson(makeCard(), {
    worth: fits,
    title: `Give \`${used}\` a fitting \`${argument}\``,
    when: `When \`${used}\` fails:`,
    do: `give \`${argument}\` a different value.`,
    dont: '',
    why: '',
    quotes: [{ session, event, text: quote }],
  });
};

describe('a dream with a model', () => {
  it('puts its words on the branch, and what was asked into the report', async () => {
    const { words, asked } = wordsOf(honest);
    const { report, text } = await dreamt(words);
    expect(report.changes.map((c) => c.title).sort()).toEqual([
      'Give `CrateShip` a fitting `padding`',
      'Give `KilnFire` a fitting `ramp`',
    ]);
    expect(report.words).toMatchObject({ decoys: { shown: 1, accepted: [] }, plain: [] });
    expect(report.usage.input_tokens).toBeGreaterThan(0);
    const page = text(`.agentmem/dreams/${report.dream}.md`);
    expect(page).toContain('## Words');
    expect(page).toContain('2 lessons in a model’s words, 0 in words of an earlier dream, 0 in our own');
    expect(page).toContain('1 decoy shown, 0 let through');
    expect(page).toMatch(/<details><summary>Asked about `decoy`<\/summary>/);
    expect(page.match(/<details>/g)).toHaveLength(3);
    const [line] = text(`.agentmem/dreams/${report.dream}.evidence.jsonl`).split('\n');
    expect(JSON.parse(line ?? '').words.title).toMatch(/^Give/);
    expect(asked.filter((q) => q.text.includes('helped, hurt')).length).toBeGreaterThan(0);
  });

  it('is the same commit for commit out of the cache, and pays nothing then', async () => {
    const first = wordsOf(honest);
    const a = await dreamt(first.words);
    const second = wordsOf(
      () => ({ error: { status: 500, type: 'api_error', message: 'nobody should ask' } }),
      first.dir,
    );
    const b = await dreamt(second.words);
    expect(second.asked).toEqual([]);
    expect(b.head).toBe(a.head);
    expect(b.report.usage).toEqual({ usd: 0, input_tokens: 0, output_tokens: 0 });
  });

  it('says what it may cost at most without asking, and then costs no more', async () => {
    const { words, asked } = wordsOf(honest);
    const told = await dream({ ...request, dryRun: true, words: { ...words, estimate: true } });
    expect(asked).toEqual([]);
    expect(told).toMatchObject({ branch: null, estimate: { cards: 2 } });
    const { report } = await dreamt(words);
    const { reflector, verifier } = told.estimate ?? { reflector: undefined, verifier: undefined };
    expect(asked.length).toBeLessThanOrEqual((reflector?.requests ?? 0) + (verifier?.requests ?? 0));
    expect(report.usage.input_tokens).toBeLessThanOrEqual(
      (reflector?.input_tokens ?? 0) + (verifier?.input_tokens ?? 0),
    );
  });

  it.each<[string, Answering]>([
    ['whose model is away', () => ({ error: { status: 401, type: 'authentication_error', message: 'no' } })],
    ['whose model talks garbage', () => ({ text: 'As a poet I decline.' })],
    ['whose model invents', (question, n) => ({ ...honest(question, n), title: 'Run `npm install`' })],
  ])('%s proposes what a dream without one does, and says why', async (_, answer) => {
    const plain = await dreamt(undefined);
    const { words } = wordsOf(answer);
    const { report, text } = await dreamt(words);
    expect(report.changes.map((c) => [c.entry, c.title])).toEqual(plain.report.changes.map((c) => [c.entry, c.title]));
    expect(report.words?.plain).toHaveLength(2);
    for (const { reason } of report.words?.plain ?? [])
      expect(text(`.agentmem/dreams/${report.dream}.md`)).toContain(reason.slice(0, 20));
    expect(plain.text(`.agentmem/dreams/${plain.report.dream}.md`)).not.toContain('## Words');
  });
});
