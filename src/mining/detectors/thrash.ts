// Detects work that was done and then put back: an edit and its inverse, or A, B and A again in one place; never counts a failed call.
import { inGroup } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import type { Counting, Parts } from '../folds/part.ts';
import { quoteCall } from '../quotes.ts';
import type { Finding, Sighting } from './detector.ts';
import { foldOf } from './fold.ts';
import { groupedRows, SeenRows } from './seen-rows.ts';

const FAMILY = 'thrash';

export const thrash = foldOf(
  {
    family: FAMILY,
    nothing: 'no edit was taken back by its inverse, and nothing was rewritten to what it had been before',
  },
  { count: counting, findings },
);

interface Kept {
  tools: string[];
}

function counting(): Counting {
  const rows = new SeenRows();
  const tools = new Map<string, number>();
  return {
    see(passing) {
      for (const fact of passing.doings.undone) {
        const tool = inGroup(tools, fact.tool, () => tools.size);
        rows.add(passing, tool, fact, { events: fact.calls, wasted: fact.calls * 2 });
      }
    },
    kept: () => rows.kept({ tools: [...tools.keys()] } satisfies Kept),
  };
}

function findings(parts: Parts): Finding[] {
  const toolOf = (value: unknown, tool: number) => (value as Kept).tools[tool]; // of our own making
  return groupedRows(parts, FAMILY, (_, { value }, group) => toolOf(value, group)).map((rows) =>
    findingOf(rows.key, rows.sightings(quoteCall)),
  );
}

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
