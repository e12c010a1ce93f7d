// Compares the arguments of two calls and prints what differs; knows no tool and no argument by name.
import { canonicalJson } from '../base/hash.ts';
import { clip, oneLine, safeForTerminal } from '../base/text.ts';
import { uncut } from './shrink.ts';

/**
 * JSON pointers (RFC 6901) of the arguments that differ, in code-unit order; '' stands for inputs that are not objects.
 * Objects are compared key by key at every depth, lists as wholes.
 */
export function difference(before: unknown, after: unknown): string[] {
  const found: string[] = [];
  collect(before, after, '', found);
  return found.sort();
}

function collect(before: unknown, after: unknown, pointer: string, found: string[]): void {
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const [a, b] = [own(before, key), own(after, key)];
      if (isRecord(a) && isRecord(b)) collect(a, b, pointer + pointerOf(key), found);
      else if (!isEqual(a, b)) found.push(pointer + pointerOf(key));
    }
  } else if (!isEqual(before, after)) found.push(pointer);
}

// Absent is not null: a tool may tell them apart.
function isEqual(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  if (typeof before === 'string' && typeof after === 'string') return before === after;
  return canonicalJson(before) === canonicalJson(after);
}

/** The pointer of a key at the top of an input. */
export function pointerOf(key: string): string {
  return `/${/[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key}`;
}

/** The value under a pointer made by `difference`; undefined where there is none. Never reaches inherited properties. */
export function valueAt(input: unknown, pointer: string): unknown {
  let value = input;
  for (const step of pointer.split('/').slice(1)) {
    if (!isRecord(value)) return undefined;
    value = own(value, step.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return value;
}

/** The key at the top of an input under which a pointer lies; undefined for ''. */
export function topKey(pointer: string): string | undefined {
  return pointer.split('/')[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** A pointer as people read it: `payment/method`; fit for a sentence whatever the key is called. */
export function argumentName(pointer: string): string {
  const name = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('/');
  return clip(oneLine(safeForTerminal(name)).replaceAll('`', "'"), 60) || 'the input';
}

/** Every text that stands anywhere in an input, in order. */
export function textsOf(input: unknown): string[] {
  if (typeof input === 'string') return [input];
  if (Array.isArray(input)) return input.flatMap(textsOf);
  return isRecord(input) ? Object.values(input).flatMap(textsOf) : [];
}

/**
 * True if `after` takes back what `before` did: two text arguments changed places, all else is equal, and the call looks like an
 * edit. A search from A to B and one from B to A swap their arguments too, so either another argument must name a
 * file or the swapped texts must be passages rather than names.
 */
export function isInverse(before: unknown, after: unknown): boolean {
  const changed = difference(before, after);
  const [first, second] = changed;
  if (changed.length !== 2 || first === undefined || second === undefined) return false;
  const a = valueAt(before, first);
  const b = valueAt(before, second);
  if (typeof a !== 'string' || typeof b !== 'string' || a !== valueAt(after, second) || b !== valueAt(after, first))
    return false;
  const others = textsOf(before).filter((text) => text !== a && text !== b);
  return others.some(namesFile) || [a, b].some(isPassage);
}

/** True for a text that reads like a path or a file name. */
export function namesFile(text: string): boolean {
  return isName(text) && (/[\\/]/.test(text) || WITH_ENDING.test(text));
}

/** The same with an ending, which folders seldom have. */
export function namesFileWithEnding(text: string): boolean {
  return isName(text) && WITH_ENDING.test(text);
}

const WITH_ENDING = /[\w-]\.[A-Za-z]\w{0,9}$/;

function isName(text: string): boolean {
  return text.length <= 400 && !/\s\s|\n/.test(text);
}

/** True for content rather than a name: several lines, or at least 24 characters with a blank between. */
export function isPassage(text: string): boolean {
  return text.includes('\n') || (text.length >= 24 && text.includes(' '));
}

/**
 * Two values printed side by side, each on one line of at most `max` characters; of long ones the stretch that differs, with a little
 * of what stands before it.
 */
export function printChange(before: unknown, after: unknown, max = 80): { from: string; to: string } {
  const from = printed(before);
  const to = printed(after);
  if (from.length <= max && to.length <= max) return { from, to };
  let same = 0;
  while (same < Math.min(from.length, to.length) && from[same] === to[same]) same++;
  const start = Math.max(0, same - 16);
  const window = (text: string) => clip(start === 0 ? text : `…${text.slice(start)}`, max);
  return { from: window(from), to: window(to) };
}

function printed(value: unknown): string {
  if (value === undefined) return '(absent)';
  const text = oneLine(safeForTerminal(uncut(typeof value === 'string' ? value : canonicalJson(value))));
  return text === '' ? '(empty)' : text;
}

/** How alike two texts are: shared words of all words (Jaccard), 0 to 1. */
export function likeness(a: string, b: string): number {
  const left = words(a);
  const right = words(b);
  let shared = 0;
  for (const word of left) if (right.has(word)) shared++;
  const all = left.size + right.size - shared;
  return all === 0 ? 0 : shared / all;
}

function words(text: string): Set<string> {
  return new Set(
    text
      .slice(0, 2000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  );
}

/** A text without regard to case and to how its words are set apart. */
export function flat(text: string): string {
  // Single blanks stay as they are, and most blanks are single.
  return text
    .toLowerCase()
    .replace(/\s{2,}|[^\S ]/g, ' ')
    .trim();
}

/** True for an object with keys, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function own(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
