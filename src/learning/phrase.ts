// The few plain words of an error template that a title can carry; never more than letters, digits and inner punctuation.
import { clip } from '../base/text.ts';
import { visible } from './escape.ts';

const MAX_PHRASE = 60;
const PREFIX = /^(?:[\p{L}\p{N}_.]{0,40}(?:error|exception|warning|fatal|failed|failure)\s*:\s*)+/iu;

/**
 * The longest run of plain words in a masked error text, at most 60 characters, without its `Error:` prefix; undefined
 * where it holds no run of two letters. The first of equally long runs wins, so the answer never depends on order.
 */
export function phraseOf(template: string | undefined): string | undefined {
  if (template === undefined) return undefined;
  const text = visible(template.slice(0, 4000)).replace(PREFIX, '');
  let best = '';
  for (const run of text.split(/<[a-z_*]+>|[^\p{L}\p{N}\p{M}\s'’_./-]|[./-](?=\s|$)/u)) {
    const words = run.replace(/^[\s'’_./-]+|[\s'’_./-]+$/gu, '');
    if (weight(words) > weight(best)) best = words;
  }
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
