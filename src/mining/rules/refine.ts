// The thresholds that fit a rule best, and those that fit nearly as well; estimates a rule that was found, and finds none.
import type { Criterion } from '../outcomes.ts';
import { excessOf, type Ground } from './ground.ts';
import { type Question, type Split, sidesOf, splitsOf } from './splits.ts';

/** More thresholds than this are not told apart. */
const MOST = 512;
/** 95 % of chi-square with one degree of freedom. */
const NEARLY = 3.841459;

export interface Fit {
  /** Its thresholds are the gaps between two neighbouring values that separate outcomes best, the middle one of equals. */
  question: Question;
  /** Least and largest threshold of the exposure that fits nearly as well: its chi-square is at most 3.84 below the best. */
  range?: [number, number];
}

/**
 * The search tries few thresholds; here every one between two neighbouring values is, first the exposure's, then the condition's,
 * then the exposure's again, always in the direction that was found.
 * @param sign of the score that was found
 * @param among places of the sessions to look at, all that can speak otherwise
 */
export function refined(
  ground: Ground,
  criterion: Criterion,
  found: Question,
  sign: number,
  among: ArrayLike<number> = ground.speaking,
): Fit {
  const fitOf = (question: Question) => sign * scoreOf(ground, criterion, question, among);
  const first = best(found.split, among, (split) => fitOf({ ...found, split }));
  const { condition } = found;
  if (condition === undefined) return { question: { split: first.split }, ...rangeOf(first) };
  const when = best(condition.split, among, (split) =>
    fitOf({ split: first.split, condition: { ...condition, split } }),
  );
  const under = { ...condition, split: when.split };
  const second = best(first.split, among, (split) => fitOf({ split, condition: under }));
  return { question: { split: second.split, condition: under }, ...rangeOf(second) };
}

/** (Σa − ΣE) / √ΣV of the compared sessions, without correction: only for telling fits apart. */
export function scoreOf(
  ground: Ground,
  criterion: Criterion,
  question: Question,
  among: ArrayLike<number> = ground.speaking,
): number {
  const { over, variance } = excessOf(ground, criterion, sidesOf(question), among);
  return variance === 0 ? 0 : over / Math.sqrt(variance);
}

interface Best {
  split: Split;
  fits: { split: Split; fit: number }[];
  fit: number;
}

// A category stays what it is.
function best(split: Split, among: ArrayLike<number>, fitOf: (split: Split) => number): Best {
  if ('code' in split) return { split, fits: [], fit: fitOf(split) };
  const fits = splitsOf(split.feature, among, MOST).map((s) => ({ split: s, fit: fitOf(s) }));
  const fit = fits.reduce((most, f) => Math.max(most, f.fit), Number.NEGATIVE_INFINITY);
  const equals = fits.filter((f) => f.fit >= fit - 1e-9);
  return { split: equals[Math.floor((equals.length - 1) / 2)]?.split ?? split, fits, fit };
}

function rangeOf({ fits, fit }: Best): Pick<Fit, 'range'> {
  const near = fits.filter((f) => f.fit > 0 && f.fit ** 2 >= fit ** 2 - NEARLY).map((f) => f.split);
  const lows = near.flatMap((s) => ('low' in s ? [s.low] : []));
  const highs = near.flatMap((s) => ('high' in s ? [s.high] : []));
  return lows.length === 0 ? {} : { range: [Math.min(...lows), Math.max(...highs)] };
}
