// What changed between a failing call and the one that worked, argument by argument; knows no other session, and weighs nothing.
import { canonicalJson } from '../../base/hash.ts';
import { difference, isRecord, likeness, printChange, topKey, valueAt } from '../arguments.ts';
import type { Action } from '../extract-types.ts';
import type { ChangeFact } from '../fact-types.ts';
import { hash53 } from '../minhash.ts';
import { uncut } from '../shrink.ts';

const MOST = 200; // arguments; calls that differ in more are other calls altogether
const AT_LENGTH = 2000;
const SHORT = 80;

/**
 * One fact an argument, in code-unit order of their pointers, at most `room`.
 * @param vain the tries between the two that failed
 */
export function changesBetween(error: Action, fix: Action, vain: readonly Action[], room: number): ChangeFact[] {
  const changed = difference(error.input, fix.input).slice(0, Math.min(MOST, room));
  if (changed.length === 0) return [];
  const tried = new Set(vain.flatMap((t) => difference(error.input, t.input)));
  const compared = argumentsOf(error.input, fix.input);
  const text = error.error ?? '';
  const said = new Set(text.toLowerCase().match(/[a-z]{3,}/g) ?? []);
  return changed.map((pointer) => {
    const [before, after] = [valueAt(error.input, pointer), valueAt(fix.input, pointer)];
    const long = printChange(before, after, AT_LENGTH);
    const isShort = long.from.length <= SHORT && long.to.length <= SHORT;
    const shown = isShort ? long : printChange(before, after, SHORT);
    const alike = likeness(long.from, long.to);
    const looksAlike = isShort ? alike : likeness(shown.from, shown.to);
    const isQuoted = quotes(text, before);
    return {
      pointer,
      ...shown,
      value: hashOf(after),
      pair: hash53(JSON.stringify([shown.from, shown.to])),
      alike,
      ...(looksAlike !== alike && { looksAlike }),
      way: wayBetween(before, after),
      source: sourceOf(error, fix, pointer),
      ...(isQuoted && { quoted: true as const }),
      ...((isQuoted || names(said, pointer)) && { named: true as const }),
      ...(tried.has(pointer) && { inVain: true as const }),
      ...(isAdjusted(before, after, pointer, compared) && { adjusted: true as const }),
    };
  });
}

/** A 53-bit hash of a value: equal ones have equal hashes. */
export function hashOf(value: unknown): number {
  return hash53(canonicalJson(value));
}

/** −1, 0 or 1: whether a number sank or rose. */
export function wayOf(before: unknown, after: unknown, pointer: string): number {
  return wayBetween(valueAt(before, pointer), valueAt(after, pointer));
}

function wayBetween(from: unknown, to: unknown): number {
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
  return isMostlyKept(argumentsOf(before, after));
}

/**
 * The same job tried again rather than another one: most other arguments stayed, or the value itself was only adjusted. Switches are not
 * counted, since they stay from job to job.
 */
export function isAdjustment(before: unknown, after: unknown, pointer: string): boolean {
  return isAdjusted(valueAt(before, pointer), valueAt(after, pointer), pointer, argumentsOf(before, after));
}

function isAdjusted(from: unknown, to: unknown, pointer: string, compared: readonly Compared[]): boolean {
  const others = compared.filter(({ key }) => key !== topKey(pointer));
  if (isMostlyKept(others)) return true;
  if (typeof from === 'string' && typeof to === 'string') return likeness(from, to) >= 0.3;
  return others.length === 0 && typeof from === typeof to;
}

function isMostlyKept(compared: readonly Compared[]): boolean {
  const kept = compared.filter(({ isKept }) => isKept).length;
  return kept > 0 && kept * 2 >= compared.length;
}

interface Compared {
  key: string;
  isKept: boolean;
}

// Top keys of either input whose values can tell jobs apart.
function argumentsOf(a: unknown, b: unknown): Compared[] {
  const keys = new Set([a, b].flatMap((input) => (isRecord(input) ? Object.keys(input) : [])));
  return [...keys].flatMap((key) => {
    const [before, after] = [own(a, key), own(b, key)];
    return tells(before) || tells(after) ? [{ key, isKept: isEqual(before, after) }] : [];
  });
}

function own(input: unknown, key: string): unknown {
  return isRecord(input) && Object.hasOwn(input, key) ? input[key] : undefined;
}

function tells(value: unknown): boolean {
  return typeof value !== 'boolean' && value !== undefined;
}

function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

// Whether an error quotes the value that it complains about; of a long text its first line is enough.
function quotes(error: string, value: unknown): boolean {
  if (typeof value === 'number')
    return new RegExp(`(?<![\\w.])${String(value).replace(/[^\d-]/g, '\\$&')}(?![\\w])`).test(error);
  const text = typeof value === 'string' ? (uncut(value).trim().split('\n')[0] ?? '').slice(0, 100) : '';
  return text.length >= 3 && error.includes(text);
}

// Whether words that an error said are in the argument's name (`payment` for `paymentMethods`).
function names(said: ReadonlySet<string>, pointer: string): boolean {
  const words =
    (topKey(pointer) ?? '')
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]{4,}/g) ?? [];
  return words.some((word) => said.has(word) || said.has(word.replace(/s$/, '')) || said.has(`${word}s`));
}
