// The verifier in code: a lesson against its card, the policy and the entries in force; refuses by named rules and mends nothing.
import { oneLine } from '../../base/text.ts';
import type { Card, Span } from '../../domain/card.ts';
import { opposes, stanceOf } from '../../domain/polarity.ts';
import { legible } from '../../model/fence.ts';
import { spansOf, wholeOf } from '../absorbed.ts';
import { denyRules, normalised } from '../deny-rules.ts';
import { visible } from '../escape.ts';
import { isPlainWord } from '../outside-words.ts';
import { contradictedBy, deniedBy, type Policy } from '../policy.ts';
import { wordsIn } from '../rule-sentences.ts';
import { wordCard } from '../wording.ts';
import { namesOf, numbersOf, plainNumber, plainWords, predictionsFor, toolWords, wordsInNames } from './facts.ts';
import { type Lesson, type Words, wordsOf } from './lesson.ts';

export const refusalRules = [
  'form',
  'too long',
  'prediction',
  'quote',
  'deny-list',
  'policy',
  'contradiction',
  'number',
  'name',
  'tool words',
] as const;
export type RefusalRule = (typeof refusalRules)[number];

/** Why a lesson is refused: the rule, and a sentence that holds nothing of what the lesson said. */
export interface Refusal {
  rule: RefusalRule;
  reason: string;
}

export interface Grounds {
  card: Card;
  policy?: Policy | undefined;
  /** Rules of the entries in force, without the entry that the lesson would change. */
  inForce: readonly { id: string; rule: string }[];
  maxRuleWords: number;
}

const MAX_TITLE = 100;

/** The first rule that stands against what the reflector gave; undefined where none does. */
export function refuseLesson(lesson: Lesson, grounds: Grounds): Refusal | undefined {
  if (![lesson.when, lesson.do].every((text) => /\p{L}/u.test(text)))
    return refused('form', 'a lesson says when it applies and what to do then');
  return refuseWords(wordsOf(lesson), grounds) ?? badQuote(lesson, grounds.card);
}

