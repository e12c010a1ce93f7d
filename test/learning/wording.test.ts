// Tests of the words that each kind of card becomes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardKinds } from '../../src/domain/card.ts';
import { wordCard } from '../../src/learning/wording.ts';
import { makeCard, seen } from './make-card.ts';

const change = { argument: '/items', changed: 6, repaired: 7, failed: 8 };

describe('an error that was got past', () => {
  it('by changing an argument names the argument, and counts sessions', () => {
    const { title, rule, subject } = wordCard(makeCard(), 60);
    expect(title).toBe('When it fails with “the crate is too heavy”, change `items`');
    expect(rule).toBe(
      'Seen in 8 sessions over 4 tasks. In 6 of 8 the next successful call of the tool changed `items`.',
    );
    expect(subject).toBe('pack_crate, “the crate is too heavy”');
  });

  it('by another call first names that tool', () => {
    const { title, rule } = wordCard(
      makeCard({ change: { changed: 0, repaired: 7, failed: 8, first: { tool: 'weigh', sessions: 6 } } }),
      60,
    );
    expect(title).toBe('When it fails with “the crate is too heavy”, call `weigh` first');
    expect(rule).toContain('In 6 of 8 `weigh` had run between the error and the call that worked.');
  });

  it('never says so when nothing got past it', () => {
    const { title, rule } = wordCard(makeCard({ change: { changed: 0, repaired: 0, failed: 8 } }), 60);
    expect(title).toBe('When it fails with “the crate is too heavy”, no later call got past it');
    expect(rule).toContain('In none of 8 sessions did a later call of the tool get past it.');
  });

  it('in many ways names none', () => {
    const { title, rule } = wordCard(makeCard({ change: { changed: 0, repaired: 5, failed: 8 } }), 60);
    expect(title).toBe('When it fails with “the crate is too heavy”, later calls got past it');
    expect(rule).toContain('In 5 of 8 a later call worked, with no change common to most.');
  });

  it('says what repeating did, and shows short values unless an outsider supplied them', () => {
    const card = makeCard({ change: { ...change, from: '31', to: '20', repeated: { sessions: 3, worked: 0 } } });
    expect(wordCard(card, 60).rule).toContain(
      'Repeating the same call never worked (tried in 3 sessions). For example from `31` to `20`.',
    );
    expect(wordCard({ ...card, trust: 'outside_tool' }, 60).rule).not.toContain('For example');
    expect(wordCard(makeCard({ change: { ...change, repeated: { sessions: 3, worked: 1 } } }), 60).rule).toContain(
      'worked in 1 of 3 sessions',
    );
  });
});

describe('other kinds', () => {
  it('a blind retry', () => {
    const { title, rule } = wordCard(
      makeCard({
        kind: 'blind_retry',
        claim:
          'Repeating the same call of pack_crate after “Error: the crate is too heavy, weight is <num>” worked in 0 of 8 sessions.',
      }),
      60,
    );
    expect(title).toBe('Do not repeat the same call after “the crate is too heavy”');
    expect(rule).toContain('worked in 0 of 8 sessions.');
    expect(rule).toContain('weight is …');
  });

  it('a preference shows the words that were said, as a quote', () => {
    const card = makeCard({
      kind: 'preference',
      tool: undefined,
      template: undefined,
      trust: 'person',
      claim: 'People corrected the agent in 3 sessions, last with the words “use two spaces”.',
    });
    expect(wordCard(card, 60).title).toBe('People asked: “use two spaces”');
    expect(wordCard(card, 60).rule).toBe(
      'People corrected the agent in 3 sessions, last with the words “use two spaces”. Seen in 8 sessions over 4 tasks.',
    );
  });

  it('an argument rule states effect and standing', () => {
    const effect = {
      criterion: 'soft landing',
      or: 3.25,
      rd: 0.18,
      ci: [1.5, 7] as [number, number],
      p: 0.01,
      route: 'exact' as const,
      confirmed: false,
    };
    const { rule } = wordCard(
      makeCard({
        kind: 'argument_rule',
        template: undefined,
        claim: 'With `/load` at most 20, more runs passed.',
        effect,
      }),
      60,
    );
    expect(rule).toContain('With `/load` at most 20');
    expect(rule).toContain('18 points (odds ratio 3.3, 95 % interval 1.5 to 7.0)');
    expect(rule).toContain('Not yet confirmed');
  });

  it.each(cardKinds)('a title of %s stays the same when only counts change', (kind) => {
    const at = (n: number) =>
      wordCard(makeCard({ kind, claim: `It was made three times in ${n} sessions.`, counts: seen(n) }), 60).title;
    expect(at(12)).toBe(at(8));
    expect(at(12).length).toBeGreaterThan(10);
  });
});

describe('every card', () => {
  it('keeps to the cap on words and to one line, whatever it holds', () => {
    const words = fc
      .array(fc.oneof(fc.string(), fc.constantFrom('`', '``', '\n', '<num>', '## x', '“', '”')), { maxLength: 40 })
      .map((p) => p.join(' '));
    fc.assert(
      fc.property(
        fc.constantFrom(...cardKinds),
        words,
        words,
        words,
        fc.integer({ min: 10, max: 60 }),
        (kind, claim, tool, template, cap) => {
          const card = makeCard({
            kind,
            claim,
            tool,
            template,
            ...(kind === 'error_fix' && { change: { ...change, first: { tool, sessions: 7 }, from: claim, to: tool } }),
          });
          const { title, rule, body } = wordCard(card, cap);
          expect(rule.split(/\s+/).length).toBeLessThanOrEqual(cap);
          expect(body.split(/\s+/).length).toBeLessThanOrEqual(cap);
          expect(`${title}${rule}${body}`).not.toMatch(/[\n\r]/);
          expect(title.length).toBeLessThan(400);
        },
      ),
      { numRuns: 300 },
    );
  });
});
