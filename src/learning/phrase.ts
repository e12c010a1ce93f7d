// The few plain words of an error template that a title can carry; never more than letters, digits and inner punctuation.
import { clip } from '../base/text.ts';
import { visible } from './escape.ts';

const MAX_PHRASE = 60;
const PREFIX = /^(?:[\p{L}\p{N}_.]{0,40}(?:error|exception|warning|fatal|failed|failure)\s*:\s*)+/iu;

/**
 * The first clause of a masked error text that has three plain words (else the one with most letters), at most 60
 * characters, without its `Error:` prefix; undefined where no clause holds two letters in a row.
 */
export function phraseOf(template: string | undefined): string | undefined {
  if (template === undefined) return undefined;
  const text = visible(template.slice(0, 4000)).replace(PREFIX, '');
  const clauses = text
    .split(/<[a-z_*]+>|[^\p{L}\p{N}\p{M}\s'’_./-]|[./-](?=\s|$)/u)
    .map((clause) => clause.replace(/^[\s'’_./-]+|[\s'’_./-]+$/gu, ''));
  const first = clauses.find((clause) => (clause.match(/\p{L}{2,}/gu) ?? []).length >= 3);
  const best = first ?? clauses.reduce((a, b) => (weight(b) > weight(a) ? b : a), '');
  return /\p{L}{2}/u.test(best) ? shorten(best) : undefined;
}

function weight(run: string): number {
  return (run.match(/\p{L}/gu) ?? []).length;
}

function shorten(words: string): string {
  if (words.length <= MAX_PHRASE) return words;
  const cut = clip(words, MAX_PHRASE - 1);
  const blank = cut.lastIndexOf(' ');
  return `${blank > 20 ? cut.slice(0, blank) : cut.replace(/…$/, '')}…`;
}
