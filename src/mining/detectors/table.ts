// The detectors that a dream runs, and the families of cards that this version does not search; adding one is one file and one row.
import type { Silence } from '../../domain/dream.ts';
import { argumentRule } from './argument-rule.ts';
import { association } from './association.ts';
import { blindRetry } from './blind-retry.ts';
import { correction } from './correction.ts';
import type { Detector } from './detector.ts';
import { errorFix } from './error-fix.ts';
import { gap } from './gap.ts';
import { loop } from './loop.ts';
import { thrash } from './thrash.ts';
import { workflow } from './workflow.ts';

export const detectors: readonly Detector[] = [
  errorFix,
  blindRetry,
  loop,
  thrash,
  correction,
  gap,
  workflow,
  argumentRule,
  association,
];

/** Named in every report, so that silence is never taken for a clean bill. */
export const notSearched: readonly Silence[] = [];
