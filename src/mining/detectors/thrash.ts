// Detects work that was done and then put back: an edit and its inverse, or A, B and A again in one place; never counts a failed call.
import { inGroup } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import { quoteCall } from '../quotes.ts';
import type { Finding, Sighting } from './detector.ts';
import { foldOf } from './fold.ts';
import { seenAt } from './seen.ts';

export const thrash = foldOf(
  {
    family: 'thrash',
    nothing: 'no edit was taken back by its inverse, and nothing was rewritten to what it had been before',
  },
  () => {
    const groups = new Map<string, Sighting[]>();
    return {
      see(session, { undone }) {
        for (const fact of undone) {
          const tally = { events: fact.calls, wasted: fact.calls * 2 };
          inGroup(groups, fact.tool, () => []).push(seenAt(session, fact, tally, quoteCall));
        }
      },
      findings: () => [...groups].map(([tool, sightings]) => findingOf(tool, sightings)),
    };
  },
);

function findingOf(tool: string, sightings: Sighting[]): Finding {
  return {
    kind: 'thrash',
    tool,
    claim: `What ${tool} had done was put back by a later call of ${tool} in ${count(sightings.length, 'session')}.`,
    normalised: 'put back',
    sightings,
    against: [],
    words: 'nobody',
  };
}
