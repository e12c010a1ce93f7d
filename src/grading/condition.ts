// Conditions of a rubric on a JSON value: a pointer, an operator, a value; a pure function that never takes what is missing for met.
import { isDeepStrictEqual } from 'node:util';
import { clip } from '../base/text.ts';
import type { Condition } from '../domain/rubric.ts';
import { findPattern } from './pattern.ts';

/** Whether it holds, in words that name the value; `undefined` where that could not be found out. */
export interface ConditionResult {
  holds: boolean | undefined;
  why: string;
  /** The value at the pointer; absent where nothing is there. */
  found?: { value: unknown };
}

/**
 * Looks at one condition. Equality is deep and converts nothing; `<` and its like compare two numbers or two texts;
 * `contains` looks for a text in a text or an item in a list; `exists` wants the value there, or with `value: false` gone.
 * What is not there fulfils nothing but that last one.
 */
export function conditionOn(root: unknown, condition: Condition): ConditionResult {
  const { at, op, value: wanted } = condition;
  const found = pointed(root, at);
  const place = at === '' ? 'the value' : at;
  if (op === 'exists') {
    const holds = (found !== undefined) === (wanted !== false);
    return { holds, why: `${place} is ${found === undefined ? 'not ' : ''}there`, ...(found && { found }) };
  }
  if (found === undefined) return { holds: false, why: `${place} is not there` };
  const { value } = found;
  const says = `${place} is ${shown(value)}`;
  if (op === 'matches') return { ...matching(value, wanted, says), found };
  return { holds: compare(op, value, wanted), why: `${says}, wanted ${op} ${shown(wanted)}`, found };
}

/** The value at a JSON pointer (RFC 6901), own properties only; undefined where there is none. */
export function pointed(root: unknown, pointer: string): { value: unknown } | undefined {
  let value = root;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (value === null || typeof value !== 'object') return undefined;
    if (Array.isArray(value) ? !/^(?:0|[1-9]\d{0,9})$/.test(key) : false) return undefined;
    if (!Object.hasOwn(value, key)) return undefined;
    value = new Map(Object.entries(value)).get(key);
  }
  return { value };
}

function matching(value: unknown, wanted: unknown, says: string): Pick<ConditionResult, 'holds' | 'why'> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const match = findPattern(String(wanted ?? ''), text);
  if (match.kind === 'unknown') return { holds: undefined, why: match.why };
  return { holds: match.kind === 'match', why: `${says}, wanted to match ${shown(wanted)}` };
}

function compare(op: Exclude<Condition['op'], 'matches' | 'exists'>, value: unknown, wanted: unknown): boolean {
  switch (op) {
    case '==':
      return isDeepStrictEqual(value, wanted);
    case '!=':
      return !isDeepStrictEqual(value, wanted);
    case 'contains':
      if (typeof value === 'string') return typeof wanted === 'string' && value.includes(wanted);
      return Array.isArray(value) && value.some((item) => isDeepStrictEqual(item, wanted));
    default:
      return ordered(op, value, wanted);
  }
}

function ordered(op: '<' | '<=' | '>' | '>=', value: unknown, wanted: unknown): boolean {
  const numbers = typeof value === 'number' && typeof wanted === 'number';
  if (!numbers && !(typeof value === 'string' && typeof wanted === 'string')) return false;
  if (op === '<') return value < wanted;
  if (op === '<=') return value <= wanted;
  return op === '>' ? value > wanted : value >= wanted;
}

function shown(value: unknown): string {
  return clip(JSON.stringify(value) ?? 'nothing', 120);
}
