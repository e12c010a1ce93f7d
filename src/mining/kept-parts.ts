// Where mining keeps what it worked out of many sessions, so that the next one need not; works out nothing.
import { KEEPS_NOTHING, type Kept, openKept } from '../store/kept.ts';
import type { Layout } from '../store/layout.ts';
import { COMPARING_VERSION } from './comparisons.ts';
import { EXTRACT_VERSION } from './extract-types.ts';
import { FOLDS_VERSION } from './folds/parts.ts';

export interface KeptParts {
  /** What came of comparing outcomes. */
  comparisons: Kept;
  /** What was counted of chunks of sessions. */
  folds: Kept;
}

/** Nothing is kept, and nothing known. */
export const NO_PARTS: KeptParts = { comparisons: KEEPS_NOTHING, folds: KEEPS_NOTHING };

/** The parts in the cache of a memory. */
export function keptOf({ cache }: Pick<Layout, 'cache'>): KeptParts {
  return {
    comparisons: openKept(cache, 'comparisons', 1000 * COMPARING_VERSION + EXTRACT_VERSION),
    folds: openKept(cache, 'folds', 1000 * FOLDS_VERSION + EXTRACT_VERSION),
  };
}
