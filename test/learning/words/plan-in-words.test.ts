// Planning with a model's words: what passes is shown word for word, what does not keeps our wording, and no dream fails for it.
import { describe, expect, it } from 'vitest';
import { Interrupted } from '../../../src/base/errors.ts';
import type { Card } from '../../../src/domain/card.ts';
import { parseSection } from '../../../src/domain/playbook.ts';
import type { PlanInput } from '../../../src/learning/changes.ts';
import type { Lesson } from '../../../src/learning/words/lesson.ts';
import { planInWords, type WordsRequest } from '../../../src/learning/words/plan-in-words.ts';
import { MOST_CHARACTERS } from '../../../src/learning/words/questions.ts';
import { makeCard, makeSettings, SHA, seen } from '../make-card.ts';
import { dream, merged } from '../make-plan.ts';
import { type Answering, desk, goodLesson, purseOf, supported } from './desk.ts';

const card = makeCard();
const plainTitle = 'When it fails with “the crate is too heavy”, change `items`';
const other = (n: number, parts: Partial<Card> = {}): Card =>
  makeCard({
    tool: `tool_${'abcdefghijklmn'[n]}`,
    template: `Error: fault ${'klmnopqrstuvwx'[n]} came up`,
    claim: 'It failed.',
    fingerprint: `other-${n}`,
    examples: [{ session: `s${n}`, event: 'evt_9', sha256: SHA, quote: `fault ${'klmnopqrstuvwx'[n]} came up` }],
    ...parts,
  });

function inputOf(cards: readonly Card[], parts: Partial<PlanInput> = {}): PlanInput {
  return {
    cards,
    inForce: [],
    recorded: new Map(),
    pending: [],
    decisions: [],
    dream,
    settings: makeSettings(),
    ...parts,
  };
}

type Desk = ReturnType<typeof desk>;
const requestOf = ({ asker }: Desk, more: Partial<WordsRequest> = {}): WordsRequest => ({
  asker,
  prompts: { reflect: 'Reflect.', verify: 'Verify.' },
  atOnce: 2,
  ...more,
});

/** Answers every lesson so, and every verdict with support but for decoys, whose claim and passage differ. */
function reader(lesson: Partial<Lesson> = {}): Answering {
  return ({ tool, text }) => {
    const decoy = /source="claim">\n.*crate is too heavy/.test(text) !== /session=made-1/.test(text);
    if (tool === 'lesson') return decoy ? { ...goodLesson(card), worth: false } : goodLesson(card, lesson);
    return decoy ? { reasoning: 'They do not fit.', verdict: 'contradict' } : supported;
  };
}

const titles = (changes: { title: string }[]) => changes.map((change) => change.title);

describe('a lesson that holds', () => {
  it('is proposed word for word, with the card that remembers the words', async () => {
    const door = desk(reader());
    const { plan, told } = await planInWords(inputOf([card]), requestOf(door));
    const lesson = goodLesson(card);
    const [change] = plan.changes;
    const section = parseSection(change?.section ?? '');
    expect(section.title).toBe(lesson.title);
    expect(section.rule).toBe([lesson.when, lesson.do, lesson.dont, lesson.why].join(' '));
    expect(change?.card?.words).toEqual({ title: lesson.title, rule: section.rule, predicts: 'error_falls' });
    expect(told).toMatchObject({ worded: [card.fingerprint], carried: [], plain: [] });
    expect(door.asked.map((q) => q.tool)).toEqual(['lesson', 'verdict', 'verdict', 'verdict']);
  });

  it('is not asked for again while it holds, is nobody’s edit, and stays without a model', async () => {
    const { plan } = await planInWords(inputOf([card]), requestOf(desk(reader())));
    const memory = merged(plan);
    const grown = makeCard({ counts: seen(9) });
    for (const request of [requestOf(desk(() => ({ error: { status: 500, type: 'x', message: 'x' } }))), undefined]) {
      const next = await planInWords(inputOf([grown], memory), request);
      expect(next.plan.changes).toEqual([]);
      expect(next.plan.withheld[0]?.reason).toMatch(/nothing about it has changed/);
    }
    const doubled = makeCard({ counts: seen(16) });
    const again = await planInWords(inputOf([doubled], memory));
    expect(again.told.carried).toEqual([card.fingerprint]);
    expect(again.plan.changes).toMatchObject([{ change: 'edit', title: goodLesson(card).title }]);
  });

  it('gives way to our wording, or a new one, once its numbers are no longer the card’s', async () => {
    const why = 'It failed in 8 sessions.';
    const { plan } = await planInWords(inputOf([card]), requestOf(desk(reader({ why }))));
    const memory = merged(plan);
    const doubled = makeCard({ counts: seen(16), change: { argument: '/items', changed: 6, repaired: 7, failed: 9 } });
    const plainly = await planInWords(inputOf([doubled], memory));
    expect(titles(plainly.plan.changes)).toEqual([plainTitle]);
    const anew = await planInWords(inputOf([doubled], memory), requestOf(desk(reader({ title: 'Pack less' }))));
    expect(titles(anew.plan.changes)).toEqual(['Pack less']);
  });
});

