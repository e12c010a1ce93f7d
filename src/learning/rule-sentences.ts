// What a card lets us say, sentence by sentence and most important first; states only what was counted.
import { clip, count } from '../base/text.ts';
import type { Card, Change } from '../domain/card.ts';
import type { Style } from './style.ts';
import { standingSentences } from './wording/association.ts';
import { waitingSentences } from './wording/waiting.ts';

const MAX_VALUE = 40;
const MAX_CLAIM = 600;

/** Sentences of a card, each with its full stop; a claim is cut to `maxWords` words before it is escaped, never after. */
export function ruleSentences(card: Card, style: Style, maxWords: number): string[] {
  const seen = `Seen in ${count(card.counts.sessions, 'session')} over ${count(card.counts.tasks, 'task')}.`;
  switch (card.kind) {
    case 'error_fix':
      return [seen, ...(card.change ? changeSentences(card, card.change, style) : said(card, style, maxWords))];
    case 'blind_retry':
      if (card.change?.repeated) return [seen, repeatedSentence(card.change.repeated)];
      // What the detector asks of such a card, for where the claim may not be shown.
      if (card.trust === 'outside_tool') return [seen, 'Repeating the same call failed in more than half of them.'];
      return [seen, claimSentence(card, style, maxWords)];
    case 'argument_rule':
      // The claim has the counts already; how many sessions went as it says is no count of theirs.
      return [claimSentence(card, style, maxWords), ...effectSentences(card, style).reverse()];
    case 'association':
      return [
        claimSentence(card, style, maxWords),
        ...standingSentences(card),
        ...effectSentences(card, style).slice(0, 1),
      ];
    case 'workflow':
      return [claimSentence(card, style, maxWords), seen, ...standingSentences(card)];
    case 'preference':
    case 'loop':
    case 'thrash':
    case 'gap':
      return [claimSentence(card, style, maxWords), seen];
  }
}

// A claim holds the tool's own words, and a stranger's words are no part of a rule.
function said(card: Card, style: Style, maxWords: number): string[] {
  return card.trust === 'outside_tool' ? [] : [claimSentence(card, style, maxWords)];
}

/** The claim in at most `maxWords` words: masks become …, and what the miner set in backticks stays code. */
export function claimSentence(card: Card, style: Style, maxWords: number): string {
  const words = clip(card.claim, MAX_CLAIM)
    .replace(/<[a-z_*]+>/g, '…')
    .split(/\s+/);
  // Escaping can add words, so the raw claim is cut until what comes out is short enough: a cut afterwards could open a code span.
  for (let kept = Math.min(words.length, maxWords); ; kept = Math.min(kept - 1, Math.floor(kept * 0.9))) {
    const cut = words.slice(0, kept).join(' ') + (kept < words.length ? '…' : '');
    const sentence = styled(cut, style);
    if (kept <= 1 || wordsIn(sentence) <= maxWords) return sentence;
  }
}

/** Words as the cap on a rule counts them: runs without blanks. */
export function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

function styled(claim: string, style: Style): string {
  const text = sentence(claim, style);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Text in the style, what stands in backticks as code; escaped, and otherwise as it came. */
export function sentence(text: string, style: Style): string {
  const parts = text.split('`');
  const balanced = parts.length % 2 === 1;
  return parts
    .map((part, i) => (balanced && i % 2 === 1 ? style.code(part) : spaced(part, style)))
    .join(balanced ? '' : style.words('`'))
    .trim();
}

// Escaping trims, but the blanks around a code span belong to the sentence.
function spaced(part: string, style: Style): string {
  const lead = /^\s/.test(part) ? ' ' : '';
  const tail = part.trim() !== '' && /\s$/.test(part) ? ' ' : '';
  return lead + style.words(part) + tail;
}

function changeSentences(card: Card, change: Change, style: Style): string[] {
  const { argument, changed, repaired, failed, first, repeated } = change;
  const sentences: string[] = waitingSentences(change);
  if (sentences.length > 0) return repeated?.worked === 0 ? [...sentences, repeatedSentence(repeated)] : sentences;
  if (argument !== undefined && changed > 0) {
    const name = style.code(argumentName(argument));
    sentences.push(`In ${changed} of ${failed} the next successful call of the tool changed ${name}.`);
  }
  if (first) {
    sentences.push(
      `In ${first.sessions} of ${failed} ${style.code(first.tool)} had run between the error and the call that worked.`,
    );
  }
  if (sentences.length === 0 && repaired > 0)
    sentences.push(`In ${repaired} of ${failed} a later call worked, with no change common to most.`);
  if (repaired === 0)
    sentences.push(`In none of ${count(failed, 'session')} did a later call of the tool get past it.`);
  if (repeated && repeated.sessions > 0) sentences.push(repeatedSentence(repeated));
  const example = valuesSentence(card, change, style);
  return example === undefined ? sentences : [...sentences, example];
}

function repeatedSentence({ sessions, worked }: { sessions: number; worked: number }): string {
  if (worked === 0) return `Repeating the same call never worked (tried in ${count(sessions, 'session')}).`;
  return `Repeating the same call worked in ${worked} of ${count(sessions, 'session')}.`;
}

// Values stand in the rule only where they are short and no outsider supplied them.
function valuesSentence({ trust }: Card, { argument, from, to }: Change, style: Style): string | undefined {
  if (argument === undefined || from === undefined || to === undefined || trust === 'outside_tool') return undefined;
  if (from.length > MAX_VALUE || to.length > MAX_VALUE || from.trim() === '' || to.trim() === '') return undefined;
  return `For example from ${style.code(from)} to ${style.code(to)}.`;
}

function effectSentences({ effect }: Card, style: Style): string[] {
  if (!effect) return [];
  const percent = (share: number) => `${Math.round(share * 100)} points`;
  const interval = `odds ratio ${effect.or.toFixed(1)}, 95 % interval ${effect.ci[0].toFixed(1)} to ${effect.ci[1].toFixed(1)}`;
  const standing = effect.confirmed ? 'It held in newer sessions too.' : 'Not yet confirmed in newer sessions.';
  return [
    `Difference in ${style.words(effect.criterion)} within the same tasks: ${percent(effect.rd)} (${interval}).`,
    standing,
  ];
}

/** `/items` → `items`, `/a/b` → `a.b`; JSON pointer escapes undone. */
export function argumentName(pointer: string): string {
  const steps = pointer.split('/').slice(pointer.startsWith('/') ? 1 : 0);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')).join('.') || pointer;
}
