// Where mining keeps what it worked out of many sessions, so that the next one need not; works out nothing.
import { KEEPS_NOTHING, type Kept, openKept } from '../store/kept.ts';
import type { Layout } from '../store/layout.ts';
import { COMPARING_VERSION } from './comparisons.ts';
import { EXTRACT_VERSION } from './extract-types.ts';

export interface KeptParts {
  /** What came of comparing outcomes. */
  comparisons: Kept;
}

/** Nothing is kept, and nothing known. */
export const NO_PARTS: KeptParts = { comparisons: KEEPS_NOTHING };

/** The parts in the cache of a memory. */
export function keptOf({ cache }: Pick<Layout, 'cache'>): KeptParts {
  return { comparisons: openKept(cache, 'comparisons', 1000 * COMPARING_VERSION + EXTRACT_VERSION) };
}
