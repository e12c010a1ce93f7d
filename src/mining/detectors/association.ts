// Detects what went with outcomes within tasks, by sequential landmarks; says nothing about causes, and nothing at all on few sessions.
import type { Card } from '../../domain/card.ts';
import type { Action, Extract } from '../extract-types.ts';
import { UNKNOWN } from '../outcomes.ts';
import { GOES_ON, windowsAt } from '../patterns/board.ts';
import { claimOf, doubtOf, isConfirmed, isGood, noteOf, silenceWords } from '../patterns/claim.ts';
import { keyOf, patternOf, type Sign, toolOf } from '../patterns/describe.ts';
import { LIMITS, type Limits } from '../patterns/limits.ts';
import { newPopulation, type Population } from '../patterns/population.ts';
import { type Association, type Searched, searchAssociations } from '../patterns/search.ts';
import { quoteEnding } from '../quotes.ts';
import { unnamedWords } from '../strata.ts';
import { type Context, type Detector, type Finding, type Sighting, timeOf } from './detector.ts';
import { foldAll, foldOf } from './fold.ts';

export const association: Detector = associationWithin(LIMITS);

/** The detector with other limits, so that small worlds can speak. */
export function associationWithin(limits: Limits): Detector {
  // A context is searched once, whether there is something to say or only why there is not.
  const known = new WeakMap<Context, Searched>();
  const begin = (context: Context) => {
    const gathering = newPopulation(context, limits.newest);
    return {
      see: gathering.see,
      findings() {
        const population = gathering.population();
        const searched = searchAssociations(population, limits);
        known.set(context, searched);
        return searched.found.map((found) => findingOf(found, population, limits));
      },
    };
  };
  const searchedIn = (context: Context): Searched => {
    const found = known.get(context);
    if (found !== undefined) return found;
    foldAll([begin(context)], context);
    return searchedIn(context);
  };
  return foldOf(
    {
      family: 'association',
      nothing: 'nothing that sessions did went with their outcomes within tasks',
      silence: (context) => silenceWords(searchedIn(context), limits) + unnamedWords(context.sessions.filter(isJudged)),
    },
    begin,
  );
}

function isJudged({ outcome, evaluations }: Extract): boolean {
  return outcome !== null || evaluations !== undefined;
}

function findingOf(found: Association, population: Population, limits: Limits): Finding {
  const { sign, criterion, test } = found;
  const good = isGood(found);
  const { sightings, against } = sessionsOf(found, population, limits);
  const doubt = doubtOf(found, limits);
  const wasted = Math.abs(test.riskDifference.estimate);
  return {
    kind: 'association',
    tool: toolOf(sign),
    claim: claimOf(found, limits),
    normalised: JSON.stringify([criterion.name, good ? 'more' : 'less', keyOf(sign)]),
    effect: effectOf(found, limits),
    pattern: patternOf(sign, limits.window),
    // What a session that failed for it would have cost less, in the mean: its calls, times how much likelier it made that.
    sightings: sightings.map((s) => ({ ...s, wasted: wasted * s.session.actions.length })),
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
  { sessions }: Population,
  { landmarks }: Limits,
): { sightings: Sighting[]; against: Finding['against'] } {
  const { sign, criterion } = found;
  const windowOf = windowsAt(landmarks);
  const isCompared = (step: number | undefined, length: number) =>
    step === undefined || length >= (landmarks[windowOf(step)] ?? Number.POSITIVE_INFINITY) + GOES_ON;
  const expected = isGood(found) ? 1 : 0;
  const sightings: Sighting[] = [];
  const against: Finding['against'] = [];
  for (const [k, place] of sign.sessions.entries()) {
    const session = sessions[place];
    const value = criterion.values[place] ?? UNKNOWN;
    if (session === undefined || value === UNKNOWN) continue;
    const step = 'steps' in sign ? (sign.steps[k] ?? 0) : undefined;
    if (!isCompared(step, session.actions.length)) continue;
    const action = actionOf(sign, k, session);
    if (action === undefined) continue;
    const quote = quoteEnding(action);
    if (value !== expected) against.push({ session, quote });
    else sightings.push({ session, quote, events: 1, wasted: 0, action, ...timeOf(session, action) });
  }
  return { sightings, against };
}

// The call that completed it.
function actionOf(sign: Sign, k: number, session: Extract): Action | undefined {
  if (sign.type === 'pattern') return session.actions[(sign.steps[k] ?? 0) - 1];
  const { tool, status } = sign.kind;
  return session.actions.findLast((action) => action.tool === tool && action.status === status);
}

// Sums in another order may differ in the last bits, and cards are compared byte for byte.
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
