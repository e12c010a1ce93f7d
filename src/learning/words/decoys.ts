// Decoys: findings with the evidence of others, handed in with the real ones to see who is fooled; never proposed, never recorded.
import type { Card } from '../../domain/card.ts';
import { seeded, shuffle, uniformInt } from '../../statistics/random.ts';

/** Above this share of accepted decoys no word of this dream's model is believed. */
export const MOST_FOOLED = 0.1;
const SHARE = 0.1;

/**
 * One decoy for each ten cards begun: what was counted for one card, with the passages of another tool's or kind's. The same seed
 * gives the same decoys. Fewer, or none, where nothing differs enough.
 */
export function decoysFor(cards: readonly Card[], all: readonly Card[], seed: string): Card[] {
  const random = seeded(`decoys ${seed}`);
  const order = cards.map((_, at) => at);
  shuffle(order, random);
  const decoys: Card[] = [];
  for (const at of order) {
    if (decoys.length >= Math.ceil(cards.length * SHARE)) break;
    const card = cards[at];
    if (card === undefined) continue;
    const strangers = all.filter((other) => isStranger(card, other));
    const stranger = strangers[strangers.length === 0 ? 0 : uniformInt(random, strangers.length)];
    if (stranger === undefined) continue;
    const { examples, counter_examples } = stranger;
    decoys.push({ ...card, examples, counter_examples });
  }
  return decoys;
}

function isStranger(card: Card, other: Card): boolean {
  if (other.examples.length === 0 || other.trust === 'outside_tool') return false;
  const mine = new Set(card.examples.map((span) => span.quote));
  const differs = other.tool !== card.tool || (other.kind !== card.kind && other.template !== card.template);
  return differs && !other.examples.some((span) => mine.has(span.quote));
}
