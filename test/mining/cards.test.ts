// Cards: what is counted, which examples are shown, and when a finding is more than an anecdote.
import { describe, expect, it } from 'vitest';
import { cardSchema, fingerprintOf } from '../../src/domain/card.ts';
import { type CardContext, cardOf, inRankOrder } from '../../src/mining/cards.ts';
import type { Finding } from '../../src/mining/detectors/detector.ts';
import { quoteError } from '../../src/mining/quotes.ts';
import { type Told, tell } from './tell.ts';

const context: CardContext = {
  sessions: 10,
  taskOf: (session) => session.replace(/\d+$/, ''),
  min_sessions: 3,
  min_tasks: 2,
  newest: '2026-03-05T00:00:00.000Z',
};
const finding = (told: Omit<Told, 'steps'>[], more: Partial<Finding> = {}): Finding => ({
  kind: 'error_fix',
  tool: 'fly',
  template: { key: 'k1', tool: 'fly', text: 'no fuel' },
  claim: `fly failed in ${told.length} sessions.`,
  normalised: 'change /fuel',
  against: [],
  words: 'tool',
  ...more,
  sightings: told.map((t) => {
    const session = tell({ ...t, steps: [{ call: 'fly', error: 'no fuel' }] });
    const [action] = session.actions;
    if (action === undefined) throw new Error('the session has one action');
    return {
      session,
      action,
      quote: quoteError(action),
      events: 2,
      wasted: 3,
      ...(action.at !== undefined && { at: action.at }),
    };
  }),
});

it('counts sessions, tasks, people, days in UTC and events', () => {
  const { card } = cardOf(
    finding([
      { id: 'a1', day: '2026-03-01', by: 'p' },
      { id: 'a2', day: '2026-03-01', by: 'q' },
      { id: 'b1', day: '2026-03-04', by: 'p' },
      { id: 'c1' },
    ]),
    context,
  );
  expect(card.counts).toEqual({ sessions: 4, tasks: 3, people: 2, days: 2, events: 8 });
  expect(card.last_seen).toBe('2026-03-04');
  expect(cardSchema.parse(card)).toEqual(card);
});

it('is named by kind, tool, template and what is claimed, never by counts', () => {
  const few = cardOf(finding([{ id: 'a1' }]), context).card;
  const many = cardOf(finding([{ id: 'a1' }, { id: 'b1' }, { id: 'c1' }]), context).card;
  expect(few.fingerprint).toBe(fingerprintOf('error_fix', 'fly', 'k1', 'change /fuel'));
  expect([many.fingerprint, many.id]).toEqual([few.fingerprint, `card_${few.fingerprint.slice(0, 8)}`]);
  expect(cardOf(finding([{ id: 'a1' }], { normalised: 'first refuel' }), context).card.fingerprint).not.toBe(
    few.fingerprint,
  );
});

describe('the grade', () => {
  it('is C from three sessions over two tasks, else D with the reason', () => {
    expect(cardOf(finding([{ id: 'a1' }, { id: 'a2' }, { id: 'b1' }]), context).card).toMatchObject({ grade: 'C' });
    expect(cardOf(finding([{ id: 'a1' }, { id: 'a2' }, { id: 'a3' }]), context).card).toMatchObject({
      grade: 'D',
      reason: 'an anecdote: 1 of the 2 tasks that are needed',
    });
    expect(cardOf(finding([{ id: 'a1' }, { id: 'b1' }]), context).card.grade).toBe('D');
  });

  it('is D where the detector doubts its finding, and a note alone changes nothing', () => {
    const told = [{ id: 'a1' }, { id: 'b1' }, { id: 'c1' }];
    expect(cardOf(finding(told, { doubt: 'it passed by itself' }), context).card).toMatchObject({
      grade: 'D',
      reason: 'it passed by itself',
    });
    expect(cardOf(finding(told, { note: 'one said the opposite' }), context).card).toMatchObject({
      grade: 'C',
      reason: 'one said the opposite',
    });
  });

  it('follows the settings', () => {
    const told = [{ id: 'a1' }, { id: 'b1' }, { id: 'c1' }];
    expect(cardOf(finding(told), { ...context, min_sessions: 4 }).card.grade).toBe('D');
  });
});

it('shows three examples, of different tasks first, and two counter-examples', () => {
  const told = ['a1', 'a2', 'a3', 'b1', 'c1', 'd1'].map((id) => ({ id }));
  const base = finding(told);
  const against = base.sightings.map(({ session, quote }) => ({ session, quote }));
  const { card } = cardOf({ ...base, against }, context);
  expect(card.examples.map((s) => s.session)).toEqual(['a1', 'b1', 'c1']);
  expect(card.counter_examples.map((s) => s.session)).toEqual(['a1', 'b1']);
  expect(card.examples[0]).toMatchObject({
    event: 'evt_a1-2',
    quote: 'no fuel',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

it('is the same whatever order the sightings come in', () => {
  const told = ['a1', 'a2', 'b1', 'c1'].map((id) => ({ id, day: '2026-03-01' }));
  expect(JSON.stringify(cardOf(finding([...told].reverse()), context))).toBe(
    JSON.stringify(cardOf(finding(told), context)),
  );
});

it('keeps a claim on one line, short and free of terminal escapes', () => {
  const { claim } = cardOf(finding([{ id: 'a1' }], { claim: `x\n\u001b[31my ${'z'.repeat(5000)}` }), context).card;
  expect(claim).toMatch(/^x y z+…$/);
  expect(claim.length).toBeLessThanOrEqual(700);
});

it('come by rank, equal ranks by fingerprint', () => {
  const card = (fingerprint: string) => ({ ...cardOf(finding([{ id: 'a1' }]), context).card, fingerprint });
  const ranked = [
    { card: card('b'), rank: 1 },
    { card: card('a'), rank: 1 },
    { card: card('c'), rank: 2 },
  ];
  expect(inRankOrder(ranked).map((c) => c.fingerprint)).toEqual(['c', 'a', 'b']);
});

it('counts days in UTC, whatever the times look like, and none where a time is none', () => {
  const times = [
    '2026-03-01T23:59:59.9Z',
    '2026-03-01T00:00:00Z',
    '2026-03-31T10:00:00.000Z',
    '2026-04-01T01:00:00+02:00',
  ];
  const wrong = ['2026-02-30', '2026-13-01T00:00:00Z', '2026-03-09T24:10:00Z', 'yesterday'];
  const days = (at: string[]) => {
    const base = finding(at.map((_, i) => ({ id: `t${i}` })));
    const sightings = base.sightings.map((sighting, i) => ({ ...sighting, at: at[i] ?? '' }));
    return cardOf({ ...base, sightings }, context).card.recent;
  };
  expect(days(times)).toEqual(['2026-03-31', '2026-03-31', '2026-03-01', '2026-03-01']);
  const readable = wrong.map((at) => new Date(at)).filter((date) => Number.isFinite(date.getTime()));
  const expected = readable.map((date) => date.toISOString().slice(0, 10)).sort();
  expect(days(wrong) ?? []).toEqual(expected.reverse());
  expect(readable.length).toBeLessThan(wrong.length);
});
