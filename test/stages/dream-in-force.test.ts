// A dream over a memory in force, from transcripts to the branch: a person's orders, a curator, and the conversation that is kept.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Interrupted } from '../../src/base/errors.ts';
import { settingsSchema } from '../../src/domain/settings.ts';
import { openRepository } from '../../src/git/repository.ts';
import { readReviewBranch } from '../../src/learning/review-branch.ts';
import { ordersIn } from '../../src/learning/wishes/orders.ts';
import type { DreamWords } from '../../src/learning/words/dream-words.ts';
import { type DreamReport, type DreamRequest, dream } from '../../src/stages/dream.ts';
import { importSessions } from '../../src/stages/import.ts';
import { openCache } from '../../src/store/cache.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { readTranscript } from '../../src/store/transcript-read.ts';
import { type Answering, desk } from '../learning/words/desk.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';
import { faults, later, writeSession } from '../support/world.ts';

let files: TestRepository;
let request: DreamRequest;
let learned: DreamReport;

beforeAll(async () => {
  files = makeRepository({ files: { '.agentmem/config.yaml': 'version: 1\n', 'a.txt': 'one\n' } });
  const repo = await openRepository(files.dir);
  if (repo === null) throw new Error('no repository');
  const layout = layoutOf(join(files.dir, '.agentmem'));
  const folder = join(files.dir, '..', 'transcripts');
  for (let n = 0; n < 8; n++)
    writeSession(folder, { day: later('2026-01-05', n), number: n, faults: [faults.ramp, faults.crate] });
  const emit = () => {};
  const cache = openCache(layout.cache, 'imports', 1);
  await importSessions({ layout, emit, paths: [folder], by: 'mira', redact: (t) => t, signal: undefined, cache });
  const settings = settingsSchema.parse({});
  const now = () => new Date('2026-01-21T22:00:00Z');
  const sessions = openIndex(layout);
  request = { layout, repo, settings, prefix: '.agentmem', sessions, base: 'main', dryRun: false, now, emit };
  learned = await dream(request);
  files.git('merge', '--no-edit', learned.branch ?? '');
}, 120_000);
afterAll(() => files.remove());

const under = async (text: string) => {
  const { orders, rest } = ordersIn(text);
  return await dream({ ...request, orders: { orders, unread: rest } });
};

it('a merge is one reviewed change with the evidence of both entries, and the next dream leaves it alone', async () => {
  const [into, gone] = learned.changes.map((change) => change.entry);
  const report = await under(`Merge ${gone} into ${into}. Retire nobody. Be kind to kilns.`);
  expect(report.changes).toMatchObject([{ change: 'merge', entry: into }]);
  expect(report.wishes).toEqual([
    { by: 'person', text: 'Retire nobody', changed: [], refused: 'no entry in force is called “nobody”' },
    { by: 'person', text: 'Be kind to kilns', changed: [], refused: expect.stringContaining('no model is asked') },
    { by: 'person', text: `Merge ${gone} into ${into}`, changed: [into] },
  ]);
  const page = files.git('show', `${report.branch}:.agentmem/dreams/${report.dream}.md`);
  expect(page).toContain('## Orders and proposals');
  expect(page).toContain(`You: “Merge ${gone} into ${into}”: done: \`${into}\``);
  const state = await readReviewBranch(request.repo, '.agentmem', report.base ?? '', report.branch ?? '');
  expect(state.entries).toMatchObject([{ entry: into, change: 'merge', replaces: [gone], verdict: 'pending' }]);
  files.git('merge', '--no-edit', report.branch ?? '');
  const next = await dream(request);
  expect(next.changes).toEqual([]);
  expect(next.withheld.map((w) => w.reason).join('\n')).toContain(`it is told in ${into}`);
}, 60_000);

const prompts = { reflect: 'Reflect.', verify: 'Verify.', curate: 'Curate.' };
const curator =
  (more: { deltas: unknown[] }): Answering =>
  ({ tool }) =>
    tool === 'curation' ? more : { reasoning: 'It fits.', verdict: 'support' };
const keep = {
  redact: (text: string) => text.replaceAll('Curate', 'C…'),
  random: () => 'ab'.repeat(16),
  by: 'mira',
  project: 'shed',
};

