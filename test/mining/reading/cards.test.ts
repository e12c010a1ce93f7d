// Candidates of readers as cards: counts of ours, sentences of ours, no grade above C, and nothing that the sessions do not show.
import { describe, expect, it } from 'vitest';
import type { Candidate, Cited } from '../../../src/domain/reading.ts';
import { gate } from '../../../src/learning/gate.ts';
import { wordCard } from '../../../src/learning/wording.ts';
import type { Extract } from '../../../src/mining/extract-types.ts';
import { mineGround } from '../../../src/mining/mine.ts';
import { cardsOfReading } from '../../../src/mining/reading/cards.ts';
import { gapFinding } from '../../../src/mining/reading/gap-finding.ts';
import { stepsFinding } from '../../../src/mining/reading/steps-finding.ts';
import { seeded, uniformInt } from '../../../src/statistics/random.ts';
import { makeSettings } from '../../learning/make-card.ts';
import { type Step, tell } from '../tell.ts';
import { metresSession } from './digests.ts';

const settings = makeSettings().dream;
const read = (
  candidates: Candidate[],
  extracts: readonly Extract[],
  shown: readonly string[] = [],
  recorded = new Map(),
) => {
  const found = cardsOfReading(candidates, mineGround(extracts, settings), new Set(shown), recorded);
  const ranked = found.ranked.filter(({ card }) => found.added.includes(card.fingerprint));
  return { ranked, refused: found.refused, all: found.ranked.map(({ card }) => card) };
};
const cite = (extract: Extract, turn: number, quote?: string): Cited => {
  const said = extract.turns[turn];
  return { session: extract.session, event: said?.cite.event ?? '', quote: quote ?? said?.text ?? '' };
};
const sessions = Array.from({ length: 8 }, (_, n) => tell(metresSession(n)));
const metres = (list: readonly Extract[], against: Cited[] = []): Candidate => ({
  kind: 'preference',
  said: list.map((s) => cite(s, 1)),
  against,
});

describe('a wish that readers saw', () => {
  it('is a preference with counts of its own sessions, and the newest words as they were said', () => {
    const { ranked, refused } = read([metres(sessions)], sessions);
    expect(refused).toEqual([]);
    const card = ranked[0]?.card;
    if (card === undefined) throw new Error('no card');
    expect(card).toMatchObject({ kind: 'preference', trust: 'person', grade: 'C', scope: 'team' });
    expect(card.counts).toMatchObject({ sessions: 8, tasks: 3, people: 4, days: 8 });
    expect(card.claim).toBe(
      'People asked for the same in 8 sessions, last with the words “Feet are of no use to us, take metres.”.',
    );
    expect(card.examples).toHaveLength(3);
    for (const span of card.examples) {
      const turn = sessions.find((s) => s.session === span.session)?.turns[1];
      expect([turn?.text, turn?.cite.sha256]).toEqual([span.quote, span.sha256]);
    }
    expect(gate(card)).toBeUndefined();
    expect(wordCard(card, 60).title).toBe('People asked: “Feet are of no use to us, take metres.”');
  });

  it('is an anecdote below three sessions or two tasks, whatever readers say', () => {
    const two = read([metres(sessions.slice(0, 2))], sessions.slice(0, 2)).ranked[0]?.card;
    expect(two?.grade ?? 'none').toBe('D');
    const one = Array.from({ length: 6 }, (_, n) => tell(metresSession(n, { task: 'same' })));
    expect(read([metres(one)], one).ranked[0]?.card).toMatchObject({
      grade: 'D',
      reason: expect.stringContaining('tasks'),
    });
    expect(read([metres(sessions.slice(0, 1))], sessions)).toMatchObject({
      ranked: [],
      refused: [{ rule: 'anecdote' }],
    });
  });

  it('counts the sentence of the turn, and none that only stands in code or in a quotation', () => {
    const shown = Array.from({ length: 4 }, (_, n) =>
      tell(
        metresSession(n, {
          steps: [
            { user: 'go' },
            { call: 'report', input: {}, ok: 'sent' },
            { user: `Here is the log:\n\`\`\`\nalways give it in metres\n\`\`\`\n> always give it in metres` },
          ],
        }),
      ),
    );
    const candidate: Candidate = {
      kind: 'preference',
      said: shown.map((s) => cite(s, 1, 'always give it in metres')),
      against: [],
    };
    expect(read([candidate], shown)).toMatchObject({ ranked: [], refused: [{ rule: 'anecdote' }] });
  });

  it('is in doubt where a later session says the opposite', () => {
    const late = tell(
      metresSession(9, {
        day: '2026-05-01',
        steps: [...metresSession(9).steps.slice(0, 3), { user: 'Feet from now on, no more metres.' }],
      }),
    );
    const card = read([metres(sessions, [cite(late, 1)])], [...sessions, late]).ranked[0]?.card;
    expect(card).toMatchObject({ grade: 'D', reason: expect.stringContaining('the latest wins') });
    expect(card?.counter_examples.map(({ session }) => session)).toEqual(['m9']);
  });

  it('keeps its name as long as it shares a passage with what an earlier dream recorded', () => {
    const older = read([metres(sessions.slice(0, 4))], sessions).ranked[0]?.card;
    if (older === undefined) throw new Error('no card');
    const alone = read([metres(sessions)], sessions).ranked[0]?.card;
    const known = read([metres(sessions)], sessions, [], new Map([[older.fingerprint, older]])).ranked[0]?.card;
    expect(alone?.examples.some((a) => older.examples.some((b) => a.event === b.event))).toBe(true);
    expect(known?.fingerprint).toBe(older.fingerprint);
    expect(known?.counts.sessions).toBe(8);
  });

  it('is left to the miner where that found it by itself', () => {
    const plain = Array.from({ length: 6 }, (_, n) =>
      tell(
        metresSession(n, {
          steps: [...metresSession(n).steps.slice(0, 3), { user: 'Always give lengths in metres.' }],
        }),
      ),
    );
    expect(mineGround(plain, settings).mined.cards.map((c) => c.kind)).toContain('preference');
    expect(read([metres(plain)], plain)).toMatchObject({ ranked: [], refused: [{ rule: 'known' }] });
  });
});