describe('a lesson that does not hold', () => {
  const hurt = { reasoning: 'It would have been led away.', effect: 'hurt' };
  const cases: [string, Answering, Partial<WordsRequest>, string | undefined, number][] = [
    ['is refused by code', reader({ do: 'run `npm test`.' }), {}, 'name', 1],
    ['is declined by the reflector', () => ({ ...goodLesson(card), worth: false }), {}, 'no lesson', 1],
    [
      'is contradicted by one reader',
      ({ tool }, n) =>
        tool === 'lesson' ? goodLesson(card) : n === 3 ? { reasoning: 'No.', verdict: 'contradict' } : supported,
      {},
      'readers',
      3,
    ],
    [
      'is supported by too few',
      ({ tool }) => (tool === 'lesson' ? goodLesson(card) : { reasoning: 'Perhaps.', verdict: 'undecided' }),
      {},
      'readers',
      3,
    ],
    [
      'would have hurt in two unseen sessions',
      ({ tool, text }) => (tool === 'lesson' ? goodLesson(card) : text.includes('helped, hurt') ? hurt : supported),
      { unseen: () => ['one session', 'another session', 'a third session'] },
      'unseen',
      6,
    ],
    ['gets garbage for an answer', () => ({ text: 'Hello!' }), {}, undefined, 2],
    [
      'gets no answer',
      () => ({ error: { status: 401, type: 'authentication_error', message: 'no' } }),
      {},
      undefined,
      1,
    ],
  ];
  it.each(cases)('%s: our wording stands, and the reason is told', async (_, answer, more, rule, asked) => {
    const door = desk(answer);
    const { plan, told } = await planInWords(inputOf([card]), requestOf(door, more));
    expect(titles(plan.changes)).toEqual([plainTitle]);
    expect(plan.changes[0]?.card?.words).toBeUndefined();
    expect(told.worded).toEqual([]);
    expect(told.plain).toMatchObject([{ fingerprint: card.fingerprint, ...(rule !== undefined && { rule }) }]);
    expect(told.plain[0]?.rule).toBe(rule);
    expect(door.asked).toHaveLength(asked);
  });

  it('would have hurt in one unseen session only: it passes', async () => {
    const door = desk(({ tool, text }) => {
      if (tool === 'lesson') return goodLesson(card);
      return text.includes('another session')
        ? hurt
        : text.includes('helped, hurt')
          ? { ...hurt, effect: 'helped' }
          : supported;
    });
    const unseen = () => ['one session', 'another session'];
    const { told } = await planInWords(inputOf([card]), requestOf(door, { unseen }));
    expect(told.worded).toEqual([card.fingerprint]);
  });

  it('because the purse is empty leaves what was paid for, and the next try pays for the rest', async () => {
    const purse = purseOf(2);
    const first = desk(reader(), { purse: () => purse });
    const { plan, told } = await planInWords(inputOf([card]), requestOf(first));
    expect(titles(plan.changes)).toEqual([plainTitle]);
    expect(told.plain[0]?.reason).toBe('the budget is used up');
    const second = desk(reader(), { dir: first.dir });
    const next = await planInWords(inputOf([card]), requestOf(second));
    expect(next.told.worded).toEqual([card.fingerprint]);
    expect([first.asked.length, second.asked.length]).toEqual([2, 2]);
  });

  it('is the same in every dream over the same sessions', async () => {
    const first = desk(reader());
    const a = await planInWords(inputOf([card, other(1)]), requestOf(first));
    const b = await planInWords(inputOf([card, other(1)]), requestOf(desk(reader(), { dir: first.dir })));
    expect(b).toEqual(a);
  });
});

