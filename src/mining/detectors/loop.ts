// Detects calls that went round in a circle with equal results; polling whose results differ is none, nor are repeated errors (see blind-retry).
import { inGroup } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import { quoteCall } from '../quotes.ts';
import type { Finding, Sighting } from './detector.ts';
import { foldOf } from './fold.ts';
import { seenAt } from './seen.ts';

export const loop = foldOf(
  {
    family: 'loop',
    nothing: 'no call, and no cycle of up to four calls, was made three times in a row with equal results',
  },
  () => {
    const groups = new Map<string, { tools: string[]; sightings: Sighting[] }>();
    return {
      see(session, { rounds: found }) {
        for (const fact of found) {
          const { tools, rounds, wasted } = fact;
          const group = inGroup(groups, JSON.stringify(tools), () => ({ tools, sightings: [] }));
          group.sightings.push(seenAt(session, fact, { events: rounds, wasted }, quoteCall));
        }
      },
      findings: () => [...groups.values()].map(({ tools, sightings }) => findingOf(tools, sightings)),
    };
  },
);

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
