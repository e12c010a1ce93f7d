// Makes a detector of a fold over facts: it answers to a context like every other, and shares its walk with others; detects nothing itself.
import { doingsOf } from '../stored-extract.ts';
import type { Context, Detector, Finding, Fold } from './detector.ts';

/** @param begin called once a context */
export function foldOf(
  about: Pick<Detector, 'family' | 'nothing' | 'silence'>,
  begin: (context: Context) => Fold,
): Detector {
  return {
    ...about,
    detect: (context) => foldAll([begin(context)], context)[0] ?? [],
    fold: begin,
  };
}

/** What each of the folds found, in their order, after one walk over the sessions. */
export function foldAll(folds: readonly Fold[], { sessions }: Pick<Context, 'sessions'>): Finding[][] {
  for (const session of sessions) {
    const doings = doingsOf(session);
    for (const fold of folds) fold.see(session, doings);
  }
  return folds.map((fold) => fold.findings());
}
