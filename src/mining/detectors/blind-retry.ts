// Detects the same call made again right after its error, in vain; never counts a repeat that came after a change.
import { inGroup } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import type { Extract } from '../extract-types.ts';
import { quoteCall, quoteError } from '../quotes.ts';
import type { Context, ErrorTemplate, Finding, Fold, Sighting } from './detector.ts';
import { foldOf } from './fold.ts';
import { againstAt, seenAt, wordsKnown } from './seen.ts';

export const blindRetry = foldOf(
  {
    family: 'blind_retry',
    nothing: 'no failing call was repeated unchanged in at least two sessions, or twice in one',
  },
  begin,
);

interface Group {
  template: ErrorTemplate;
  sightings: Sighting[];
  /** The call that worked, of sessions in which one did. */
  worked: { session: Extract; place: number }[];
}

function begin({ templateOf }: Context): Fold {
  const groups = new Map<string, Group>();
  return {
    see(session, { errors, repeats }) {
      const own = new Map<ErrorTemplate, typeof repeats>();
      for (const repeat of repeats) {
        const error = errors[repeat.error];
        const template = error && templateOf(error.tool, error.reading);
        if (template !== undefined) inGroup(own, template, () => []).push(repeat);
      }
      for (const [template, all] of own) {
        const group = inGroup(groups, template.key, () => ({ template, sightings: [], worked: [] }));
        const error = errors[all[0]?.error ?? -1];
        if (error === undefined) continue;
        const tally = { events: all.length, wasted: all.length, ...wordsKnown(error) };
        group.sightings.push(seenAt(session, error, tally, quoteError));
        const worked = all.find((repeat) => repeat.worked);
        if (worked !== undefined) group.worked.push({ session, place: worked.again });
      }
    },
    findings: () => [...groups.values()].flatMap(findingOf),
  };
}

// Where repeating helps at least every other time it is a remedy, not a mistake.
function findingOf({ template, sightings, worked }: Group): Finding[] {
  const often = sightings.some((sighting) => sighting.events >= 2);
  if ((sightings.length < 2 && !often) || worked.length * 2 >= sightings.length) return [];
  return [
    {
      kind: 'blind_retry',
      tool: template.tool,
      template,
      claim: `Repeating the same call of ${template.tool} after “${template.text}” worked in ${worked.length} of ${count(sightings.length, 'session')}.`,
      normalised: 'repeated unchanged',
      sightings,
      against: worked.map(({ session, place }) => againstAt(session, place, quoteCall)),
      words: 'tool',
    },
  ];
}
