// Finds a grader's quote in what it was shown, by nothing but white space forgiven; never guesses which passage was meant.
import type { Shown } from '../model/fence.ts';

/** A quote that was found. */
export interface FoundQuote {
  source: string;
  /** The passage as it stands in the source. */
  text: string;
}

/**
 * The passage that a quote names, in the source it gives or else in any other; undefined where it occurs nowhere, or where it
 * holds no letter and no digit and so could be found in anything.
 */
export function findQuote(pieces: readonly Shown[], quote: { source: string; text: string }): FoundQuote | undefined {
  const words = quote.text.trim().split(/\s+/);
  if (!/[\p{L}\p{N}]/u.test(quote.text)) return undefined;
  const ordered = [
    ...pieces.filter((p) => p.source === quote.source),
    ...pieces.filter((p) => p.source !== quote.source),
  ];
  for (const { source, text } of ordered) {
    const found = passage(text, words);
    if (found !== undefined) return { source, text: found };
  }
  return undefined;
}

// White space is dropped from both, and the places of what is left lead back to the passage. Blanks must lie where blanks lay.
function passage(text: string, words: readonly string[]): string | undefined {
  const { flat, places } = flattened(text);
  const wanted = words.join(' ');
  const at = flat.indexOf(wanted);
  if (at < 0) return undefined;
  const from = places[at] ?? 0;
  const to = (places[at + wanted.length - 1] ?? 0) + 1;
  return text.slice(from, to);
}

// Every run of white space is one blank; `places[i]` is where character i of `flat` stands in the text.
function flattened(text: string): { flat: string; places: number[] } {
  const parts: string[] = [];
  const places: number[] = [];
  for (const { 0: run, index } of text.matchAll(/\s+|\S+/g)) {
    const blank = /^\s/.test(run);
    parts.push(blank ? ' ' : run);
    if (blank) places.push(index);
    else for (let i = 0; i < run.length; i++) places.push(index + i);
  }
  return { flat: parts.join(''), places };
}
