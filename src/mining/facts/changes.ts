// What changed between a failing call and the one that worked, argument by argument; knows no other session, and weighs nothing.
import { canonicalJson, shortHash } from '../../base/hash.ts';
import { difference, isRecord, likeness, pointerOf, printChange, topKey, valueAt } from '../arguments.ts';
import type { Action } from '../extract-types.ts';
import type { ChangeFact } from '../fact-types.ts';
import { uncut } from '../shrink.ts';

const MOST = 200; // arguments; calls that differ in more are other calls altogether
const AT_LENGTH = 2000;
const SHORT = 80;
const LONGEST_NAME = 64;

/** One fact an argument, in code-unit order of their pointers. `vain`: the tries between the two that failed. */
export function changesBetween(error: Action, fix: Action, vain: readonly Action[]): ChangeFact[] {
  const changed = difference(error.input, fix.input).slice(0, MOST);
  const tried = new Set(changed.length === 0 ? [] : vain.flatMap((t) => difference(error.input, t.input)));
  return changed.map((pointer) => {
    const [before, after] = [valueAt(error.input, pointer), valueAt(fix.input, pointer)];
    const long = printChange(before, after, AT_LENGTH);
    const isShort = long.from.length <= SHORT && long.to.length <= SHORT;
    const isQuoted = quotes(error.error ?? '', before);
    return {
      pointer,
      ...(isShort ? long : printChange(before, after, SHORT)),
      value: nameOf(after),
      alike: likeness(long.from, long.to),
      way: wayOf(error.input, fix.input, pointer),
      source: sourceOf(error, fix, pointer),
      ...(isQuoted && { quoted: true as const }),
      ...((isQuoted || names(error.error ?? '', pointer)) && { named: true as const }),
      ...(tried.has(pointer) && { inVain: true as const }),
      ...(isAdjustment(error.input, fix.input, pointer) && { adjusted: true as const }),
    };
  });
}

/** Equal values have equal names. */
export function nameOf(value: unknown): string {
  const text = canonicalJson(value);
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME)}…${shortHash(text, 16)}`;
}

/** −1, 0 or 1: whether a number sank or rose. */
export function wayOf(before: unknown, after: unknown, pointer: string): number {
  const [from, to] = [valueAt(before, pointer), valueAt(after, pointer)];
  return typeof from === 'number' && typeof to === 'number' ? Math.sign(to - from) : 0;
}

function sourceOf(error: Action, fix: Action, pointer: string): ChangeFact['source'] {
  if (isAmong(fix.borrowed, pointer)) return 'outside';
  return [error.borrowed, error.shown, fix.shown].some((pointers) => isAmong(pointers, pointer)) ? 'shown' : 'own';
}

function isAmong(pointers: readonly string[] | undefined, pointer: string): boolean {
  return pointers?.some((p) => p === pointer || p.startsWith(`${pointer}/`) || pointer.startsWith(`${p}/`)) ?? false;
}

/** Whether a call is the failing one tried otherwise: most of its arguments stayed, not only texts that look alike. */
export function isSameJob(before: unknown, after: unknown): boolean {
  const all = argumentsOf(before, after);
  const kept = all.filter((key) => isKept(before, after, key));
  return kept.length > 0 && kept.length * 2 >= all.length;
}

function isKept(before: unknown, after: unknown, key: string): boolean {
  return canonicalJson(valueAt(before, pointerOf(key))) === canonicalJson(valueAt(after, pointerOf(key)));
}

/**
 * The same job tried again rather than another one: most other arguments stayed, or the value itself was only adjusted. Switches are not
 * counted, since they stay from job to job.
 */
export function isAdjustment(before: unknown, after: unknown, pointer: string): boolean {
  const others = argumentsOf(before, after).filter((key) => key !== topKey(pointer));
  const kept = others.filter((key) => isKept(before, after, key));
  if (kept.length > 0 && kept.length * 2 >= others.length) return true;
  const [from, to] = [valueAt(before, pointer), valueAt(after, pointer)];
  if (typeof from === 'string' && typeof to === 'string') return likeness(from, to) >= 0.3;
  return others.length === 0 && typeof from === typeof to;
}

// Top keys of either input whose values can tell jobs apart.
function argumentsOf(a: unknown, b: unknown): string[] {
  const keys = [a, b].flatMap((input) => (isRecord(input) ? Object.keys(input) : []));
  const tells = (input: unknown, key: string) =>
    !['boolean', 'undefined'].includes(typeof valueAt(input, pointerOf(key)));
  return [...new Set(keys)].filter((key) => tells(a, key) || tells(b, key));
}

// Whether an error quotes the value that it complains about; of a long text its first line is enough.
function quotes(error: string, value: unknown): boolean {
  if (typeof value === 'number')
    return new RegExp(`(?<![\\w.])${String(value).replace(/[^\d-]/g, '\\$&')}(?![\\w])`).test(error);
  const text = typeof value === 'string' ? (uncut(value).trim().split('\n')[0] ?? '').slice(0, 100) : '';
  return text.length >= 3 && error.includes(text);
}

// Whether it uses a word of the argument's name (`payment` for `paymentMethods`).
function names(error: string, pointer: string): boolean {
  const words =
    (topKey(pointer) ?? '')
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]{4,}/g) ?? [];
  if (words.length === 0) return false;
  const said = new Set(error.toLowerCase().match(/[a-z]{3,}/g) ?? []);
  return words.some((word) => said.has(word) || said.has(word.replace(/s$/, '')) || said.has(`${word}s`));
}
