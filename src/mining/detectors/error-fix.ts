// Detects errors of a tool and what got past them: an argument changed, another tool first, or nothing; every session has one vote.
import { inGroup } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import type { Change } from '../../domain/card.ts';
import { topKey } from '../arguments.ts';
import type { Extract } from '../extract-types.ts';
import type { Doings, ErrorFact, RepairFact, Spot } from '../fact-types.ts';
import { type Quote, quoteCall, quoteError } from '../quotes.ts';
import type { Context, ErrorTemplate, Finding, Fold, Sighting } from './detector.ts';
import { foldOf } from './fold.ts';
import { newHabits } from './habits.ts';
import { newPresence } from './presence.ts';
import { choose, type Remedy } from './remedy.ts';
import { remedyWords } from './remedy-words.ts';
import { againstAt, seenAt, wordsKnown } from './seen.ts';
import { countVote, newTally, type Vote, type VoteTally, wastedBy } from './tally.ts';

export const errorFix = foldOf(
  { family: 'error_fix', nothing: 'no error of a tool occurred in at least two sessions' },
  begin,
);

interface Group {
  template: ErrorTemplate;
  tally: VoteTally;
  sightings: Sighting[];
  /** Sessions whose same call was made again in vain. */
  inVain: { session: Extract; error: Spot }[];
  /** Repairs that changed and were preceded by the same, by what that was. */
  repairs: Map<string, Repairs>;
}

interface Repairs {
  changed: string[];
  tools: string[];
  /** Side by side, the sessions and the places of the calls that worked: there may be very many. */
  sessions: Extract[];
  places: number[];
}

function begin({ templateOf }: Context): Fold {
  const groups = new Map<string, Group>();
  const habits = newHabits();
  const presence = newPresence();
  return {
    see(session, facts) {
      habits.see(session, facts);
      presence.see(facts);
      for (const [template, vote] of votesOf(facts, templateOf))
        note(
          inGroup(groups, template.key, () => newGroup(template)),
          session,
          vote,
        );
    },
    findings() {
      const shares = presence.shares();
      return [...groups.values()]
        .filter(({ tally }) => tally.votes >= 2)
        .map((group) => findingOf(group, choose(group.tally, habits.of(group.template.tool), shares)));
    },
  };
}

function votesOf({ errors, repeats }: Doings, templateOf: Context['templateOf']): Map<ErrorTemplate, Vote> {
  const votes = new Map<ErrorTemplate, Vote>();
  if (errors.length === 0) return votes;
  const templates = errors.map(({ tool, reading }) => templateOf(tool, reading));
  for (const [i, error] of errors.entries()) {
    const template = templates[i];
    if (template === undefined) continue;
    const vote = inGroup(votes, template, (): Vote => ({ error, events: 0 }));
    vote.events++;
    // The occurrence that was got past speaks for the session; the ones before it only say that it took a while.
    if (vote.error.repair === undefined && error.repair !== undefined) vote.error = error;
    noteAgain(vote, error.again);
  }
  for (const { error, worked } of repeats) {
    const template = templates[error];
    const vote = template && votes.get(template);
    if (vote !== undefined) vote.repeated = vote.repeated === true || worked;
  }
  return votes;
}

// As with repairs: the occurrence whose call worked later speaks for the session.
function noteAgain(vote: Vote, again: ErrorFact['again']): void {
  if (again === undefined) return;
  if (vote.again === undefined || (!vote.again.worked && again.worked)) vote.again = again;
}

function newGroup(template: ErrorTemplate): Group {
  return { template, tally: newTally(), sightings: [], inVain: [], repairs: new Map() };
}

function note({ tally, sightings, inVain, repairs }: Group, session: Extract, vote: Vote): void {
  const { error, events, again } = vote;
  countVote(tally, vote);
  sightings.push(seenAt(session, error, { events, wasted: wastedBy(vote), ...wordsKnown(error) }, quoteError));
  if (again !== undefined && !again.worked) inVain.push({ session, error });
  if (error.repair !== undefined) noteRepair(repairs, session, error.repair);
}

function noteRepair(repairs: Group['repairs'], session: Extract, { changed, tools, place }: RepairFact): void {
  const same = inGroup(repairs, nameOf(changed, tools), (): Repairs => {
    return { changed: changed.map((change) => change.pointer), tools, sessions: [], places: [] };
  });
  same.sessions.push(session);
  same.places.push(place);
}

// Nearly always one argument was changed, or nothing; a JSON pointer is never a list in JSON.
function nameOf(changed: RepairFact['changed'], tools: readonly string[]): string {
  const [first, ...others] = changed;
  if (first !== undefined && others.length === 0 && tools.length === 0 && !first.pointer.startsWith('['))
    return first.pointer;
  return JSON.stringify([changed.map((change) => change.pointer), tools]);
}

function findingOf(group: Group, remedy: Remedy): Finding {
  const { template, tally, sightings } = group;
  const change = changeOf(tally, remedy);
  return {
    kind: 'error_fix',
    tool: template.tool,
    template,
    claim: `${template.tool} failed with “${template.text}” in ${count(tally.votes, 'session')}${remedyWords(template.tool, change, remedy)}.`,
    normalised: normalised(remedy),
    change,
    sightings,
    against: againstOf(group, remedy),
    words: 'tool',
    ...(remedy.argument?.borrowed === true && { borrowed: true as const }),
    ...(remedy.doubt !== undefined && { doubt: remedy.doubt }),
  };
}

function changeOf(tally: VoteTally, { argument, first, waited, deadEnd, tried, p }: Remedy): Change {
  const { votes, repaired, repeated, calls, tokens, usd } = tally;
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
        ...(tokens !== undefined && { tokens }),
        ...(usd !== undefined && { usd: Number(usd.toPrecision(3)) }),
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
function againstOf({ inVain, repairs }: Group, { argument, first, waited }: Remedy): Finding['against'] {
  if (waited) return inVain.map(({ session, error }) => againstAt(session, error.place, quoteError));
  if (!argument && !first) return [];
  return [...repairs.values()].flatMap(({ changed, tools, sessions, places }) => {
    if (argument ? changed.includes(argument.pointer) : tools.includes(first?.tool ?? '')) return [];
    const quote = (call: Parameters<typeof quoteCall>[0]): Quote => quoteCall(call, topKey(changed[0] ?? ''));
    return sessions.map((session, i) => againstAt(session, places[i] ?? 0, quote));
  });
}
