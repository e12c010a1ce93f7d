// Whether a condition holds for the values of one step; never throws, and what cannot be compared does not hold.
import { isDeepStrictEqual } from 'node:util';
import type { Comparison, Condition } from './condition.ts';
import { resolve, type Scope } from './value.ts';

/** True where the condition holds. A value alone holds unless it is null, false, 0, an empty text or an empty list. */
export function holds(condition: Condition, scope: Scope): boolean {
  const value = evaluate(condition, scope);
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== false && value !== 0 && value !== '';
}

function evaluate(condition: Condition, scope: Scope): unknown {
  switch (condition.is) {
    case 'literal':
      return condition.value;
    case 'value':
      return resolve(condition.name, scope);
    case 'not':
      return !holds(condition.of, scope);
    case 'and':
      return condition.parts.every((part) => holds(part, scope));
    case 'or':
      return condition.parts.some((part) => holds(part, scope));
    case 'compare':
      return compare(condition.how, evaluate(condition.left, scope), evaluate(condition.right, scope));
  }
}

function compare(how: Comparison, left: unknown, right: unknown): boolean {
  switch (how) {
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case 'in':
      return within(left, right);
    case 'not in':
      return !within(left, right);
    default:
      return ordered(how, left, right);
  }
}

function within(left: unknown, right: unknown): boolean {
  if (Array.isArray(right)) return right.some((item) => equal(left, item));
  return typeof right === 'string' && typeof left === 'string' && right.includes(left);
}

// What comes from a command line is text: "3" is the number 3 where it meets one.
function equal(left: unknown, right: unknown): boolean {
  const numbers = bothNumbers(left, right);
  return numbers === undefined ? isDeepStrictEqual(left, right) : numbers[0] === numbers[1];
}

function ordered(how: '<' | '<=' | '>' | '>=', left: unknown, right: unknown): boolean {
  const pair = bothNumbers(left, right) ?? (typeof left === 'string' && typeof right === 'string' ? [left, right] : []);
  const [a, b] = pair;
  if (a === undefined || b === undefined) return false;
  if (how === '<') return a < b;
  if (how === '<=') return a <= b;
  return how === '>' ? a > b : a >= b;
}

function bothNumbers(left: unknown, right: unknown): [number, number] | undefined {
  if (typeof left !== 'number' && typeof right !== 'number') return undefined;
  const a = asNumber(left);
  const b = asNumber(right);
  return a === undefined || b === undefined ? undefined : [a, b];
}

function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : undefined;
}
