// Words of an error text that the agent's own calls have as names of arguments: corroborated by more than who wrote the error.
import { isRecord } from './arguments.ts';
import type { Action } from './extract-types.ts';

const MAX_DEPTH = 4;
const MAX_ITEMS = 20;
const FEWEST_CALLS = 2;
const MOST_CALLS = 256; // a word that none of so many has is nobody's way to name an argument

/** Words of the template, in lower case and in order, that name an argument in at least two of the first 256 calls (plural and singular are one). */
export function ownWords(template: string, calls: Iterable<Action>): string[] {
  const words =
    template
      .replace(/<[a-z_*]+>/g, ' ')
      .toLowerCase()
      .match(/(?<![\p{L}\p{N}_./-])\p{L}{3,}(?![\p{L}\p{N}_/-])/gu) ?? [];
  const tally = new Map(words.map((word) => [singular(word), 0]));
  const lacking = new Set(tally.keys());
  let seen = 0;
  for (const { input } of calls) {
    const names = new Set<string>();
    collect(input, names, 0);
    for (const name of names) {
      const named = (tally.get(name) ?? 0) + 1;
      if (tally.has(name)) tally.set(name, named);
      if (named >= FEWEST_CALLS) lacking.delete(name);
    }
    if (lacking.size === 0 || ++seen === MOST_CALLS) break;
  }
  return [...new Set(words)].filter((word) => (tally.get(singular(word)) ?? 0) >= FEWEST_CALLS);
}

function collect(value: unknown, into: Set<string>, depth: number): void {
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(value)) for (const item of value.slice(0, MAX_ITEMS)) collect(item, into, depth + 1);
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const spaced = key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
    for (const word of spaced.match(/\p{L}{3,30}/gu) ?? []) into.add(singular(word));
    collect(item, into, depth + 1);
  }
}

function singular(word: string): string {
  return word.length > 3 ? word.replace(/s$/, '') : word;
}
