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
import type { Association } from '../patterns/search.ts';
import { sizeOf } from '../stored-extract.ts';
import { unnamedWords } from '../strata.ts';
import { comparisonOf } from './comparing.ts';
import type { Comparing, Context, Outline } from './detector.ts';
import { placesOf, SeenList } from './outline.ts';

export const association = associationWithin(LIMITS);

/** The detector with other limits, so that small worlds can speak. */
export function associationWithin(limits: Limits) {
  const begin = (context: Context): Comparing => {
    const { cohort, members, judged } = cohortOf(context, limits.newest);
    return {
      search: { type: 'associations', cohort, steps: sourceOf(judged), limits },
      said(answer) {
        if (answer?.type !== 'associations') return { found: [] };
        const { searched } = answer;
        const places = new Map(context.sessions.map((session, place) => [session, place]));
        const compared = members.map((session) => ({ session, place: places.get(session) ?? -1 }));
        return {
          found: searched.found.map((found) => outlineOf(found, compared, limits)),
          silence: silenceWords(searched, limits) + unnamedWords(context.sessions.filter(isJudged)),
        };
      },
    };
  };
  return comparisonOf(
    { family: 'association', nothing: 'nothing that sessions did went with their outcomes within tasks' },
    begin,
  );
}

/** A session, and its place among those of the context. */
interface Member {
  session: Extract;
  place: number;
}

function isJudged({ outcome, evaluations }: Extract): boolean {
  return outcome !== null || evaluations !== undefined;
}

function outlineOf(found: Association, members: readonly Member[], limits: Limits): Outline {
  const { sign, criterion } = found;
  const good = isGood(found);
  const doubt = doubtOf(found, limits);
  return {
    kind: 'association',
    tool: toolOf(sign),
    claim: claimOf(found, limits),
    normalised: JSON.stringify([criterion.name, good ? 'more' : 'less', keyOf(sign)]),
    effect: effectOf(found, limits),
    pattern: patternOf(sign, limits.window),
    quote: { ending: true },
    ...sessionsOf(found, members, limits),
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
  members: readonly Member[],
  { landmarks }: Limits,
): Pick<Outline, 'seen' | 'against'> {
  const { sign, criterion, test } = found;
  const windowOf = windowsAt(landmarks);
  const isCompared = (step: number | undefined, length: number) =>
    step === undefined || length >= (landmarks[windowOf(step)] ?? Number.POSITIVE_INFINITY) + GOES_ON;
  const expected = isGood(found) ? 1 : 0;
  const wasted = Math.abs(test.riskDifference.estimate);
  const seen = new SeenList();
  const against: { session: number; call: number }[] = [];
  for (const [k, number] of sign.sessions.entries()) {
    const member = members[number];
    const value = criterion.values[number] ?? UNKNOWN;
    if (member === undefined || value === UNKNOWN) continue;
    const { session, place } = member;
    const { calls } = sizeOf(session);
    if (!isCompared('steps' in sign ? (sign.steps[k] ?? 0) : undefined, calls)) continue;
    const call = callOf(sign, k, session);
    if (call < 0 || call >= calls) continue;
    // What a session that failed for it would have cost less, in the mean: its calls, times how much likelier it made that.
    if (value === expected) seen.add(place, session, call, wasted * calls);
    else against.push({ session: place, call });
  }
  return { seen: seen.seen(), against: placesOf(against) };
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