/** The same for words alone, such as those that an earlier dream recorded for an older count of the same finding. */
export function refuseWords(words: Words, grounds: Grounds): Refusal | undefined {
  const rules = [
    badForm,
    tooLong,
    badPrediction,
    denied,
    againstPolicy,
    contradiction,
    wrongNumber,
    foreignName,
    fromTools,
  ];
  for (const rule of rules) {
    const refusal = rule(words, grounds);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function badForm({ title, rule }: Words): Refusal | undefined {
  if (title === '' || rule === '') return refused('form', 'a lesson needs a title and a rule');
  for (const text of [title, rule]) {
    if (visible(text) !== text || oneLine(text) !== text)
      return refused('form', 'a line break, or characters that do not show');
    if (text.split('`').length % 2 === 0) return refused('form', 'a backtick that is never closed');
    if (/[<>]|\]\(|!\[|^[#>|+*-]|^\d+[.)]/.test(text))
      return refused('form', 'markup, where plain sentences are wanted');
    // Scripts that our patterns cannot read would pass all that follows unseen.
    if (/[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(text.replace(/[µΔ°]/g, '')))
      return refused('form', 'letters of another script than Latin');
  }
  return undefined;
}

function tooLong({ title, rule }: Words, { maxRuleWords }: Grounds): Refusal | undefined {
  if (title.length > MAX_TITLE) return refused('too long', `a title of more than ${MAX_TITLE} characters`);
  const words = wordsIn(rule);
  return words > maxRuleWords ? refused('too long', `${words} words, where ${maxRuleWords} are allowed`) : undefined;
}

function badPrediction({ predicts }: Words, { card }: Grounds): Refusal | undefined {
  if (predictionsFor[card.kind].includes(predicts)) return undefined;
  return refused('prediction', `“${predicts}” cannot be counted for a finding of kind ${card.kind}`);
}

// What a tool may not claim, such as what the user wants, a person may have said.
function denied({ title, rule }: Words, { card: { trust } }: Grounds): Refusal | undefined {
  const rules = denyRules.filter((deny) => deny.tools !== true || (trust !== 'person' && trust !== 'policy'));
  for (const text of [title, rule]) {
    const found = rules.find((deny) => deny.applies(text, normalised(text.replaceAll('`', ''))));
    if (found) return refused('deny-list', `rule “${found.name}”: its words ${found.says}`);
  }
  return undefined;
}

function againstPolicy({ title, rule }: Words, { policy }: Grounds): Refusal | undefined {
  if (policy === undefined) return undefined;
  const plain = [title, rule].map((text) => text.replaceAll('`', ''));
  const denied = deniedBy(policy, plain);
  if (denied !== undefined) return refused('policy', `policy.md denies it: “${denied}”`);
  const contradicted = contradictedBy(policy, plain.flatMap(sentencesOf));
  return contradicted === undefined ? undefined : refused('policy', `it contradicts policy.md: “${contradicted}”`);
}

function contradiction({ title, rule }: Words, { inForce }: Grounds): Refusal | undefined {
  const stances = [title, rule].flatMap(sentencesOf).map(stanceOf);
  const against = inForce.find((entry) =>
    sentencesOf(entry.rule).some((sentence) => stances.some((stance) => opposes(stanceOf(sentence), stance))),
  );
  return against && refused('contradiction', `it says the opposite of ${against.id}, which is in force`);
}

function wrongNumber({ title, rule }: Words, { card }: Grounds): Refusal | undefined {
  const known = numbersOf(card);
  const text = withoutNames(`${title}\n${rule}`, namesOf(card)).replace(/(?<=\d)\s*%/g, '');
  if (/[^\P{N}0-9]/u.test(text)) return refused('number', 'a number that is not written in plain digits');
  for (const [found] of text.matchAll(/\d[\d,]*(?:\.\d+)?/g))
    if (!known.has(plainNumber(found))) return refused('number', 'a number that is none of the card’s');
  for (const word of plainWords(text)) {
    const spelled = SPELLED.get(word);
    if (spelled !== undefined && !known.has(spelled))
      return refused('number', 'a number in words that is none of the card’s');
  }
  return undefined;
}

// “One” is left out, since it is more often an article.
const SPELLED = new Map(
  'two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, at) => [word, String(at + 2)] as const)
    .concat([
      ['zero', '0'],
      ['hundred', '100'],
      ['thousand', '1000'],
      ['million', '1000000'],
      ['dozen', '12'],
    ]),
);

function foreignName({ title, rule }: Words, { card }: Grounds): Refusal | undefined {
  const names = namesOf(card);
  const foreign = codeLike(`${title}\n${rule}`).find((token) => !names.has(token) && !seenTwice(token, card));
  if (foreign === undefined) return undefined;
  return refused('name', 'a path, command, package or identifier that the evidence does not have in two sessions');
}

/** Whatever stands in backticks, and words that no plain sentence has: with slashes, underscores, inner dots or capitals. */
function codeLike(text: string): string[] {
  const inTicks = text.split('`').filter((_, at) => at % 2 === 1);
  const rest = text
    .split('`')
    .filter((_, at) => at % 2 === 0)
    .join(' ')
    .split(/\s+/)
    .map((word) => word.replace(/^[“”"'‘’(]+|[“”"'’),.;:!?…]+$/g, ''))
    .filter((word) => word !== '' && !/^[–—-]$/.test(word));
  const strange = rest.filter((word) => {
    if (/^[+-]?\d[\d,]*(?:\.\d+)?%?$/.test(word)) return false; // a number, which has a rule of its own
    return /[^\p{L}\p{M}'’-]/u.test(word) || /\p{Ll}\p{Lu}/u.test(word) || /^-|--/.test(word);
  });
  return [...inTicks, ...strange];
}

// An outside tool proves that something happened; it supplies no name, however often it says one.
function seenTwice(token: string, card: Card): boolean {
  if (card.trust === 'outside_tool') return false;
  const { examples, counter_examples } = spansOf(card);
  const sessions = [...examples, ...counter_examples]
    .filter((span) => span.quote.includes(token))
    .map((s) => s.session);
  return new Set(sessions).size >= 2;
}

// The error's own phrase may be named in quotation marks, as our plain wording names it; anything else that a tool said may not.
function fromTools({ title, rule }: Words, { card, maxRuleWords }: Grounds): Refusal | undefined {
  const told = toolWords(card);
  if (told.size === 0) return undefined;
  const plain = wholeOf(card).map((one) => wordCard({ ...one, words: undefined }, maxRuleWords));
  const shown = plain.map((wording) => `${wording.title}\n${wording.rule}`).join('\n');
  const phrases = [...shown.matchAll(/“([^”]+)”/g)].map((match) => match[1] ?? '');
  const own = wordsInNames(namesOf(card));
  const text = phrases.reduce((left, phrase) => left.replaceAll(`“${phrase}”`, ' '), `${title}\n${rule}`);
  const borrowed = plainWords(text.replaceAll('_', ' ')).find(
    (word) => told.has(word) && !own.has(word) && !isPlainWord(word) && !BINDING.has(word) && !/^\d/.test(word),
  );
  if (borrowed === undefined) return undefined;
  return refused('tool words', 'words that a tool said, where only people and calls may supply them');
}

const BINDING = new Set(
  `
  after again also another any as both each either else every few first if instead its last later may might next nor
  now once one other others rather same since so some still such then these they those through until upon what when
  where which who why will would yet that's it's call calls called tool tools session sessions lesson agent
  `
    .trim()
    .split(/\s+/),
);

/** Quotes are compared character for character with the span that they cite; a lesson without one has nothing to stand on. */
function badQuote({ quotes }: Lesson, card: Card): Refusal | undefined {
  const { examples, counter_examples } = spansOf(card);
  const spans = [...examples, ...counter_examples];
  if (quotes.length === 0 && spans.length > 0) return refused('quote', 'it quotes nothing of the evidence');
  const invented = quotes.some((quote) => !spans.some((span) => holds(span, quote)));
  return invented ? refused('quote', 'a quote that does not stand in the span it cites') : undefined;
}

function holds({ session, event, quote }: Span, cited: Lesson['quotes'][number]): boolean {
  if (session !== cited.session || event !== cited.event) return false;
  return /[\p{L}\p{N}]/u.test(cited.text) && legible(quote).includes(cited.text); // as it was shown
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?;])\s+/);
}

function withoutNames(text: string, names: ReadonlySet<string>): string {
  return [...names].sort((a, b) => b.length - a.length).reduce((left, name) => left.replaceAll(name, ' '), text);
}

function refused(rule: RefusalRule, reason: string): Refusal {
  return { rule, reason };
}
