// What may not enter a playbook, and the rule that says so; decides from the card alone and changes nothing.
import { count } from '../base/text.ts';
import type { Card } from '../domain/card.ts';
import { denyRules, normalised } from './deny-rules.ts';

/** Why a card is barred. `anecdote`: too little evidence, and nothing worse. */
export interface Barred {
  rule: string;
  /** For the report; names the rule, and never repeats the words that it is about. */
  reason: string;
}

const OUTSIDE_SESSIONS = 3;
const OUTSIDE_DAYS = 2;
const MAX_WORDS = 20_000;

/** The rule that keeps a card out, or undefined. Hostile words go before too little evidence, so that they are shown as what they are. */
export function gate(card: Card): Barred | undefined {
  for (const { where, text } of wordsOf(card)) {
    const folded = normalised(text);
    const rule = denyRules.find((r) => r.applies(text, folded));
    if (rule)
      return { rule: rule.name, reason: `rule “${rule.name}”: words from a transcript ${rule.says} (in ${where})` };
  }
  if (card.grade === 'D') return { rule: 'anecdote', reason: card.reason ?? 'an anecdote: too few sessions or tasks' };
  const { sessions, days } = card.counts;
  if (card.trust === 'outside_tool' && (sessions < OUTSIDE_SESSIONS || days < OUTSIDE_DAYS)) {
    const seen = `seen in ${count(sessions, 'session')} on ${count(days, 'dated day')}`;
    const needed = `${OUTSIDE_SESSIONS} sessions on ${OUTSIDE_DAYS} days are needed`;
    return { rule: 'outside', reason: `rule “outside”: its words come from outside, ${seen}; ${needed}` };
  }
  return undefined;
}

// Everything in a card that a transcript supplied, with the place it would take.
function wordsOf(card: Card): { where: string; text: string }[] {
  const { change, predicate } = card;
  const all: [string, string | undefined][] = [
    ['the tool’s name', card.tool],
    ['the error text', card.template],
    ['the claim', card.claim],
    ['an argument’s name', change?.argument],
    ['an argument before', change?.from],
    ['an argument after', change?.to],
    ['the tool that came first', change?.first?.tool],
    ['the condition', predicate && JSON.stringify(predicate)],
    ['the criterion', card.effect?.criterion],
    ...card.examples.map((span): [string, string] => ['a quote', span.quote]),
    ...card.counter_examples.map((span): [string, string] => ['a counter-example', span.quote]),
  ];
  return all.flatMap(([where, text]) => (text === undefined ? [] : [{ where, text: text.slice(0, MAX_WORDS) }]));
}