it('a curator’s merge is on the branch, and the conversation is a session that no dream reads', async () => {
  const memory = files.git('rev-parse', 'main~1').trim();
  files.git('update-ref', 'refs/heads/early', learned.head ?? memory);
  const [into, gone] = learned.changes.map((change) => change.entry);
  const nothing = { title: '', rule: '', why: '', into: '' };
  const door = desk(
    curator({ deltas: [{ ...nothing, do: 'sharpen', entries: [into], title: 'Be careful', rule: 'Run `make`.' }] }),
  );
  const words: DreamWords = { asker: door.asker, prompts, name: 'x', estimate: false };
  const before = openIndex(request.layout).length;
  const report = await dream({ ...request, base: 'early', words, keep });
  expect(door.asked.map((q) => q.tool)).toEqual(['curation']);
  expect(report.words?.curator?.refused).toMatchObject([{ what: `sharpen ${into}`, rule: 'name' }]);
  expect(gone).toBeDefined();
  const index = openIndex(request.layout);
  const own = index.find((entry) => entry.dream !== undefined);
  expect(index).toHaveLength(before + 1);
  expect(own).toMatchObject({ dream: report.dream, agent: { name: 'dream' }, by: 'mira', project: 'shed' });
  const lines = [...readTranscript(join(request.layout.sessions, own?.path ?? ''))];
  expect(lines.filter((line) => line.kind === 'bad')).toEqual([]);
  const text = JSON.stringify(lines);
  expect(text).toContain('curator, curate about the memory in force');
  expect(text).toContain('"span.model_request_end"');
  expect(text).toContain('"end_turn"');
  // Everything that is stored: a dream that is handed it leaves it out, and out of the cache nothing is stored twice.
  const again = desk(() => ({ text: 'nobody should ask' }), { dir: door.dir });
  const next = await dream({
    ...request,
    sessions: index,
    base: 'early',
    words: { ...words, asker: again.asker },
    keep,
  });
  expect(next.read).toMatchObject({ sessions: report.read.sessions, held_out: 0 });
  expect(next.dream).toBe(report.dream);
  expect(openIndex(request.layout)).toHaveLength(before + 1);
}, 60_000);

it('what was asked before Ctrl-C is kept as well, and a disk that is full costs the conversation only', async () => {
  const control = new AbortController();
  const door = desk(curator({ deltas: [] }), { signal: control.signal });
  const asker: DreamWords['asker'] = {
    ask: async (question) => {
      const asked = await door.asker.ask(question);
      control.abort();
      return asked;
    },
    records: () => door.asker.records(),
    spent: () => door.asker.spent(),
  };
  const words: DreamWords = { asker, prompts, name: 'y', estimate: false };
  const before = openIndex(request.layout).length;
  const at = { ...keep, random: () => 'cd'.repeat(16) };
  await expect(dream({ ...request, base: 'early', words, keep: at, signal: control.signal })).rejects.toThrow(
    Interrupted,
  );
  const stored = openIndex(request.layout);
  expect(stored).toHaveLength(before + 1);
  // The same name a second time cannot be written: the dream says so and goes on.
  const warned: string[] = [];
  const emit: DreamRequest['emit'] = (event) => void (event.type === 'warning' && warned.push(event.text));
  const other = desk(curator({ deltas: [] }));
  const report = await dream({
    ...request,
    base: 'early',
    words: { ...words, asker: other.asker, name: 'z' },
    keep: at,
    emit,
  });
  expect(report.status).toBe('completed');
  expect(warned.join()).toContain('the conversation of this dream could not be stored');
}, 60_000);

it('what is ordered is put into no other words, and asked about by nobody', async () => {
  const [into, gone] = learned.changes.map((change) => change.entry);
  const door = desk(curator({ deltas: [] }));
  const words: DreamWords = { asker: door.asker, prompts, name: 'w', estimate: false };
  const { orders } = ordersIn(`merge ${gone} into ${into}`);
  const report = await dream({ ...request, base: 'early', words, orders: { orders, unread: '' }, dryRun: true });
  expect(report.changes).toMatchObject([{ change: 'merge', entry: into, title: learned.changes[0]?.title }]);
  expect(door.asked.map((q) => q.tool)).toEqual(['curation']);
}, 60_000);
