// The detectors that a dream runs, and the families of cards that this version does not search; adding one is one file and one row.
import type { Silence } from '../../domain/dream.ts';
import { blindRetry } from './blind-retry.ts';
import { correction } from './correction.ts';
import type { Detector } from './detector.ts';
import { errorFix } from './error-fix.ts';
import { loop } from './loop.ts';
import { thrash } from './thrash.ts';

export const detectors: readonly Detector[] = [errorFix, blindRetry, loop, thrash, correction];

/** Named in every report, so that silence is never taken for a clean bill. */
export const notSearched: readonly Silence[] = [
  { family: 'gap', reason: 'not searched in this version: what changed between a first and an accepted attempt' },
  { family: 'workflow', reason: 'not searched in this version: steps that successful sessions have in common' },
  {
    family: 'argument_rule',
    reason: 'not searched in this version: values of arguments that separate passes from failures',
  },
  {
    family: 'association',
    reason: 'not searched in this version: what goes with passing or failing, compared within tasks',
  },
];
