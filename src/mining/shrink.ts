// Makes a tool's arguments small enough to keep while equality stays exact; never changes how the kept part reads.
import { canonicalJson, sha256 } from '../base/hash.ts';

const MAX_TEXT = 2000;
const MAX_ITEMS = 200;
const MAX_DEPTH = 40; // deeper values would let one hostile line overflow the stack of whoever walks it

/** Stands where something was cut; a hash of the whole follows. */
export const CUT = '…#';

/**
 * A copy in which texts over 2,000 characters, lists and objects over 200 items and everything below 40 levels end in `…#` and
 * a hash of the whole. Equal values stay equal and different ones different; keys keep their order, so what is left still reads as in the event.
 */
export function shrink(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.length <= MAX_TEXT ? value : headOf(value, MAX_TEXT) + mark(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth === MAX_DEPTH) return mark(canonicalJson(value));
  if (Array.isArray(value)) {
    const kept = value.slice(0, MAX_ITEMS).map((item) => shrink(item, depth + 1));
    return value.length <= MAX_ITEMS ? kept : [...kept, mark(canonicalJson(value))];
  }
  const entries = Object.entries(value);
  const kept = entries.slice(0, MAX_ITEMS).map(([key, item]): [string, unknown] => [key, shrink(item, depth + 1)]);
  if (entries.length > MAX_ITEMS) kept.push([CUT, mark(canonicalJson(value))]);
  return Object.fromEntries(kept); // own properties only, whatever the keys are called
}

/** The part of a text before the mark of a cut, so that it is a passage of the event again. */
export function uncut(text: string): string {
  const at = text.indexOf(CUT);
  return at < 0 ? text : text.slice(0, at);
}

/** At most `max` characters from the start, never half of a surrogate pair, without any mark. */
export function headOf(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

function mark(whole: string): string {
  return CUT + sha256(whole).slice(0, 16);
}
