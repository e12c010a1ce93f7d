// Makes a detector of a comparison of outcomes: it answers to a context like every other, and what it says is plain values that a cache can keep; detects nothing itself.
import { answerTo } from '../searches.ts';
import type { Comparing, Context, Detector, Said } from './detector.ts';
import { findingOf } from './outline.ts';

/** @param begin called once a context, or more than once where nobody remembers what came of it */
export function comparisonOf(
  about: Pick<Detector, 'family' | 'nothing'>,
  begin: (context: Context) => Comparing,
): Detector & Required<Pick<Detector, 'compare'>> {
  // Whoever asks why it found nothing need not have it searched again.
  const known = new WeakMap<Context, Said>();
  const saidOf = (context: Context): Said => {
    const said = known.get(context) ?? saidHere(begin(context));
    known.set(context, said);
    return said;
  };
  return {
    ...about,
    detect: (context) => saidOf(context).found.map((outline) => findingOf(outline, context.sessions)),
    silence: (context) => saidOf(context).silence,
    compare: begin,
  };
}

/** What it says after a search in this thread. */
export function saidHere({ search, said }: Comparing): Said {
  return said(search && answerTo(search));
}