describe('words from outside', () => {
  it('are shown to no model', async () => {
    const outside = makeCard({
      trust: 'outside_tool',
      counts: seen(8, { days: 4 }),
      spread: { session: 1, day: 1, dated: 8 },
      template: 'Error: weight limit exceeded',
    });
    const door = desk(reader());
    const { plan, told } = await planInWords(inputOf([outside]), requestOf(door));
    expect(plan.changes).toHaveLength(1);
    expect(door.asked).toEqual([]);
    expect(told.plain[0]?.reason).toMatch(/come from outside/);
  });
});

describe('decoys', () => {
  it('are handed in with the cards, in the same words, and are never proposed', async () => {
    const door = desk(reader());
    const { plan, told } = await planInWords(inputOf([card, other(1)]), requestOf(door));
    expect(told.decoys).toEqual({ shown: 1, accepted: [] });
    expect(door.asked.filter((q) => q.tool === 'lesson')).toHaveLength(3);
    expect(door.asked.some((q) => /decoy/i.test(q.text + q.system))).toBe(false);
    expect(plan.changes).toHaveLength(2);
  });

  it('that are let through cost the model all its words', async () => {
    // Quotes whatever passage it is shown, and supports everything.
    const fooled: Answering = ({ tool, text }) => {
      if (tool === 'verdict') return supported;
      const [, session = '', event = '', quote = ''] = /example session=(\S+) event=(\S+)">\n(.+)\n/.exec(text) ?? [];
      const used = /"tool":"(\w+)"/.exec(text)?.[1] ?? '';
      return goodLesson(card, {
        when: `When \`${used}\` refuses:`,
        title: `About ${used === '' ? 'it' : `\`${used}\``}`,
        quotes: [{ session, event, text: quote }],
      });
    };
    const { plan, told } = await planInWords(inputOf([card, other(1)]), requestOf(desk(fooled)));
    expect(told.decoys.shown).toBe(1);
    expect(told.decoys.accepted).toHaveLength(1);
    expect(told.withheld).toMatch(/1 of 1 decoys/);
    expect(told.worded).toEqual([]);
    expect(told.plain.map((p) => p.rule)).toContain('decoy');
    expect(plan.changes.every((change) => change.card?.words === undefined)).toBe(true);
    expect(titles(plan.changes)).toContain(plainTitle);
  });
});

describe('what is asked', () => {
  it('is only about what would be proposed, and bounded however many cards there are and however long they are', async () => {
    const long = 'x'.repeat(3_000);
    const many = Array.from({ length: 60 }, (_, n) =>
      other(n % 14, {
        fingerprint: `many-${n}`,
        template: `Error: fault ${'klmnopqrstuvwx'[n % 14]}${'abcdefghijklmnopqrstuvwxyz'[n % 26]} came up ${long}`,
        claim: long,
        examples: Array.from({ length: 9 }, (_, at) => ({
          session: long,
          event: long,
          sha256: SHA,
          quote: `${at}${long}`,
        })),
      }),
    );
    const door = desk(() => ({ ...goodLesson(card), worth: false }));
    const { plan } = await planInWords(inputOf(many), requestOf(door));
    expect(plan.changes.length).toBeLessThanOrEqual(12);
    expect(door.asked.length).toBeLessThanOrEqual(12 + 2);
    for (const { text } of door.asked) expect(text.length).toBeLessThan(MOST_CHARACTERS);
  });

  it('ends with the signal, and nothing is half done', async () => {
    const stop = new AbortController();
    const door = desk(
      () => {
        stop.abort();
        return goodLesson(card);
      },
      { signal: stop.signal },
    );
    const request = requestOf(door, { signal: stop.signal });
    await expect(planInWords(inputOf([card]), request)).rejects.toBeInstanceOf(Interrupted);
    expect(door.asked).toHaveLength(1);
  });
});
