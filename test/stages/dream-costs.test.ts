// What a dream with a model costs: no more for ten times the sessions, and nothing twice, wherever it was interrupted.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Interrupted } from '../../src/base/errors.ts';
import { roughTokens } from '../../src/base/text.ts';
import { settingsSchema } from '../../src/domain/settings.ts';
import { openRepository } from '../../src/git/repository.ts';
import { type PlanInput, planChanges } from '../../src/learning/changes.ts';
import type { DreamWords } from '../../src/learning/words/dream-words.ts';
import { estimateWords } from '../../src/learning/words/estimate.ts';
import { planInWords, proposedCards } from '../../src/learning/words/plan-in-words.ts';
import { MOST_CHARACTERS, MOST_DIGEST } from '../../src/learning/words/questions.ts';
import { MOST_UNSEEN, VOTES } from '../../src/learning/words/smith.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import { mine, mineGround } from '../../src/mining/mine.ts';
import { chooseSample } from '../../src/mining/reading/sample.ts';
import { unseenDigests } from '../../src/mining/unseen.ts';
import { type DreamRequest, dream } from '../../src/stages/dream.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { newPath } from '../../src/store/session-files.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { createTranscript } from '../../src/store/transcript.ts';
import { type Answering, desk, folder, purseOf } from '../learning/words/desk.ts';
import { eventsOf, type Told, tell } from '../mining/tell.ts';
import { usualWork } from '../support/campaign.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';
import { obedient } from '../support/obedient.ts';
import { faults, later } from '../support/world.ts';

// Nobody attacks here, so the model gives the lessons that the evidence carries.
const honest: Answering = obedient([]).answer;
const prompts = { reflect: 'Reflect.', verify: 'Verify.' };

const clean = (n: number, all: number): Told => ({
  id: `sesn_${n}`,
  task: `lot-${n % 60}`,
  by: `p${n % 4}`,
  day: later('2026-01-05', Math.floor((n * 180) / all)),
  steps: [{ user: `Prepare lot ${n % 60} for the fair.` }, ...usualWork(n)],
});
const corpus = (all: number): Extract[] => Array.from({ length: all }, (_, n) => tell(clean(n, all)));

it('asks as much of ten times the sessions, and never more than the caps allow', async () => {
  const settings = settingsSchema.parse({});
  const most = settings.dream.max_changes;
  const cost = async (sessions: number) => {
    const extracts = corpus(sessions);
    const { cards } = mine(extracts, settings.dream);
    const input: PlanInput = {
      ...{ cards, inForce: [], recorded: new Map(), pending: [], decisions: [], settings },
      dream: { id: 'd20260708-test', date: '2026-07-07' },
    };
    const whole = new Map(cards.map((card) => [card.fingerprint, card]));
    const parts = {
      prompts,
      unseen: (card: (typeof cards)[number]) =>
        unseenDigests(whole.get(card.fingerprint) ?? card, extracts, MOST_UNSEEN),
    };
    const estimate = estimateWords(proposedCards(planChanges(input)), parts, settings.playbooks.max_rule_words);
    const { asker, asked } = desk(honest);
    const { told } = await planInWords(input, { ...parts, asker, atOnce: 4 });
    const tokens = asked.reduce((sum, { text, system }) => sum + roughTokens(text + system), 0);
    const sample = chooseSample(mineGround(extracts, settings.dream), settings.dream.sample).length;
    return { requests: asked.length, tokens, sample, worded: told.worded.length, ...estimate };
  };
  const [one, ten] = [await cost(100), await cost(1000)];
  expect([one.worded, ten.worded]).toEqual([Object.keys(faults).length, Object.keys(faults).length]);
  expect(ten.requests).toBe(one.requests);
  expect(ten.tokens).toBeLessThan(one.tokens * 1.02); // counts have a digit more
  expect(ten.cards).toBe(one.cards);
  expect([one.sample, ten.sample]).toEqual([settings.dream.sample, settings.dream.sample]);
  for (const { requests, tokens, reflector, verifier } of [one, ten]) {
    const cards = most + Math.ceil(most / 10);
    expect(requests).toBeLessThanOrEqual(cards * (1 + VOTES + MOST_UNSEEN));
    expect(tokens).toBeLessThan(
      (cards * (1 + VOTES) * MOST_CHARACTERS + cards * MOST_UNSEEN * (MOST_DIGEST + 1200)) / 4,
    );
    expect(requests).toBeLessThanOrEqual(reflector.requests + verifier.requests);
    expect(tokens).toBeLessThanOrEqual(reflector.input_tokens + verifier.input_tokens + requests * 20);
  }
}, 240_000);

