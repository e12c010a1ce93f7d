// Detects the same call made again right after its error, in vain; never counts a repeat that came after a change.
import { inGroup } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import type { RepeatFact } from '../fact-types.ts';
import { type Counting, NO_GROUP, type Parts } from '../folds/part.ts';
import { quoteCall, quoteError } from '../quotes.ts';
import type { Template } from '../templates.ts';
import type { Finding } from './detector.ts';
import { foldOf } from './fold.ts';
import { groupedRows, type RowsOf, SeenRows } from './seen-rows.ts';

const FAMILY = 'blind_retry';

export const blindRetry = foldOf(
  {
    family: FAMILY,
    nothing: 'no failing call was repeated unchanged in at least two sessions, or twice in one',
  },
  { count: counting, findings },
);

// `worked` is one more than the place of the call that worked, 0 where none did.
function counting(): Counting {
  const rows = new SeenRows('worked');
  return {
    see(passing) {
      const { doings, groups } = passing;
      const { errors, repeats } = doings;
      const own = new Map<number, RepeatFact[]>();
      for (const repeat of repeats) {
        const group = groups[repeat.error] ?? NO_GROUP;
        if (group !== NO_GROUP) inGroup(own, group, () => []).push(repeat);
      }
      for (const [group, all] of own) {
        const error = errors[all[0]?.error ?? -1];
        if (error === undefined) continue;
        const tally = { events: all.length, wasted: all.length, words: error.words };
        const worked = all.find((repeat) => repeat.worked);
        rows.add(passing, group, error, tally, worked === undefined ? 0 : worked.again + 1);
      }
    },
    kept: () => rows.kept({}),
  };
}

function findings(parts: Parts): Finding[] {
  return groupedRows(parts, FAMILY, ({ templates }, _, group) => templates[group]).flatMap(findingOf);
}

// Where repeating helps at least every other time it is a remedy, not a mistake.
function findingOf(rows: RowsOf<Template>): Finding[] {
  const { key: template, length } = rows;
  const worked = [...rows].filter(([part, row]) => part.number(row, 'worked') > 0);
  const sightings = rows.sightings(quoteError, template.text);
  const often = sightings.some((sighting) => sighting.events >= 2);
  if ((length < 2 && !often) || worked.length * 2 >= length) return [];
  return [
    {
      kind: FAMILY,
      tool: template.tool,
      template,
      claim: `Repeating the same call of ${template.tool} after “${template.text}” worked in ${worked.length} of ${count(length, 'session')}.`,
      normalised: 'repeated unchanged',
      sightings,
      against: worked.map(([part, row]) => part.against(row, part.number(row, 'worked') - 1, quoteCall)),
      words: 'tool',
    },
  ];
}
