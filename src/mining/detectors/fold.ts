// Makes a detector of a fold over facts: it answers to a context like every other, and shares its walk with others; detects nothing itself.
import { atOnce, type Steps } from '../../base/steps.ts';
import { doingsOf } from '../stored-extract.ts';
import type { Context, Detector, Finding, Fold } from './detector.ts';

/** @param begin called once a context */
export function foldOf(
  about: Pick<Detector, 'family' | 'nothing' | 'silence'>,
  begin: (context: Context) => Fold,
): Detector {
  return {
    ...about,
    detect: (context) => atOnce(foldAll([begin(context)], context))[0] ?? [],
    fold: begin,
  };
}

const STEP = 1000; // sessions

/** What each of the folds found, in their order, after one walk over the sessions. */
export function* foldAll(folds: readonly Fold[], { sessions }: Pick<Context, 'sessions'>): Steps<Finding[][]> {
  for (const [at, session] of sessions.entries()) {
    if (at % STEP === 0) yield;
    const doings = doingsOf(session);
    for (const fold of folds) fold.see(session, doings);
  }
  return folds.map((fold) => fold.findings());
}
