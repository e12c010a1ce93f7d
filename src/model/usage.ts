// Adds up tokens as servers report them, parts of one as a whole; a number that makes no sense counts as not reported.
import type { Usage } from './model.ts';

/** No tokens, and nobody said so. */
export function noUsage(): Usage {
  return {
    input_tokens: 0,
    output_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    known: false,
  };
}

const MOST = 1e12; // tokens of one request

const FIELDS = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'] as const;

/** `usage` with what an event reports put over it: the numbers of a stream are totals, so the last one counts. */
export function addReported(usage: Usage, reported: unknown): Usage {
  if (typeof reported !== 'object' || reported === null) return usage;
  const next = { ...usage };
  for (const field of FIELDS) {
    const value: unknown = Reflect.get(reported, field);
    if (typeof value !== 'number' || !(value >= 0 && value <= MOST)) continue;
    next[field] = Math.ceil(value);
    next.known = true;
  }
  return next;
}

/** Tokens of two attempts together; known where either is. */
export function sumUsage(a: Usage, b: Usage): Usage {
  const sum = noUsage();
  for (const field of FIELDS) sum[field] = a[field] + b[field];
  sum.known = a.known || b.known;
  return sum;
}
