// The lines in which errors are worded, and what those that differ only in their values have in common; groups none of them.
import { WILDCARD } from './drain.ts';
import type { Reading } from './fact-types.ts';

/** A line in which a tool's errors were worded. */
export interface Wording extends Omit<Reading, 'masked'> {
  tool: string;
  /** Its marks by type, where all errors agree on it; null where they do not even have as many tokens. */
  masked: string | null;
  /** How often. */
  times: number;
}

/** Marks are shown by type where all lines agree on it; the same in whatever order they are joined. */
export function commonMask(a: string | null, b: string | null): string | null {
  if (a === b) return a;
  if (a === null || b === null) return null;
  const [one, other] = [a.split(' '), b.split(' ')];
  if (one.length !== other.length) return null;
  return one.map((token, i) => (token === other[i] ? token : WILDCARD)).join(' ');
}
