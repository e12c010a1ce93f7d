// Compares requests by what a model reads of them, and says in words where two differ; sends and stores nothing.

import { canonicalJson, sha256 } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import { oneLine } from '../base/text.ts';

type Fields = Record<string, unknown>;

// Which model is asked and how is no part of what was said; cache marks move without changing anything.
const VARIES = new Set(['model', 'metadata', 'stream', 'betas']);

/** What two requests must share to be the same: the body without model, metadata and cache marks, with keys in order. */
export function comparable(body: Fields): Fields {
  const kept = Object.entries(body).filter(([key]) => !VARIES.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutMarks(value)]));
}

/** The fingerprint of what `comparable` gave. */
export function fingerprint(compared: Fields): string {
  return sha256(canonicalJson(compared));
}

/** How much two requests have in common from their beginning, in characters. */
export function likeness(a: Fields, b: Fields): number {
  const [left, right] = [inOrder(a), inOrder(b)];
  const end = Math.min(left.length, right.length);
  let at = 0;
  while (at < end && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  return at;
}

/** Where `now` first differs from `before`: the path and both values, cut to what shows the difference. */
export interface Difference {
  path: string;
  before: string;
  now: string;
}

/** The first difference in the order in which a model reads: system, tools, messages, the rest. Undefined if there is none. */
export function firstDifference(before: unknown, now: unknown, path = ''): Difference | undefined {
  if (canonicalJson(before) === canonicalJson(now)) return undefined;
  if (Array.isArray(before) && Array.isArray(now)) {
    for (let i = 0; i < Math.max(before.length, now.length); i++) {
      const found = firstDifference(before[i], now[i], `${path}[${i}]`);
      if (found !== undefined) return found;
    }
  }
  if (isObject(before) && isObject(now)) {
    for (const key of keysInOrder({ ...before, ...now })) {
      const found = firstDifference(before[key], now[key], path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
  }
  return { path, ...excerpts(before, now) };
}

const BEFORE = 30;
const SHOWN = 80;

function excerpts(before: unknown, now: unknown): { before: string; now: string } {
  const [a, b] = [shown(before), shown(now)];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - BEFORE);
  const cut = (text: string) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + SHOWN)}${text.length > from + SHOWN ? '…' : ''}`;
  return { before: cut(a), now: cut(b) };
}

function shown(value: unknown): string {
  if (value === undefined) return '(nothing)';
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}

function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, item]) => key !== 'cache_control' || !isMark(item));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutMarks(item)]));
}

// An argument of a call may have this name too, and then it counts.
function isMark(value: unknown): boolean {
  return value === null || (isObject(value) && value.type === 'ephemeral');
}

const FIRST = ['system', 'tools', 'messages'];

function keysInOrder(fields: Fields): string[] {
  const rest = Object.keys(fields)
    .filter((key) => !FIRST.includes(key))
    .sort();
  return [...FIRST.filter((key) => Object.hasOwn(fields, key)), ...rest];
}

function inOrder(fields: Fields): string {
  return keysInOrder(fields)
    .map((key) => `${key}:${canonicalJson(fields[key])}`)
    .join(',');
}
