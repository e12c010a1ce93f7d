// A card in plain words: title, rule and commit message body; one function per kind, and no word that was not counted.
import { clip } from '../base/text.ts';
import type { Card, CardKind } from '../domain/card.ts';
import { codeSpan, commitText, prose } from './escape.ts';
import { outsidePhrase } from './outside-words.ts';
import { phraseOf } from './phrase.ts';
import { argumentName, claimSentence, ruleSentences, sentence, wordsIn } from './rule-sentences.ts';
import type { Style } from './style.ts';
import { ruleTitle } from './wording/argument-rule.ts';
import { patternTitle } from './wording/association.ts';
import { gapTitle } from './wording/gap.ts';
import { waitingAdvice } from './wording/waiting.ts';
import { workflowTitle } from './wording/workflow.ts';

/** A card in words. `title` and `rule` are markdown, `subject` and `body` plain text for the commit. */
export interface Wording {
  title: string;
  rule: string;
  /** What the commit's first line says after the verb: the tool and what happened. */
  subject: string;
  body: string;
}

const MAX_TITLE = 80;
const MAX_NAME = 64;
const MARKDOWN: Style = { code: name, words: prose };
const COMMIT: Style = { code: (text) => commitText(clip(text, MAX_NAME)), words: commitText };

/** Words a card, in a model's words where it carries any; else the rule and the body keep whole sentences up to `maxWords` words. */
export function wordCard(card: Card, maxWords: number): Wording {
  const { words: told, ...plain } = card;
  return told === undefined ? plainWording(plain, maxWords) : toldWording(told, plainWording(plain, maxWords));
}

// What was counted stays in the commit message; a model's sentences are for the playbook.
function toldWording({ title, rule }: NonNullable<Card['words']>, { subject, body }: Wording): Wording {
  return { title: sentence(title, MARKDOWN), rule: sentence(rule, MARKDOWN), subject, body };
}

function plainWording(card: Card, maxWords: number): Wording {
  const phrase = card.trust === 'outside_tool' ? outsidePhrase(card) : phraseOf(card.template);
  const about = phrase === undefined ? (plainAbout(card) ?? plainTitle(card)) : `“${phrase}”`;
  const tool = card.tool === undefined ? '' : `${commitText(card.tool)}, `;
  return {
    title: titles[card.kind](card, phrase),
    rule: sentencesWithin(ruleSentences(card, MARKDOWN, maxWords), maxWords),
    subject: `${tool}${about}`,
    body: sentencesWithin(ruleSentences(card, COMMIT, maxWords), maxWords),
  };
}

function plainAbout(card: Card): string | undefined {
  return ruleTitle(card, COMMIT) ?? gapTitle(card, COMMIT) ?? patternTitle(card, COMMIT) ?? workflowTitle(card, COMMIT);
}

type Title = (card: Card, phrase: string | undefined) => string;

const titles: Record<CardKind, Title> = {
  error_fix: errorFixTitle,
  blind_retry: (card, phrase) => `Do not repeat the same call after ${failure(card, phrase)}`,
  loop: (card, phrase) =>
    phrase === undefined
      ? `The same ${calls(card)} again and again changed nothing`
      : `The same ${calls(card)} again and again: ${quoted(phrase)}`,
  thrash: (card) => `A change made${card.tool === undefined ? '' : ` with ${name(card.tool)}`} was put back later`,
  gap: (card, phrase) => gapTitle(card, MARKDOWN) ?? claimTitle(card, phrase),
  workflow: (card, phrase) => workflowTitle(card, MARKDOWN) ?? claimTitle(card, phrase),
  preference: claimTitle,
  argument_rule: (card, phrase) => ruleTitle(card, MARKDOWN) ?? claimTitle(card, phrase),
  association: (card, phrase) => patternTitle(card, MARKDOWN) ?? claimTitle(card, phrase),
};

function errorFixTitle(card: Card, phrase: string | undefined): string {
  const { change } = card;
  const when = phrase === undefined ? 'When it fails' : `When it fails with ${quoted(phrase)}`;
  const advice = change && waitingAdvice(change);
  if (advice !== undefined) return `${when}, ${advice}`;
  if (!change || change.repaired === 0) return `${when}, no later call got past it`;
  const { first, argument } = change;
  // A call that came first explains the repair better than the arguments only where the repair seldom changed one.
  if (first && first.sessions * 2 > change.repaired && first.sessions > change.changed)
    return `${when}, call ${name(first.tool)} first`;
  if (argument !== undefined && change.changed * 2 > change.repaired)
    return `${when}, change ${name(argumentName(argument))}`;
  return `${when}, later calls got past it`;
}

function failure(card: Card, phrase: string | undefined): string {
  if (phrase !== undefined) return quoted(phrase);
  return card.tool === undefined ? 'a failure' : `a failure of ${name(card.tool)}`;
}

function calls({ tool }: Card): string {
  return tool === undefined ? 'calls' : `call of ${name(tool)}`;
}

// Counts change from day to day and a title must not, so the sentences of a claim that carry counts are no title.
function claimTitle(card: Card, phrase: string | undefined): string {
  const said = /“([^”]{2,})”/.exec(card.claim)?.[1];
  if (card.kind === 'preference' && said !== undefined) return `People asked: “${prose(clip(said, MAX_TITLE))}”`;
  if (phrase !== undefined && card.kind === 'preference') return `People asked: ${quoted(phrase)}`;
  return prose(plainTitle(card));
}

function plainTitle(card: Card): string {
  const words = claimSentence(card, COMMIT, MAX_TITLE).replace(/\.$/, '');
  const uncounted = words.replace(/\b\d[\d,.]*\b/g, '…').replace(/(?:… ?){2,}/g, '… ');
  return clip(uncounted, MAX_TITLE);
}

function quoted(phrase: string): string {
  return `“${prose(phrase)}”`;
}

function name(text: string): string {
  return codeSpan(clip(text, MAX_NAME));
}

// Whole sentences up to the limit, the most important first.
function sentencesWithin(sentences: readonly string[], maxWords: number): string {
  const kept: string[] = [];
  let words = 0;
  for (const sentence of sentences) {
    if (kept.length > 0 && words + wordsIn(sentence) > maxWords) continue;
    kept.push(sentence);
    words += wordsIn(sentence);
  }
  return kept.join(' ');
}
