// Makes a detector of a search that any thread can do: it answers to a context like every other; detects nothing itself.
import { answerTo } from '../searches.ts';
import type { Context, Detector, Finding, Searching } from './detector.ts';

/** @param begin called once a context, or more than once where nobody remembers what came of it */
export function searchOf(
  about: Pick<Detector, 'family' | 'nothing' | 'silence'>,
  begin: (context: Context) => Searching,
): Detector {
  return { ...about, detect: (context) => searchedHere(begin(context)), search: begin };
}

/** The findings after a search in this thread. */
export function searchedHere({ search, findings }: Searching): Finding[] {
  return findings(answerTo(search));
}
