// The single values that a tool's result showed, by JSON pointer; keeps no text, and judges none of them.
import type { Block } from '../domain/events.ts';
import { isRecord, pointerOf } from './arguments.ts';
import type { ObservedValue } from './extract-types.ts';

const MAX_TEXT = 20_000; // longer results are listings and files, not readings
const MAX_VALUES = 40;
const MAX_DEPTH = 4;
const MAX_WORD = 40;
const MAX_NAME = 60;
const READING =
  /^[ \t]*([A-Za-z_][A-Za-z0-9_.-]{0,59})[ \t]*[:=][ \t]*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false)[ \t]*$/gm;

/** The first 40 values of a result, or undefined if it shows none. JSON as text or block, or lines such as `depth: 4.5`. */
export function observedIn(content: readonly Block[]): Record<string, ObservedValue> | undefined {
  const found = new Map<string, ObservedValue>();
  for (const block of content) {
    if (block.type === 'image' || block.injected !== undefined) continue;
    if (block.type === 'json') collect(block.value, [], found);
    else if (block.text.length <= MAX_TEXT) fromText(block.text, found);
  }
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

function fromText(text: string, found: Map<string, ObservedValue>): void {
  const start = text.trimStart()[0];
  if (start === '{' || start === '[') {
    const value = jsonOf(text);
    if (value !== undefined) {
      collect(value, [], found);
      return;
    }
  }
  for (const [, name = '', value = ''] of text.matchAll(READING)) {
    const key = pointerOf(name);
    if (found.size >= MAX_VALUES || found.has(key)) continue;
    found.set(key, value === 'true' || value === 'false' ? value === 'true' : Number(value));
  }
}

function collect(value: unknown, path: string[], found: Map<string, ObservedValue>): void {
  if (found.size >= MAX_VALUES) return;
  const single = singleOf(value);
  if (single !== undefined) {
    if (path.length > 0 && path.every((step) => step.length <= MAX_NAME))
      found.set(path.map(pointerOf).join(''), single);
    return;
  }
  // The place of an item in a list means nothing across sessions, so lists are not entered.
  if (!isRecord(value) || path.length >= MAX_DEPTH) return;
  for (const [key, item] of Object.entries(value)) collect(item, [...path, key], found);
}

function singleOf(value: unknown): ObservedValue | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && value.length <= MAX_WORD && /^[\w.-]+$/.test(value) ? value : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // text that only looks like JSON has no readings
  }
}
