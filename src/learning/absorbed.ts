// Findings whose entries were merged into another's: their evidence goes with it from dream to dream; pure, merges nothing itself.
import { byCodeUnit } from '../base/collections.ts';
import { type Absorbed, type Card, leastTrust, type Span } from '../domain/card.ts';

/** `card` with the evidence of others beside its own: their passages, their names and numbers, the least trust of all. */
export function absorbing(card: Card, others: readonly Card[]): Card {
  const all = [...(card.absorbs ?? []), ...others.flatMap((other) => [bare(other), ...(other.absorbs ?? [])])];
  const byFingerprint = new Map(all.map((one) => [one.fingerprint, one]));
  byFingerprint.delete(card.fingerprint);
  const absorbs = [...byFingerprint.values()].sort((a, b) => byCodeUnit(a.fingerprint, b.fingerprint));
  if (absorbs.length === 0) return card;
  return { ...card, absorbs, trust: leastTrust([card.trust, ...absorbs.map((one) => one.trust)]) };
}

/** Every card of a dream with what its entry absorbed in earlier dreams, as the dream that merged them saw it. */
export function withAbsorbed(cards: readonly Card[], recorded: ReadonlyMap<string, Card>): Card[] {
  return cards.map((card) => absorbing(card, recorded.get(card.fingerprint)?.absorbs ?? []));
}

/** A card and what it absorbed, its own first. */
export function wholeOf(card: Card): (Card | Absorbed)[] {
  return [card, ...(card.absorbs ?? [])];
}

/** All passages, each once: those of the card before those of what it absorbed. */
export function spansOf(card: Card): { examples: Span[]; counter_examples: Span[] } {
  const whole = wholeOf(card);
  return {
    examples: once(whole.flatMap((one) => one.examples)),
    counter_examples: once(whole.flatMap((one) => one.counter_examples)),
  };
}

// What belonged to the entry that is gone (its words, its retirement) does not go with the evidence.
function bare({ words: _words, retired: _retired, absorbs: _absorbs, ...rest }: Card): Absorbed {
  return rest;
}

function once(spans: readonly Span[]): Span[] {
  return [...new Map(spans.map((span) => [`${span.session}\n${span.event}\n${span.quote}`, span])).values()];
}