let files: TestRepository;
let request: DreamRequest;
beforeAll(async () => {
  files = makeRepository({ files: { '.agentmem/config.yaml': 'version: 1\n', 'a.txt': 'one\n' } });
  const repo = await openRepository(files.dir);
  if (repo === null) throw new Error('no repository');
  const layout = layoutOf(join(files.dir, '.agentmem'));
  for (let n = 0; n < 7; n++) {
    const { tool, argument, wrong, right, error } = faults.ramp;
    const [header, ...events] = eventsOf({
      ...clean(n, 7),
      steps: [
        { user: `Prepare lot ${n} for the fair.` },
        { call: tool, input: { [argument]: wrong, lot: n }, error },
        { call: tool, input: { [argument]: right, lot: n }, ok: 'done' },
      ],
    });
    if (header?.type !== 'session.created') throw new Error('no header');
    const { writer } = createTranscript(newPath(layout, header), header, { redact: (text) => text, since: '' });
    for (const event of events) writer.append(event);
    writer.close();
  }
  request = {
    ...{ layout, repo, prefix: '.agentmem', base: 'main', dryRun: false, emit: () => {} },
    settings: settingsSchema.parse({}),
    sessions: openIndex(layout),
    now: () => new Date('2026-07-08T22:00:00Z'),
  };
}, 60_000);
afterAll(() => files.remove());

it('spends nothing twice, whichever call it was interrupted after', async () => {
  const dreamt = async (dir: string, stopAfter = Number.POSITIVE_INFINITY) => {
    const stop = new AbortController();
    const purse = purseOf();
    const counting = {
      ...purse,
      charge: (...paid: Parameters<typeof purse.charge>) => {
        purse.charge(...paid);
        if (purse.charged.length === stopAfter) stop.abort();
      },
    };
    const { asker, asked } = desk(honest, { dir, purse: () => counting, signal: stop.signal });
    const words: DreamWords = { asker, prompts: { ...prompts, read: 'Read.' }, name: 'made-up', estimate: false };
    const ended = await dream({ ...request, words, signal: stop.signal }).catch((error: unknown) => error);
    if (!(ended instanceof Interrupted) && ended instanceof Error) throw ended;
    const report = ended instanceof Interrupted ? undefined : (ended as Awaited<ReturnType<typeof dream>>); // the other way it can end
    if (report?.branch) files.git('update-ref', '-d', `refs/heads/${report.branch}`);
    const paid = asker.records().filter((record) => !record.cached && record.none === undefined).length;
    return { asked: asked.length, paid, head: report?.head };
  };
  const whole = await dreamt(folder());
  expect(whole.head).toMatch(/^[0-9a-f]{40}$/);
  expect(whole.paid).toBe(whole.asked);
  expect(whole.asked).toBeGreaterThan(10);
  for (let k = 1; k < whole.asked; k++) {
    const dir = folder();
    const first = await dreamt(dir, k);
    expect([k, first.head]).toEqual([k, undefined]);
    const second = await dreamt(dir);
    expect([k, first.paid + second.paid, second.head]).toEqual([k, whole.paid, whole.head]);
    expect(first.asked - first.paid).toBeLessThan(4); // what was under way side by side has no answer to keep
  }
}, 240_000);
