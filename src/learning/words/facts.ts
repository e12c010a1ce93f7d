// What of a card a lesson may repeat: its numbers, the names that its calls used, and apart from them the words that tools said; judges nothing.
import type { Absorbed, Card, CardKind, Prediction } from '../../domain/card.ts';
import { wholeOf } from '../absorbed.ts';
import { normalised } from '../deny-rules.ts';
import { argumentName } from '../rule-sentences.ts';

/** Every number that was counted, or that stands in a value of a call, as it would be written. */
export function numbersOf(card: Card): Set<string> {
  return new Set(wholeOf(card).flatMap((one) => [...ownNumbers(one)]));
}

function ownNumbers(card: Absorbed): Set<string> {
  const { counts, change, gap, workflow, pattern, predicate, effect } = card;
  const found = new Set<string>();
  collect({ counts, change, gap, workflow, pattern, predicate }, found);
  if (effect !== undefined) {
    const { rd, or, ci } = effect;
    for (const n of [
      Math.round(rd * 100),
      Math.abs(Math.round(rd * 100)),
      or.toFixed(1),
      ...ci.map((c) => c.toFixed(1)),
    ])
      found.add(plainNumber(String(n)));
  }
  return found;
}

/** A number without separators of thousands, a plus or zeros at its end: `1,204.50` is `1204.5`. */
export function plainNumber(text: string): string {
  const bare = text.replaceAll(',', '').replace(/^\+/, '');
  return bare.includes('.') ? bare.replace(/0+$/, '').replace(/\.$/, '') : bare;
}

/** Names out of the calls themselves: tools, arguments, criteria. No result of a tool supplied one. */
export function namesOf(card: Card): Set<string> {
  return new Set(wholeOf(card).flatMap((one) => [...ownNames(one)]));
}

function ownNames(card: Absorbed): Set<string> {
  const { tool, change, gap, workflow, pattern, predicate, effect } = card;
  const pointers = [
    change?.argument,
    gap?.argument,
    ...(predicate === undefined ? [] : [...predicate.when, predicate.then]).flatMap((t) => [t.arg, t.result]),
    ...(workflow?.links ?? []).flatMap(({ input, result, to }) => [input, result, to]),
  ];
  const tools = [
    tool,
    change?.first?.tool,
    ...(workflow?.steps ?? []),
    ...(pattern?.steps ?? []).map((step) => step.tool),
    ...(predicate === undefined ? [] : [...predicate.when, predicate.then]).map((t) => t.tool),
  ];
  const names = [
    ...tools,
    gap?.criterion,
    effect?.criterion,
    ...pointers,
    ...pointers.map((p) => p && argumentName(p)),
  ];
  return new Set(names.flatMap((name) => (name === undefined || name === '' ? [] : [name])));
}

/** Words as they are compared: folded, lower case, letters and digits with what joins them inside. */
export function plainWords(text: string): string[] {
  return (
    normalised(text)
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}]+(?:'[\p{L}]+)?/gu) ?? []
  );
}

/** The words of names: `bookFlight_v2` holds book, flight and v2. */
export function wordsInNames(names: ReadonlySet<string>): Set<string> {
  return new Set(
    [...names].flatMap((name) => plainWords(name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' '))),
  );
}

/** Words that a tool or an agent's argument brought; what a person said themselves is not among them. */
export function toolWords(card: Card): Set<string> {
  return new Set(wholeOf(card).flatMap((one) => [...ownToolWords(one)]));
}

function ownToolWords(card: Absorbed): Set<string> {
  const { trust, template, claim, change, gap, examples, counter_examples } = card;
  if (trust === 'person' || trust === 'policy') return new Set();
  // Our own sentence stands around what a claim quotes.
  const quoted = [...claim.matchAll(/[“`]([^”`]*)[”`]/g)].map((match) => match[1] ?? '');
  const quotes = [...examples, ...counter_examples].map((span) => span.quote);
  const all = [template, change?.from, change?.to, gap?.to, ...quoted, ...quotes];
  return new Set(all.flatMap((text) => (text === undefined ? [] : plainWords(text.replaceAll('_', ' ')))));
}

/** What may be predicted of a finding of each kind, and counted by the same detector later. */
export const predictionsFor: Record<CardKind, readonly Prediction[]> = {
  error_fix: ['error_falls', 'blind_retries_fall'],
  blind_retry: ['blind_retries_fall', 'error_falls'],
  loop: ['loops_fall'],
  thrash: ['put_backs_fall'],
  gap: ['criterion_rises', 'corrections_fall'],
  workflow: ['outcome_rises', 'criterion_rises'],
  preference: ['corrections_fall'],
  argument_rule: ['criterion_rises', 'outcome_rises'],
  association: ['outcome_rises', 'criterion_rises'],
};

function collect(value: unknown, into: Set<string>): void {
  if (typeof value === 'number') into.add(plainNumber(String(value)));
  else if (typeof value === 'string') for (const [n] of value.matchAll(/\d[\d,]*(?:\.\d+)?/g)) into.add(plainNumber(n));
  else if (value !== null && typeof value === 'object') for (const part of Object.values(value)) collect(part, into);
}
