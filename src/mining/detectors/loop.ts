// Detects calls that went round in a circle with equal results; polling whose results differ is none, nor are repeated errors (see blind-retry).
import { inGroup } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import type { Counting, Parts } from '../folds/part.ts';
import { quoteCall } from '../quotes.ts';
import type { Finding, Sighting } from './detector.ts';
import { foldOf } from './fold.ts';
import { groupedRows, SeenRows } from './seen-rows.ts';

const FAMILY = 'loop';

export const loop = foldOf(
  {
    family: FAMILY,
    nothing: 'no call, and no cycle of up to four calls, was made three times in a row with equal results',
  },
  { count: counting, findings },
);

/** Cycles of tools, each as a list in JSON. */
interface Kept {
  cycles: string[];
}

function counting(): Counting {
  const rows = new SeenRows();
  const cycles = new Map<string, number>();
  return {
    see(passing) {
      for (const fact of passing.doings.rounds) {
        const cycle = inGroup(cycles, JSON.stringify(fact.tools), () => cycles.size);
        rows.add(passing, cycle, fact, { events: fact.rounds, wasted: fact.wasted });
      }
    },
    kept: () => rows.kept({ cycles: [...cycles.keys()] } satisfies Kept),
  };
}

function findings(parts: Parts): Finding[] {
  const cycleOf = (value: unknown, cycle: number) => (value as Kept).cycles[cycle]; // of our own making
  return groupedRows(parts, FAMILY, (_, { value }, group) => cycleOf(value, group)).map((rows) =>
    findingOf(JSON.parse(rows.key) as string[], rows.sightings(quoteCall)),
  );
}

function findingOf(tools: readonly string[], sightings: Sighting[]): Finding {
  const [tool] = tools;
  const what = tools.length === 1 ? `The same call of ${tool}` : `The same cycle of ${tools.join(', ')}`;
  return {
    kind: 'loop',
    ...(tools.length === 1 && tool !== undefined && { tool }),
    claim: `${what} was made three or more times in a row with equal results in ${count(sightings.length, 'session')}.`,
    normalised: `cycle ${JSON.stringify(tools)}`,
    sightings,
    against: [],
    words: 'nobody',
    // The claim names the tools, so a name that is a sentence would stand in it as one.
    ...(tools.every((name) => /^[\w.:@/-]{1,128}$/.test(name))
      ? {}
      : { doubt: 'a tool has a name that no program would use' }),
  };
}