describe('steps that readers saw', () => {
  const survey = ['scan', 'plan', 'drill'];
  const trial = (n: number, passed: boolean, took: boolean, by = `p${n % 3}`): Extract => {
    const call = (tool: string): Step => ({ call: tool, input: { n }, ok: `ok ${n}` });
    const steps = took ? survey.map(call) : [call('drill'), call('plan'), call('scan')];
    return tell({
      id: `w${String(n).padStart(3, '0')}`,
      task: `t${n % 5}`,
      by,
      day: `2026-04-${String((n % 28) + 1).padStart(2, '0')}`,
      header: { label: { outcome: passed ? 'pass' : 'fail' } },
      steps: [{ user: `well ${n}` }, ...steps, call('close')],
    });
  };
  const candidate = (list: readonly Extract[], steps = survey): Candidate => ({
    kind: 'workflow',
    steps,
    cited: list.map((s) => ({ session: s.session, event: s.actions[0]?.call.event ?? '', quote: 'scan' })),
  });
  // Taken and passed, not taken and failed: within every task.
  const real = Array.from({ length: 80 }, (_, n) => trial(n, n % 10 < 5, n % 10 < 5));
  // Outcomes have nothing to do with the steps.
  const chance = Array.from({ length: 80 }, (_, n) => trial(n, Math.floor(n / 10) % 2 === 0, n % 10 < 5));
  const shown = (list: readonly Extract[]) => list.slice(0, 20).map((s) => s.session);
  const passes = (list: readonly Extract[]) => list.slice(0, 20).filter((s) => s.outcome === 'pass');

  it('are grade C where sessions that nobody read bear them out', () => {
    const { ranked } = read([candidate(passes(real))], real, shown(real));
    const found = ranked[0]?.card;
    expect(found).toMatchObject({ kind: 'workflow', grade: 'C', trust: 'agent' });
    expect(found?.counts.sessions).toBe(10);
    expect(found?.workflow).toMatchObject({
      steps: survey,
      taken: { sessions: 30, passed: 30 },
      others: { sessions: 30, passed: 0 },
    });
    expect(found?.claim).toBe(
      '10 sessions that passed took the steps `scan`, `plan`, `drill` in this order. Of 30 sessions that were not read for it and took them, 30 passed; of 30 others that went on as long, 0 did.',
    );
  });

  it('are an anecdote where they do not, or where everything was read', () => {
    expect(read([candidate(passes(chance))], chance, shown(chance)).ranked[0]?.card).toMatchObject({
      grade: 'D',
      reason: expect.stringContaining('do not bear it out'),
    });
    expect(
      read(
        [candidate(passes(real))],
        real,
        real.map((s) => s.session),
      ).ranked[0]?.card,
    ).toMatchObject({
      grade: 'D',
      reason: expect.stringContaining('0 of the 3 tasks'),
    });
    const one = Array.from({ length: 80 }, (_, n) => trial(n, n % 10 < 5, n % 10 < 5, 'p'));
    expect(read([candidate(passes(one))], one, shown(one)).ranked[0]?.card).toMatchObject({
      grade: 'D',
      reason: expect.stringContaining('only one person'),
    });
  });

  it('are refused where no cited session took them and passed', () => {
    const failed = real.filter((s) => s.outcome === 'fail');
    expect(read([candidate(failed)], real)).toMatchObject({ ranked: [], refused: [{ rule: 'steps' }] });
    expect(read([candidate(passes(real), ['scan', 'plan', 'sail'])], real)).toMatchObject({
      ranked: [],
      refused: [{ rule: 'steps' }],
    });
  });

  // Shuffled outcomes: whoever chose the steps looked at some of the sessions, and chance decides about the others.
  it('claim something in at most one of twenty worlds without any truth', () => {
    let claimed = 0;
    for (let world = 0; world < 200; world++) {
      const random = seeded(`world ${world}`);
      const list = Array.from({ length: 60 }, (_, n) => trial(n, uniformInt(random, 2) === 0, n % 10 < 5));
      const context = { sessions: list, taskOf: (session: string) => session, stratumOf: (e: Extract) => e.task ?? '' };
      const took = passes(list).filter(({ actions }) => actions[0]?.tool === 'scan');
      const judged = stepsFinding(
        candidate(took) as Candidate & { kind: 'workflow' }, // made so above
        { context },
        { read: new Set(shown(list)), asked: 1 },
      );
      if ('finding' in judged && judged.finding.doubt === undefined) claimed++;
    }
    expect(claimed).toBeGreaterThan(0);
    expect(claimed).toBeLessThanOrEqual(15); // 10 expected at most; more than 15 would happen in one of twenty such tests
  });
});

