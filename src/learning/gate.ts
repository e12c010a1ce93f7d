// What may not enter a playbook, and the rule that says so; decides from the card and the policy alone and changes nothing.
import { count } from '../base/text.ts';
import type { Card } from '../domain/card.ts';
import { statementsIn } from '../domain/orders.ts';
import { spansOf } from './absorbed.ts';
import { denyRules, normalised } from './deny-rules.ts';
import { outsidePhrase } from './outside-words.ts';
import { contradictedBy, deniedBy, type Policy } from './policy.ts';
import { onlyOrders } from './shown-card.ts';
import { wordCard } from './wording.ts';

/** Why a card is barred. `anecdote`: too little evidence, and nothing worse. */
export interface Barred {
  rule: string;
  /** For the report; names the rule, and never repeats the words that it is about. */
  reason: string;
}

const OUTSIDE_SESSIONS = 3;
const OUTSIDE_DAYS = 2;
const OUTSIDE_SHARE = 0.3;
const MAX_WORDS = 20_000;
const MAX_RULE_WORDS = 200;

/** The rule that keeps a card out, or undefined. Hostile words go before too little evidence, so that they are shown as what they are. */
export function gate(card: Card, policy?: Policy): Barred | undefined {
  return (
    againstPolicy(card, policy) ??
    hostileWords(card) ??
    strangeName(card) ??
    (card.grade === 'D'
      ? { rule: 'anecdote', reason: card.reason ?? 'an anecdote: too few sessions or tasks' }
      : undefined) ??
    thinFromOutside(card) ??
    namelessOrder(card)
  );
}

function againstPolicy(card: Card, policy: Policy | undefined): Barred | undefined {
  if (policy === undefined) return undefined;
  const { title, rule } = wordCard(card, MAX_RULE_WORDS);
  const worded = [title, rule].map((markdown) => markdown.replace(/\\(?=[!-/:-@[-`{-~])|`/g, ''));
  const denied = deniedBy(policy, [...worded, ...wordsOf(card).map((w) => w.text)]);
  if (denied !== undefined) return { rule: 'policy', reason: `policy.md denies it: “${denied}”` };
  // What people asked for stands in quotation marks, and is the very thing that a policy may forbid.
  const asked = card.trust === 'person' ? (/“(.+)”/s.exec(card.claim)?.[1] ?? '') : '';
  const contradicted = contradictedBy(policy, [asked, ...worded.flatMap((text) => text.split(/(?<=[.!?])\s+/))]);
  if (contradicted === undefined) return undefined;
  return { rule: 'policy', reason: `it contradicts policy.md: “${contradicted}”` };
}

function hostileWords(card: Card): Barred | undefined {
  const fromTools = card.trust !== 'person' && card.trust !== 'policy';
  for (const { where, text, ours } of wordsOf(card)) {
    const folded = normalised(text);
    const rule = denyRules.find((r) => (r.tools !== true || (fromTools && !ours)) && r.applies(text, folded));
    if (rule)
      return { rule: rule.name, reason: `rule “${rule.name}”: words from a transcript ${rule.says} (in ${where})` };
  }
  return undefined;
}

// A name is code to a reader, so one that is a sentence would be an order in disguise; read as words it must pass the deny-list too.
function strangeName({ tool, change, predicate, gap, workflow, pattern }: Card): Barred | undefined {
  const names: [string, string | undefined][] = [
    ['the tool’s name', tool],
    ['the tool that came first', change?.first?.tool],
    ['an argument’s name', change?.argument],
    ['an argument’s name', gap?.argument],
    ['an argument’s name', gap?.criterion],
    ...(pattern?.steps ?? []).map((step): [string, string] => ['a step', step.tool]),
    ...(workflow?.steps ?? []).map((step): [string, string] => ['a step', step]),
    ...(workflow?.links ?? []).flatMap(({ input, result, to }): [string, string | undefined][] => [
      ['an argument’s name', input ?? result],
      ['an argument’s name', to],
    ]),
    ...(predicate === undefined ? [] : [...predicate.when, predicate.then]).flatMap(
      (term): [string, string | undefined][] => [
        ['a tool’s name in the condition', term.tool],
        ['an argument’s name', term.arg ?? term.result],
      ],
    ),
  ];
  for (const [where, name] of names) {
    if (name === undefined || name === '') continue;
    const spelled = name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_./:~-]+/g, ' ');
    const rule = denyRules.find((r) => r.name !== 'credential' && r.applies(name, normalised(spelled)));
    if (rule) return { rule: rule.name, reason: `rule “${rule.name}”: words in ${where} ${rule.says}` };
    const plain =
      where === 'an argument’s name' ? /^[\p{L}\p{N}_$@.:/~[\]* -]{1,120}$/u : /^(?!.*\.\.)\w[\w.:@/-]{0,127}$/;
    if (!plain.test(name) || name.split(' ').length > 4 || isSentence(name))
      return { rule: 'name', reason: `rule “name”: ${where} is none that a program would use` };
  }
  return undefined;
}

// Names of tools are orders by nature, and have no blanks.
function isSentence(name: string): boolean {
  return /\S@\S+\.\S/.test(name) || (/\s\S+\s/.test(name) && statementsIn(name) !== name);
}

function thinFromOutside(card: Card): Barred | undefined {
  if (card.trust !== 'outside_tool') return undefined;
  const { sessions, days, events } = card.counts;
  if (sessions < OUTSIDE_SESSIONS || days < OUTSIDE_DAYS) {
    const seen = `seen in ${count(sessions, 'session')} on ${count(days, 'dated day')}`;
    const needed = `${OUTSIDE_SESSIONS} sessions on ${OUTSIDE_DAYS} days are needed`;
    return { rule: 'outside', reason: `rule “outside”: its words come from outside, ${seen}; ${needed}` };
  }
  const { spread } = card;
  if (spread !== undefined) {
    const [share, source] =
      spread.session / events > OUTSIDE_SHARE
        ? [spread.session / events, 'session']
        : [spread.day / Math.max(1, spread.dated), 'day'];
    if (share > OUTSIDE_SHARE) {
      const reason = `rule “outside”: its words come from outside, and one ${source} gives ${Math.round(share * 100)} % of the support; at most ${OUTSIDE_SHARE * 100} % may come from one`;
      return { rule: 'outside', reason };
    }
  }
  if (card.kind !== 'error_fix' && card.kind !== 'blind_retry')
    return { rule: 'outside', reason: 'rule “outside”: it cannot be told without words that come from outside' };
  if (card.template !== undefined && outsidePhrase(card) === undefined)
    return {
      rule: 'outside',
      reason: 'rule “outside”: its error text comes from outside and names no failure that a lesson may repeat',
    };
  return undefined;
}

function namelessOrder(card: Card): Barred | undefined {
  if (!onlyOrders(card)) return undefined;
  const reason =
    'rule “order”: the error text tells its reader what to do, and states no failure by which it could be named';
  return { rule: 'order', reason };
}

// Everything in a card that a transcript supplied, with the place it would take. `ours`: our own sentence around such words.
function wordsOf(card: Card): { where: string; text: string; ours: boolean }[] {
  const { change, predicate, gap } = card;
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
    ['the criterion', gap?.criterion],
    ['an argument after', gap?.to],
    ...spansOf(card).examples.map((span): [string, string] => ['a quote', span.quote]),
    ...spansOf(card).counter_examples.map((span): [string, string] => ['a counter-example', span.quote]),
  ];
  return all.flatMap(([where, text]) =>
    text === undefined ? [] : [{ where, text: text.slice(0, MAX_WORDS), ours: where === 'the claim' }],
  );
}
