// One entry as the text of its section, evidence included; nothing of a transcript in it can break out of it.
import { roughTokens } from '../base/text.ts';
import type { Card, Span } from '../domain/card.ts';
import { type EntryMark, parseSection, printMark, printPredicate, type Section } from '../domain/playbook.ts';
import { sourcesText } from '../domain/source-names.ts';
import { spansOf } from './absorbed.ts';
import { codeSpan, paragraph, prose } from './escape.ts';
import { wordCard } from './wording.ts';

/** The section of an entry: heading, mark, predicate, rule and evidence; ends with one newline. */
export function printSection(card: Card, mark: EntryMark, maxWords: number): string {
  const { title, rule } = wordCard(card, maxWords);
  const lines = [`## ${heading(title)}`, printMark(mark)];
  if (card.predicate) lines.push(printPredicate(card.predicate));
  return `${[...lines, '', paragraph(rule), '', ...evidence(card)].join('\n')}\n`;
}

/**
 * True if the section says what our wording of `card` says, apart from its mark (which `prove` and people may change),
 * line ends and blanks at its end: so nobody has edited it by hand.
 */
export function isUntouched(section: Section, card: Card, maxWords: number): boolean {
  if (!section.mark) return false;
  return comparable(section.raw) === comparable(printSection(card, section.mark, maxWords));
}

/** What of a section people read, however its lines end and whatever its mark says. Proofs keep its hash. */
export function comparable(raw: string): string {
  return raw
    .replaceAll('\r\n', '\n')
    .replace(/^<!-- entry .*-->[ \t]*\n/m, '')
    .trimEnd();
}

/** What a section costs in a prompt, where heading, rule and predicate go: about four characters a token. */
export function promptTokens({ title, rule, predicate }: Section): number {
  return roughTokens(title + rule + (predicate ? printPredicate(predicate) : ''));
}

/** The title as `parseSection` will read it back. */
export function printedTitle(section: string): string {
  return parseSection(section).title;
}

// Hashes at the end of a heading would be taken for its closing.
function heading(title: string): string {
  return title.replace(/#+$/, (hashes) => hashes.replaceAll('#', '\\#'));
}

function evidence(card: Card): string[] {
  const { examples, counter_examples } = spansOf(card);
  const lines = examples.map((span) => `- ${spanText(span)}`);
  if (examples.length === 0) lines.push('- No example is kept.');
  const counter = counter_examples.map((span) => `- Counter-example: ${spanText(span)}`);
  if (counter.length === 0) counter.push('- No counter-example was found.');
  const from = sourcesText(card.sources);
  const sources = from === '' ? [] : [`- From: ${from}`];
  return ['<details><summary>Evidence</summary>', '', ...lines, ...counter, ...sources, '', '</details>'];
}

function spanText({ session, event, quote, sha256 }: Span): string {
  return `${codeSpan(session)} ${codeSpan(event)} “${prose(quote)}” sha256 \`${sha256}\``;
}