describe('a gap that readers saw', () => {
  const candidate = (list: readonly Extract[], argument = '/unit', tool = 'report'): Candidate => ({
    kind: 'gap',
    tool,
    argument,
    cited: list.map((s) => cite(s, 1)),
  });

  it('is what the calls show after people asked in words of their own', () => {
    const { ranked, refused } = read([candidate(sessions)], sessions);
    expect(refused).toEqual([]);
    expect(ranked[0]?.card).toMatchObject({
      kind: 'gap',
      tool: 'report',
      grade: 'C',
      gap: { argument: '/unit', to: 'metres', told: 8, did: 8 },
      claim:
        'People found the work short in 8 sessions in words of their own; in 8 of them another `unit` was then given to `report`, to `metres` in most.',
    });
  });

  it('is refused where the calls do not show what the reader says', () => {
    expect(read([candidate(sessions, '/ridge')], sessions)).toMatchObject({ ranked: [], refused: [{ rule: 'deed' }] });
    expect(read([candidate(sessions, '/unit', 'survey')], sessions)).toMatchObject({ refused: [{ rule: 'deed' }] });
  });

  it('is an anecdote where the same was done after other words as often', () => {
    const others = Array.from({ length: 12 }, (_, n) =>
      tell(
        metresSession(n + 20, {
          id: `o${n}`,
          day: '2026-04-02',
          steps: metresSession(n).steps.map((step) =>
            'user' in step && step.user !== `survey ridge ${n}` ? { user: 'go on' } : step,
          ),
        }),
      ),
    );
    expect(read([candidate(sessions)], [...sessions, ...others]).ranked[0]?.card).toMatchObject({
      grade: 'D',
      reason: expect.stringContaining('explains nothing'),
    });
  });

  it('of a criterion is counted over all graded sessions, and told of those that were cited', () => {
    const graded = (n: number): Extract => {
      const extract = tell(metresSession(n));
      const round = (iteration: number, units: boolean, step: number) => ({
        ...{ cite: extract.actions[0]?.call ?? { event: '', sha256: '' }, rubric: 'survey', iteration, step },
        ...{ result: units ? 'satisfied' : 'needs_revision', criteria: { units } },
      });
      return { ...extract, turns: [], evaluations: [round(0, false, extract.turns[1]?.step ?? 0), round(1, true, 99)] };
    };
    const list = Array.from({ length: 6 }, (_, n) => graded(n));
    const places = list.slice(0, 4).map(({ session }) => ({ session, event: 'evt', quote: 'report' }));
    const gap = { kind: 'gap', tool: 'report', argument: '/unit', cited: places } as const;
    // The miner's own choice here, found in all six.
    expect(mineGround(list, settings).mined.cards.map(({ kind, counts }) => [kind, counts.sessions])).toContainEqual([
      'gap',
      6,
    ]);
    expect(read([{ ...gap, cited: places, criterion: 'survey/units' }], list)).toMatchObject({
      refused: [{ rule: 'known' }],
    });
    const judged = gapFinding({ ...gap, cited: places, criterion: 'survey/units' }, mineGround(list, settings), {
      read: new Set(),
      asked: 1,
    });
    if (!('finding' in judged)) throw new Error(judged.reason);
    expect(judged.finding.sightings).toHaveLength(4);
    expect(judged.finding.gap).toMatchObject({ criterion: 'survey/units', unmet: 6, met: 6, did: 6, to: 'metres' });
    for (const [criterion, argument, rule] of [
      ['survey/other', '/unit', 'criterion'],
      ['survey/units', '/ridge', 'deed'],
    ] as const)
      expect(read([{ ...gap, cited: places, criterion, argument }], list)).toMatchObject({
        ranked: [],
        refused: [{ rule }],
      });
  });
});
