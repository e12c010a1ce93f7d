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

describe('an error that heals by waiting, and one that nothing got past', () => {
  const BASE = { changed: 0, repaired: 8, failed: 9 };

  it('advises to wait, with what came of it and how long it took', () => {
    const waited = { sessions: 9, worked: 8, steps: 3, seconds: 40 };
    const { title, rule } = wordCard(makeCard({ change: { ...BASE, waited } }), 60);
    expect(title).toBe('When it fails with “the crate is too heavy”, wait and make the same call again');
    expect(rule).toBe(
      'Seen in 8 sessions over 4 tasks. The very same call worked later in 8 of the 9 sessions that made it again. In half of them at most 3 other calls and 40 seconds lay between.',
    );
  });

  it('advises to call again where nothing lay between, and says that straight away it never worked', () => {
    const at = (steps: number, repeated?: { sessions: number; worked: number }) =>
      wordCard(
        makeCard({ change: { ...BASE, waited: { sessions: 9, worked: 8, steps }, ...(repeated && { repeated }) } }),
        60,
      );
    expect(at(0).title).toContain(', make the same call again');
    expect(at(2, { sessions: 4, worked: 0 }).rule).toContain(
      'Repeating the same call never worked (tried in 4 sessions).',
    );
  });

  it('advises not to go on trying, with the cost', () => {
    const change = { changed: 0, repaired: 0, failed: 8, dead_end: { sessions: 6, calls: 31 } };
    const { title, rule } = wordCard(makeCard({ change }), 60);
    expect(title).toBe('When it fails with “the crate is too heavy”, do not go on trying');
    expect(rule).toBe(
      'Seen in 8 sessions over 4 tasks. In none of 8 sessions did a later call of the tool get past it. 6 sessions went on trying; it cost 31 calls in all.',
    );
    const paid = { ...change, repaired: 1, dead_end: { ...change.dead_end, tokens: 52_000, usd: 0.4 } };
    expect(wordCard(makeCard({ change: paid }), 60).rule).toContain(
      'In 1 of 8 sessions did a later call of the tool get past it. 6 sessions went on trying; it cost 31 calls (52,000 tokens, $0.40) in all.',
    );
  });
});

describe('gaps and workflows', () => {
  const gap = { criterion: 'landing/report', told: 9, unmet: 6, met: 5 };
  const titleOf = (parts: Parameters<typeof makeCard>[0]) =>
    wordCard(makeCard({ template: undefined, claim: 'Seen in 5 sessions, to `4711` in most.', ...parts }), 60).title;

  it('name the criterion and what came before it was met, and no value or count', () => {
    expect(titleOf({ kind: 'gap', tool: 'weigh', gap })).toBe('To meet `landing/report`, call `weigh`');
    expect(titleOf({ kind: 'gap', tool: 'write', gap: { ...gap, argument: '/a/units', to: '4711' } })).toBe(
      'To meet `landing/report`, change `a.units` of `write`',
    );
    expect(titleOf({ kind: 'gap', tool: undefined, gap })).toBe('`landing/report` is often missed at first');
  });

  it('name what people had to ask for', () => {
    const { criterion: _, ...asked } = gap;
    expect(titleOf({ kind: 'gap', tool: 'stamp', gap: asked })).toBe('People had to ask: call `stamp`');
  });

  it('name the steps in their order', () => {
    const taken = { sessions: 9, passed: 8 };
    const workflow = { steps: ['map', 'sift', 'log'], links: [], taken, others: taken };
    expect(titleOf({ kind: 'workflow', tool: undefined, workflow })).toBe(
      'Steps that went with passing: `map`, `sift`, `log`',
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
