// Where a feature may be cut in two: thresholds between neighbouring values, one category against the rest; looks at no outcome.
import type { Feature } from './features.ts';

/** Sessions on one side of it are exposed: those above the gap between two neighbouring values, or those of one category. */
export type Split = { feature: Feature } & ({ low: number; high: number } | { code: number });

/** A side of a split that a rule is confined to. */
export interface Condition {
  split: Split;
  /** Whether it is the side above, or of the category. */
  holds: boolean;
}

/** Exposure, under a condition or not. */
export interface Question {
  split: Split;
  condition?: Condition;
}

export const LEFT = -1;

const MAX_CATEGORIES = 16;
const LEAST = 3; // one session in each of three strata

/** The side of a session: 1 exposed, 0 not, LEFT where the feature has no value. */
export function sideOf(split: Split, place: number): number {
  const value = split.feature.values[place] ?? Number.NaN;
  if (Number.isNaN(value)) return LEFT;
  return ('code' in split ? value === split.code : value > split.low) ? 1 : 0;
}

/** By place of the session: 1 exposed, 0 not, LEFT where the condition does not hold or is not known. */
export function sidesOf({ split, condition }: Question): Int8Array {
  const wanted = condition?.holds === true ? 1 : 0;
  // A plain loop: this is where a large search spends its time.
  const sides = new Int8Array(split.feature.values.length);
  for (let place = 0; place < sides.length; place++) {
    const out = condition !== undefined && sideOf(condition.split, place) !== wanted;
    sides[place] = out ? LEFT : sideOf(split, place);
  }
  return sides;
}

/** At most `most` splits of a feature over these sessions: of many thresholds those nearest to equal shares of the sessions. */
export function splitsOf(feature: Feature, places: ArrayLike<number>, most: number): Split[] {
  return feature.categories === undefined ? thresholds(feature, places, most) : categories(feature, places, most);
}

function thresholds(feature: Feature, places: ArrayLike<number>, most: number): Split[] {
  const sorted = new Float64Array(places.length);
  let known = 0;
  for (let i = 0; i < places.length; i++) {
    const value = feature.values[places[i] ?? 0] ?? Number.NaN;
    if (!Number.isNaN(value)) sorted[known++] = value;
  }
  const values = sorted.subarray(0, known).sort();
  const gaps: { low: number; high: number; rank: number }[] = [];
  for (let i = 1; i < values.length; i++) {
    const [low = 0, high = 0] = [values[i - 1], values[i]];
    if (high > low) gaps.push({ low, high, rank: i });
  }
  return evenly(gaps, values.length, most).map(({ low, high }) => ({ feature, low, high }));
}

// For each of the equal shares the gap nearest to it, each gap once.
function evenly<T extends { rank: number }>(gaps: readonly T[], total: number, most: number): readonly T[] {
  if (gaps.length <= most) return gaps;
  const kept = new Set<T>();
  let next = 0;
  for (let share = 1; share <= most; share++) {
    const aim = (share * total) / (most + 1);
    while (
      next + 1 < gaps.length &&
      Math.abs((gaps[next + 1]?.rank ?? 0) - aim) <= Math.abs((gaps[next]?.rank ?? 0) - aim)
    )
      next++;
    const gap = gaps[next];
    if (gap !== undefined) kept.add(gap);
  }
  return [...kept];
}

function categories(feature: Feature, places: ArrayLike<number>, most: number): Split[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < places.length; i++) {
    const code = feature.values[places[i] ?? 0] ?? Number.NaN;
    if (!Number.isNaN(code)) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const common = [...counts]
    .filter(([, sessions]) => sessions >= LEAST)
    .sort(([a, m], [b, n]) => n - m || a - b)
    .slice(0, Math.min(most, MAX_CATEGORIES));
  // Of two categories one says it all.
  return (counts.size === 2 ? common.slice(0, 1) : common).map(([code]) => ({ feature, code }));
}
