// Detects errors of a tool and what got past them: an argument changed, another tool first, or nothing; every session has one vote.
import { inGroup } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import type { Change } from '../../domain/card.ts';
import { topKey } from '../arguments.ts';
import { keptIn, type Parts } from '../folds/part.ts';
import { quoteCall, quoteError } from '../quotes.ts';
import type { Template } from '../templates.ts';
import type { Finding } from './detector.ts';
import { foldOf } from './fold.ts';
import { type Habits, habitsIn } from './habits.ts';
import { presenceIn } from './presence.ts';
import { choose, type Remedy } from './remedy.ts';
import { remedyWords } from './remedy-words.ts';
import { groupedRows, type RowsOf } from './seen-rows.ts';
import type { VoteTally } from './tally.ts';
import { VoteCounting } from './votes.ts';
import { tallyOf, votesIn, votesKept } from './votes-in-parts.ts';

const FAMILY = 'error_fix';

export const errorFix = foldOf(
  { family: FAMILY, nothing: 'no error of a tool occurred in at least two sessions' },
  { count: () => new VoteCounting(), findings },
);

function* findings(parts: Parts): Generator<Finding> {
  const kept = parts.all.map((part) => ({ part, kept: keptIn(part, FAMILY) }));
  const presence = presenceIn(kept.map(({ kept: { value } }) => votesKept(value).worked));
  const habits = new Map<string, Habits>();
  const habitsOf = (tool: string) =>
    inGroup(habits, tool, () => {
      const rows = kept.map((one) => ({ ...one, number: votesKept(one.kept.value).habits.indexOf(tool) }));
      return habitsIn(parts.sessions, rows, tool);
    });
  const votes = votesIn(parts, FAMILY);
  for (const rows of groupedRows(parts, FAMILY, ({ templates }, _, group) => templates[group])) {
    if (rows.length < 2) continue;
    const tally = tallyOf(votes.get(rows.key) ?? []);
    yield findingOf({ rows, tally }, choose(tally, habitsOf(rows.key.tool), presence));
  }
}

/** What a finding is made of. */
interface Group {
  rows: RowsOf<Template>;
  tally: VoteTally;
}

function findingOf(group: Group, remedy: Remedy): Finding {
  const { rows, tally } = group;
  const { key: template } = rows;
  const change = changeOf(tally, remedy);
  return {
    kind: 'error_fix',
    tool: template.tool,
    template,
    claim: `${template.tool} failed with “${template.text}” in ${count(tally.votes, 'session')}${remedyWords(template.tool, change, remedy)}.`,
    normalised: normalised(remedy),
    change,
    sightings: rows.sightings(quoteError, template.text),
    against: [...againstOf(group, remedy)],
    words: 'tool',
    ...(remedy.argument?.borrowed === true && { borrowed: true as const }),
    ...(remedy.doubt !== undefined && { doubt: remedy.doubt }),
  };
}

function changeOf(tally: VoteTally, { argument, first, waited, deadEnd, tried, p }: Remedy): Change {
  const { votes, repaired, repeated, calls, tokens, nanoUsd } = tally;
  return {
    ...(argument && { argument: argument.pointer }),
    ...(argument?.from !== undefined && { from: argument.from }),
    ...(argument?.to !== undefined && { to: argument.to }),
    changed: argument?.sessions ?? 0,
    repaired,
    failed: votes,
    ...(first && { first }),
    ...(waited && { waited }),
    ...(deadEnd && {
      dead_end: {
        sessions: tried,
        calls,
        ...(tokens !== null && { tokens }),
        ...(nanoUsd !== null && { usd: Number((nanoUsd / 1e9).toPrecision(3)) }),
      },
    }),
    ...(repeated.sessions > 0 && { repeated }),
    ...(p !== undefined && { p }),
  };
}

function normalised({ argument, first, waited, tried }: Remedy): string {
  if (waited) return 'wait';
  if (argument) return `change ${argument.pointer}`;
  if (first) return `first ${first.tool}`;
  return tried === 0 ? 'given up' : 'no remedy';
}

// Sessions that got past the error without what the claim names, or did what it names in vain.
function* againstOf({ rows }: Group, { argument, first, waited }: Remedy): Generator<Finding['against'][number]> {
  if (!waited && !argument && !first) return;
  for (const [part, row] of rows) {
    if (waited) {
      if (part.number(row, 'inVain') === 1) yield part.against(row, part.number(row, 'place'), quoteError);
      continue;
    }
    const repair = votesKept(part.value).repairs[part.number(row, 'repair') - 1];
    if (repair === undefined) continue;
    const [changed, tools] = repair;
    if (argument ? changed.includes(argument.pointer) : tools.includes(first?.tool ?? '')) continue;
    yield part.against(row, part.number(row, 'fix'), (call) => quoteCall(call, topKey(changed[0] ?? '')));
  }
}
