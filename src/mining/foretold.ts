// What became of predictions: how often what a lesson said would fall or rise was seen before it was learned and since; compares nothing within tasks, so it proves nothing.
import type { Card, Prediction } from '../domain/card.ts';
import type { Extract } from './extract-types.ts';
import { occurrencesOf } from './occurrences.ts';

/** A lesson in force whose words came with a prediction. */
export interface Foreteller {
  entry: string;
  /** YYYY-MM-DD of the newest session that the dream had read which wrote it. */
  since: string;
  card: Card;
}

/** Sessions of one side, those of them that showed what was foretold, and those that had the lesson loaded. */
export interface Side {
  sessions: number;
  seen: number;
  loaded: number;
}

export interface Foretold {
  entry: string;
  predicts: Prediction;
  /** What was counted, as words after “sessions with …” or “sessions that …”. */
  what: string;
  since: string;
  before: Side;
  after: Side;
  /** Whether the rate went where it was said to go. Absent below the fewest sessions on either side. */
  came?: boolean;
}

/** Fewer sessions on either side say nothing, not even loosely. */
export const FEWEST = 10;
const MOST = 20; // entries: each is a pass over all sessions

/** One line for each prediction that can be counted in these sessions, in the order given; undated sessions are on neither side. */
export function foretoldIn(lessons: readonly Foreteller[], extracts: readonly Extract[]): Foretold[] {
  return lessons.slice(0, MOST).flatMap(({ entry, since, card }) => {
    const predicts = card.words?.predicts;
    if (predicts === undefined) return [];
    const counted = countedBy(predicts, card, extracts);
    if (counted === undefined) return [];
    const { what, concerns, shows } = counted;
    const about = extracts.filter(concerns).flatMap((extract) => {
      const day = (extract.last ?? extract.at)?.slice(0, 10);
      return day === undefined ? [] : [{ extract, isAfter: day > since }];
    });
    const side = (isAfter: boolean): Side => {
      const own = about.filter((one) => one.isAfter === isAfter).map((one) => one.extract);
      const loaded = own.filter((extract) => extract.loaded?.includes(entry)).length;
      return { sessions: own.length, seen: own.filter(shows).length, loaded };
    };
    const before = side(false);
    const after = side(true);
    const enough = before.sessions >= FEWEST && after.sessions >= FEWEST;
    const came = isRise(predicts) ? rate(after) > rate(before) : rate(after) < rate(before);
    return [{ entry, predicts, what, since, before, after, ...(enough && { came }) }];
  });
}

interface Counted {
  what: string;
  /** Sessions in which it could have been seen. */
  concerns: (extract: Extract) => boolean;
  shows: (extract: Extract) => boolean;
}

// Loops, edits put back and corrections are found across sessions, and have no count in a single one.
function countedBy(predicts: Prediction, card: Card, extracts: readonly Extract[]): Counted | undefined {
  if (predicts === 'error_falls' || predicts === 'blind_retries_fall') {
    const kind = predicts === 'error_falls' ? 'error_fix' : 'blind_retry';
    const occurrences = occurrencesOf({ ...card, kind }, extracts);
    if ('reason' in occurrences) return undefined;
    const { metric, count } = occurrences;
    const concerns = (extract: Extract) => extract.actions.some((action) => action.tool === card.tool);
    return { what: metric, concerns, shows: (extract) => count(extract) > 0 };
  }
  if (predicts === 'outcome_rises')
    return {
      what: 'a passing outcome',
      concerns: ({ outcome, actions }) =>
        outcome !== null && (card.tool === undefined || actions.some((action) => action.tool === card.tool)),
      shows: ({ outcome }) => outcome === 'pass',
    };
  const name = card.gap?.criterion ?? card.effect?.criterion;
  return predicts === 'criterion_rises' && name?.includes('/') ? byCriterion(name) : undefined;
}

// The first verdict: what comes after a revision is the reviser's work too.
function byCriterion(name: string): Counted {
  const at = name.indexOf('/');
  const rubric = name.slice(0, at);
  const criterion = name.slice(at + 1);
  const first = ({ evaluations = [] }: Extract) =>
    evaluations.find((evaluation) => evaluation.rubric === rubric && criterion in evaluation.criteria)?.criteria[
      criterion
    ];
  return {
    what: `the criterion ${name} met at once`,
    concerns: (extract) => first(extract) !== undefined,
    shows: (extract) => first(extract) === true,
  };
}

function isRise(predicts: Prediction): boolean {
  return predicts === 'outcome_rises' || predicts === 'criterion_rises';
}

function rate({ seen, sessions }: Side): number {
  return sessions === 0 ? 0 : seen / sessions;
}
