// How often the mistake of a card was made in a session, counted as the miner counts it; reads extracts, and looks at no outcome.
import type { Card } from '../domain/card.ts';
import { readingOf } from './error-reading.ts';
import type { Extract } from './extract-types.ts';
import type { ErrorFact } from './fact-types.ts';
import { doingsOf, errorsOf } from './stored-extract.ts';
import { buildTemplates } from './templates.ts';

/** What is counted of a card, in words, and how; or why nothing can be. */
export type Occurrences = { metric: string; count: (extract: Extract) => number } | { reason: string };

/**
 * The counter of a card's mistake. Errors are matched by templates that are built over the errors of all `extracts` and the
 * card's own template, so that what varied then and what varies now is told apart alike. Cards of other kinds than failed
 * calls promise nothing that could be counted here.
 */
export function occurrencesOf(
  card: Pick<Card, 'kind' | 'tool' | 'template'>,
  extracts: readonly Extract[],
): Occurrences {
  const { kind, tool, template } = card;
  if (kind !== 'error_fix' && kind !== 'blind_retry')
    return { reason: `a lesson of kind ${kind} names no error whose number could fall` };
  if (tool === undefined || template === undefined) return { reason: 'its card names no error' };
  const errors = extracts.flatMap((e) => errorsOf(e).filter((error) => error.tool === tool));
  const told = { tool, reading: readingOf(template) };
  const index = buildTemplates([...errors, told]);
  const wanted = index.templateOf(tool, told.reading)?.key;
  if (wanted === undefined) return { reason: 'its error cannot be told from others' };
  const isIt = (error: ErrorFact | undefined) =>
    error !== undefined && error.tool === tool && index.templateOf(tool, error.reading)?.key === wanted;
  if (kind === 'blind_retry')
    return {
      metric: `calls of ${tool} repeated unchanged after this error`,
      count: (extract) => {
        const { errors: own, repeats } = doingsOf(extract);
        return repeats.filter((repeat) => isIt(own[repeat.error])).length;
      },
    };
  return {
    metric: `calls of ${tool} that failed with this error`,
    count: (extract) => errorsOf(extract).filter(isIt).length,
  };
}
