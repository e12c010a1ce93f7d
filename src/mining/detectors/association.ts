// Detects what went with outcomes within tasks, by sequential landmarks; says nothing about causes, and nothing at all on few sessions.
import type { Card } from '../../domain/card.ts';
import type { Extract } from '../extract-types.ts';
import { sourceOf } from '../fact-source.ts';
import { UNKNOWN } from '../outcomes.ts';
import { GOES_ON, windowsAt } from '../patterns/board.ts';
import { claimOf, doubtOf, isConfirmed, isGood, noteOf, silenceWords } from '../patterns/claim.ts';
import { keyOf, patternOf, type Sign, toolOf } from '../patterns/describe.ts';
import { LIMITS, type Limits } from '../patterns/limits.ts';
import { cohortOf } from '../patterns/population.ts';
import type { Association, Searched } from '../patterns/search.ts';
import { quoteEnding } from '../quotes.ts';
import { sizeOf } from '../stored-extract.ts';
import { unnamedWords } from '../strata.ts';
import { type Context, type Detector, type Finding, type Searching, type Sighting, timeOf } from './detector.ts';
import { searchedHere, searchOf } from './searching.ts';
import { againstAt, seenAt } from './seen.ts';

export const association: Detector = associationWithin(LIMITS);

/** The detector with other limits, so that small worlds can speak. */
export function associationWithin(limits: Limits): Detector {
  // A context is searched once, whether there is something to say or only why there is not.
  const known = new WeakMap<Context, Searched>();
  const begin = (context: Context): Searching => {
    const { cohort, members, judged } = cohortOf(context, limits.newest);
    return {
      search: { type: 'associations', cohort, steps: sourceOf(judged), limits },
      findings(answer) {
        if (answer.type !== 'associations') return [];
        known.set(context, answer.searched);
        return answer.searched.found.map((found) => findingOf(found, members, limits));
      },
    };
  };
  return searchOf(
    {
      family: 'association',
      nothing: 'nothing that sessions did went with their outcomes within tasks',
      silence(context) {
        if (!known.has(context)) searchedHere(begin(context));
        const searched = known.get(context);
        return searched && silenceWords(searched, limits) + unnamedWords(context.sessions.filter(isJudged));
      },
    },
    begin,
  );
}

function isJudged({ outcome, evaluations }: Extract): boolean {
  return outcome !== null || evaluations !== undefined;
}

function findingOf(found: Association, members: readonly Extract[], limits: Limits): Finding {
  const { sign, criterion } = found;
  const good = isGood(found);
  const { sightings, against } = sessionsOf(found, members, limits);
  const doubt = doubtOf(found, limits);
  return {
    kind: 'association',
    tool: toolOf(sign),
    claim: claimOf(found, limits),
    normalised: JSON.stringify([criterion.name, good ? 'more' : 'less', keyOf(sign)]),
    effect: effectOf(found, limits),
    pattern: patternOf(sign, limits.window),
    sightings,
    against,
    words: 'nobody',
    ...(doubt === undefined ? { note: noteOf(found, limits) } : { doubt }),
  };
}

function effectOf(found: Association, limits: Limits): NonNullable<Card['effect']> {
  const { criterion, test, odds, q } = found;
  return {
    criterion: criterion.name,
    or: rounded(odds.estimate),
    rd: rounded(test.riskDifference.estimate),
    ci: [rounded(odds.lower), rounded(odds.upper)],
    p: rounded(test.p),
    q: rounded(q),
    route: 'cmh',
    confirmed: isConfirmed(found, limits),
  };
}

// Sessions that showed it and came out as the claim says, and those that did and came out otherwise.
function sessionsOf(
  found: Association,
  members: readonly Extract[],
  { landmarks }: Limits,
): { sightings: Sighting[]; against: Finding['against'] } {
  const { sign, criterion, test } = found;
  const windowOf = windowsAt(landmarks);
  const isCompared = (step: number | undefined, length: number) =>
    step === undefined || length >= (landmarks[windowOf(step)] ?? Number.POSITIVE_INFINITY) + GOES_ON;
  const expected = isGood(found) ? 1 : 0;
  const wasted = Math.abs(test.riskDifference.estimate);
  const sightings: Sighting[] = [];
  const against: Finding['against'] = [];
  for (const [k, place] of sign.sessions.entries()) {
    const session = members[place];
    const value = criterion.values[place] ?? UNKNOWN;
    if (session === undefined || value === UNKNOWN) continue;
    const { calls } = sizeOf(session);
    if (!isCompared('steps' in sign ? (sign.steps[k] ?? 0) : undefined, calls)) continue;
    const call = callOf(sign, k, session);
    if (call < 0 || call >= calls) continue;
    if (value !== expected) against.push(againstAt(session, call, quoteEnding));
    else {
      const spot = { place: call, ...timeOf(session, session.actions[call]) };
      // What a session that failed for it would have cost less, in the mean: its calls, times how much likelier it made that.
      sightings.push(seenAt(session, spot, { events: 1, wasted: wasted * calls }, quoteEnding));
    }
  }
  return { sightings, against };
}

// The place of the call that completed it.
function callOf(sign: Sign, k: number, session: Extract): number {
  if (sign.type === 'pattern') return (sign.steps[k] ?? 0) - 1;
  const { tool, status } = sign.kind;
  return session.actions.findLastIndex((action) => action.tool === tool && action.status === status);
}

// Sums in another order may differ in the last bits, and cards are compared byte for byte.
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
