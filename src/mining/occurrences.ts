// How often the mistake of a card was made in a session, counted as the miner counts it; reads extracts, and looks at no outcome.
import type { Card } from '../domain/card.ts';
import { repeatsOf } from './detectors/repair.ts';
import type { Extract } from './extract-types.ts';
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
  const errors = extracts.flatMap((e) =>
    e.actions.flatMap((a) => (a.tool === tool && a.error !== undefined ? [{ tool, error: a.error }] : [])),
  );
  const index = buildTemplates([...errors, { tool, error: template }]);
  const wanted = index.templateOf(tool, template)?.key;
  if (wanted === undefined) return { reason: 'its error cannot be told from others' };
  const isIt = (error: string | undefined) => error !== undefined && index.templateOf(tool, error)?.key === wanted;
  if (kind === 'blind_retry')
    return {
      metric: `calls of ${tool} repeated unchanged after this error`,
      count: (extract) => repeatsOf(extract).filter((r) => r.error.tool === tool && isIt(r.error.error)).length,
    };
  return {
    metric: `calls of ${tool} that failed with this error`,
    count: (extract) => extract.actions.filter((a) => a.tool === tool && isIt(a.error)).length,
  };
}
