// Makes a detector of a fold over facts: it answers to a context like every other, and shares its walk with others; detects nothing itself.
import { atOnce, type Steps } from '../../base/steps.ts';
import type { Fold } from '../folds/part.ts';
import { type Keeping, partsOf } from '../folds/parts.ts';
import type { Context, Detector, Finding } from './detector.ts';

export function foldOf(
  about: Pick<Detector, 'family' | 'nothing' | 'silence'>,
  counts: Omit<Fold<Finding>, 'name'>,
): Detector {
  const fold = { name: about.family, ...counts };
  return {
    ...about,
    detect: ({ sessions }) => atOnce(foldAll([fold], sessions)).found.flatMap((found) => [...found]),
    fold,
  };
}

/**
 * What each of the folds found, in their order, to be taken one after the other; and how many sessions were counted for it. Those of
 * chunks that are kept are not.
 */
export function* foldAll(
  folds: readonly Fold<Finding>[],
  sessions: Context['sessions'],
  keeping?: Keeping,
): Steps<{ found: Iterable<Finding>[]; counted: number }> {
  const { parts, counted } = yield* partsOf(folds, sessions, keeping);
  return { found: folds.map((fold) => fold.findings(parts)), counted };
}
