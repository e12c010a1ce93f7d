// Detects what lay between a first attempt and an accepted one: criteria met only after a revision, and work that people had changed.
import { count } from '../../base/text.ts';
import type { Card } from '../../domain/card.ts';
import { groupAlike } from '../alike.ts';
import { argumentName } from '../arguments.ts';
import type { Extract } from '../extract-types.ts';
import { quoteCall } from '../quotes.ts';
import { type Context, type Detector, type Finding, type Sighting, timeOf } from './detector.ts';
import { type Choice, chooseDeed } from './gap-choice.ts';
import { Control, type Revision } from './gap-control.ts';
import { type CriterionGap, criterionGaps } from './gap-grades.ts';
import type { Asking } from './gap-wishes.ts';
import { heardIn } from './heard.ts';
import { againstAt, seenAt } from './seen.ts';

const LEAST = 2;
const ALIKE = 0.5;

export const gap: Detector = {
  family: 'gap',
  nothing: 'no criterion was missed at first and met after a revision in at least two sessions',
  detect: ({ sessions }) => [...gradedGaps(sessions), ...askedGaps(sessions)],
  silence,
};

function gradedGaps(sessions: readonly Extract[]): Finding[] {
  const gaps = criterionGaps(sessions).filter((g) => g.helped.length >= LEAST);
  return gaps.map((found) => gradedFinding(found, chooseDeed(found.helped, new Control(found.others), gaps.length)));
}

/** The finding of a criterion that was missed at first, and of what the revisions that helped have in common. */
export function gradedFinding(found: CriterionGap, choice: Choice | undefined): Finding {
  const { name, told, unmet, helped } = found;
  const shown = choice === undefined ? [] : [`; in ${choice.did} of them ${deedWords(choice)}${othersWords(choice)}`];
  return {
    kind: 'gap',
    ...(choice && { tool: choice.tool }),
    claim: `The criterion ${code(name)} was not met at first in ${unmet.size} of ${count(told, 'graded session')} and was met after a revision in ${helped.length}${shown.join('')}.`,
    normalised: JSON.stringify(['criterion', name, choice?.tool ?? null, choice?.argument ?? null]),
    gap: {
      criterion: name,
      told,
      unmet: unmet.size,
      met: helped.length,
      ...(choice && deedOf(choice)),
    },
    sightings: helped.map((r) => gradedSighting(r, found, choice)),
    against: againstOf(helped, choice),
    words: 'nobody',
    ...doubtOf(choice),
  };
}

// What a revision costs is the work of all rounds until the criterion was met.
function gradedSighting(revision: Revision, { unmet }: CriterionGap, choice: Choice | undefined): Sighting {
  const { session, calls, call: first } = revision;
  const place = choice?.deeds.get(session)?.place ?? first;
  const { at } = session.actions[place] ?? {};
  const tally = { events: unmet.get(session)?.revisions ?? 1, wasted: calls };
  const argument = choice?.argument?.split('/')[1];
  return seenAt(session, { place, ...(at !== undefined && { at }) }, tally, (call) => quoteCall(call, argument));
}

// Corrections in like words are one wish; what most of the work after them has in common is what was wished for.
function askedGaps(sessions: readonly Extract[]): Finding[] {
  const { wishes, others } = heardIn(sessions);
  const groups = groupAlike(wishes, (w) => w.words, ALIKE);
  const asked = groups.filter((g) => new Set(g.map((w) => w.session)).size >= LEAST);
  const control = new Control([...others, ...wishes]);
  return asked.flatMap((group) => {
    const choice = chooseDeed(group, control, asked.length);
    return choice === undefined || choice.did < LEAST ? [] : [askedFinding(group, choice)];
  });
}

/** The finding of what was done after people had found the work short; `how` they said so, for the claim. */
export function askedFinding(group: readonly Asking[], choice: Choice, how = 'in like words'): Finding {
  const sessions = new Set(group.map((w) => w.session));
  const first = new Map(group.toReversed().map((w) => [w.session, w]));
  const sightings = group.filter((w) => choice.deeds.has(w.session) && first.get(w.session) === w).map(askedSighting);
  return {
    kind: 'gap',
    tool: choice.tool,
    claim: `People found the work short in ${count(sessions.size, 'session')} ${how}; in ${choice.did} of them ${deedWords(choice)}${othersWords(choice)}.`,
    normalised: JSON.stringify(['asked', choice.tool, choice.argument ?? null, choice.to ?? null]),
    gap: { told: sessions.size, unmet: sessions.size, met: sessions.size, ...deedOf(choice) },
    sightings,
    against: againstOf(group, choice),
    words: 'nobody',
    ...doubtOf(choice),
  };
}

// Of thousands a few are shown, and only those are read.
function askedSighting(asking: Asking): Sighting {
  return {
    session: asking.session,
    events: 1,
    wasted: asking.calls,
    ...timeOf(asking.session, asking),
    get quote() {
      return asking.quote;
    },
  };
}

function deedOf({ argument, to, did, others }: Choice): Partial<NonNullable<Card['gap']>> {
  return { ...(argument !== undefined && { argument }), ...(to !== undefined && { to }), did, others };
}

function deedWords({ tool, argument, to, deeds }: Choice): string {
  if (argument === undefined) return `${code(tool)} was then called for the first time`;
  const value = to === undefined ? '' : `, to ${code(to)} in most`;
  return `another ${code(argumentName(argument))} was then given to ${code(tool)}${deeds.size > 0 ? value : ''}`;
}

function othersWords({ others }: Choice): string {
  if (others.revisions === 0) return '';
  return `, as in ${others.did} of ${count(others.revisions, 'other session')} that went on after a verdict or a word`;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

function againstOf(revisions: readonly Revision[], choice: Choice | undefined): Finding['against'] {
  if (choice === undefined) return [];
  const seen = new Set<Extract>(choice.deeds.keys());
  return revisions.flatMap(({ session, call }) => {
    if (seen.has(session)) return [];
    seen.add(session);
    return [againstAt(session, call, (action) => quoteCall(action))];
  });
}

function doubtOf(choice: Choice | undefined): { doubt?: string } {
  if (choice === undefined) return { doubt: 'nothing that was done in between is common to most' };
  return choice.doubt === undefined ? {} : { doubt: choice.doubt };
}

function silence({ sessions }: Context): string {
  const graded = sessions.filter((s) => s.evaluations !== undefined).length;
  const twice = sessions.filter((s) => (s.evaluations?.length ?? 0) > 1).length;
  const missed = criterionGaps(sessions);
  const { wishes } = heardIn(sessions);
  const corrected = new Set(wishes.map((w) => w.session)).size;
  const grades =
    twice === 0
      ? `${count(graded, 'session')} of ${sessions.length} graded and none more than once; run with a rubric and revisions, so that a first attempt and an accepted one can be compared`
      : `${count(twice, 'session')} of ${sessions.length} graded more than once; ${missed.length === 0 ? 'no criterion was missed at first' : `${count(missed.length, 'criterion was', 'criteria were')} missed at first, none met after a revision in ${LEAST} sessions`}`;
  return `searched ${grades}; people found work short in ${count(corrected, 'session')}, and no two in like words that the same change followed`;
}
