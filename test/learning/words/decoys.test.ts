// Decoys: one in ten, the same for the same seed, and never a finding with its own evidence.
import { expect, it } from 'vitest';
import { decoysFor } from '../../../src/learning/words/decoys.ts';
import { makeCard, SHA } from '../make-card.ts';

const cards = Array.from({ length: 12 }, (_, n) =>
  makeCard({
    tool: `tool_${n}`,
    fingerprint: `f${n}`,
    examples: [{ session: `s${n}`, event: 'evt_1', sha256: SHA, quote: `passage ${n}` }],
  }),
);

it('is one for each ten begun, with the passages of another tool', () => {
  const decoys = decoysFor(cards, cards, 'd1');
  expect(decoys).toHaveLength(2);
  for (const { fingerprint, tool, claim, examples } of decoys) {
    const real = cards.find((card) => card.fingerprint === fingerprint);
    expect([tool, claim]).toEqual([real?.tool, real?.claim]);
    expect(examples).not.toEqual(real?.examples);
    expect(cards.map((card) => card.examples)).toContainEqual(examples);
  }
  expect(decoysFor(cards, cards, 'd1')).toEqual(decoys);
  expect(decoysFor(cards.slice(0, 3), cards, 'd1')).toHaveLength(1);
});

it('is none where there is nothing to shuffle with, and takes no passage from outside', () => {
  const [card] = cards;
  if (card === undefined) throw new Error('no card');
  expect(decoysFor([card], [card], 'd1')).toEqual([]);
  const outside = cards.slice(1).map((other) => ({ ...other, trust: 'outside_tool' as const }));
  expect(decoysFor([card], [card, ...outside], 'd1')).toEqual([]);
  expect(decoysFor([], cards, 'd1')).toEqual([]);
});
