// What a reader says was missing at first and supplied later, as a finding: the deed is sought anew in the calls, and compared with other revisions.
import type { Candidate, Cited } from '../../domain/reading.ts';
import { askedFinding, gradedFinding } from '../detectors/gap.ts';
import { chooseDeed } from '../detectors/gap-choice.ts';
import { Control } from '../detectors/gap-control.ts';
import { criterionGaps } from '../detectors/gap-grades.ts';
import { type Asking, workAfter } from '../detectors/gap-wishes.ts';
import { heardIn } from '../detectors/heard.ts';
import { quoteOf } from '../detectors/said.ts';
import type { Extract } from '../extract-types.ts';
import { deedName } from '../facts/deeds.ts';
import type { Ground } from '../mine.ts';
import type { Judged, JudgedBy } from './judged.ts';
import { sentenceAt } from './wish-finding.ts';

type Gap = Candidate & { kind: 'gap' };

const NO_DEED = {
  rule: 'deed',
  reason: 'what it says was done then is not what more than half of the cited sessions did',
} as const;

/** Refused where the calls do not show the deed; an anecdote where other revisions did it about as often. */
export function gapFinding(gap: Gap, { context: { sessions } }: Pick<Ground, 'context'>, { asked }: JudgedBy): Judged {
  return gap.criterion === undefined ? askedGap(gap, sessions, asked) : gradedGap(gap, gap.criterion, sessions, asked);
}

function gradedGap(gap: Gap, criterion: string, sessions: readonly Extract[], asked: number): Judged {
  const found = criterionGaps(sessions).find(({ name }) => name === criterion);
  if (found === undefined) return { rule: 'criterion', reason: 'a criterion that no session missed at first' };
  const choice = chooseDeed(found.helped, new Control(found.others), asked, deedName(gap));
  if (choice === undefined) return NO_DEED;
  const cited = new Set(gap.cited.map(({ session }) => session));
  const finding = gradedFinding(found, choice);
  const sightings = finding.sightings.filter(({ session }) => cited.has(session.session) && choice.deeds.has(session));
  if (sightings.length === 0) return NO_DEED;
  return { finding: { ...finding, sightings } };
}

function askedGap(gap: Gap, sessions: readonly Extract[], asked: number): Judged {
  const group = gap.cited.flatMap((place) => askingAt(place, sessions));
  const cited = new Set(group.map(({ session }) => session));
  const { wishes, others } = heardIn(sessions);
  const beside = [...others, ...wishes].filter(({ session }) => !cited.has(session));
  const choice = chooseDeed(group, new Control(beside), asked, deedName(gap));
  if (choice === undefined) return NO_DEED;
  return { finding: askedFinding(group, choice, 'in words of their own') };
}

/** The work between a person's words and the next, in a session that did not fail in the end. */
function askingAt(cited: Cited, sessions: readonly Extract[]): Asking[] {
  const found = sentenceAt(cited, sessions);
  if (found === undefined || found.extract.outcome === 'fail') return [];
  const { extract: session, place, turn, sentence } = found;
  const work = workAfter({ session, place });
  if (work === undefined) return [];
  const { at } = turn;
  return [{ session, place, ...(at !== undefined && { at }), quote: quoteOf({ session, place }, sentence), ...work }];
}
