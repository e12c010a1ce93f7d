// Where a feature may be cut in two: thresholds between neighbouring values, one category against the rest; looks at no outcome.
import { LEAST } from './cells.ts';
import type { Feature } from './features.ts';

/** Sessions on one side of it are exposed: those above the gap between two neighbouring values, or those of one category. */
export type Split = { feature: Feature } & (
  | { low: number; high: number /** Codes above it are those of `high` and more. */; cut: number }
  | { /** Place of the category. */ code: number }
);

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

/**
 * By place of the session: 1 exposed, 0 not, LEFT where the condition does not hold or is not known.
 * @param sides where to write it, for whoever asks about many questions one after the other
 */
export function sidesOf(
  { split, condition }: Question,
  sides: Int8Array = new Int8Array(split.feature.codes.length),
): Int8Array {
  // By tables: values come in no order, so every branch on them would be guessed wrongly half the time.
  const { codes } = split.feature;
  const sideOfCode = sidesByCode(split);
  for (let place = 0; place < codes.length; place++) sides[place] = sideOfCode[codes[place] ?? 0] ?? LEFT;
  if (condition === undefined) return sides;
  const { holds, split: when } = condition;
  const leaves = sidesByCode(when).map((side) => (side === (holds ? 1 : 0) ? 0 : LEFT));
  const under = when.feature.codes;
  // LEFT is all bits set, so it stays LEFT and makes LEFT of the rest.
  for (let place = 0; place < under.length; place++)
    sides[place] = (sides[place] ?? LEFT) | (leaves[under[place] ?? 0] ?? LEFT);
  return sides;
}

function sidesByCode(split: Split): Int8Array {
  const { levels, categories } = split.feature;
  // One more for the categories that are not told apart.
  const sides = new Int8Array(2 + (categories?.length ?? levels.length));
  sides[0] = LEFT;
  if ('code' in split) sides[split.code + 1] = 1;
  else sides.fill(1, split.cut + 1);
  return sides;
}

/** Whether what is not one of its categories is the other. */
export function isOneOfTwo({ categories, rest }: Feature): boolean {
  return categories?.length === 2 && rest === undefined;
}

/** At most `most` splits of a feature over these sessions: of many thresholds those nearest to equal shares of the sessions. */
export function splitsOf(feature: Feature, places: ArrayLike<number>, most: number): Split[] {
  return feature.categories === undefined ? thresholds(feature, places, most) : categories(feature, places, most);
}

function thresholds(feature: Feature, places: ArrayLike<number>, most: number): Split[] {
  const { counts, known } = countsOf(feature, places);
  const gaps: { low: number; high: number; cut: number; rank: number }[] = [];
  let cut = 0;
  let rank = 0;
  for (let code = 1; code < counts.length; code++) {
    const sessions = counts[code] ?? 0;
    if (sessions === 0) continue;
    const [low = 0, high = 0] = [feature.levels[cut - 1], feature.levels[code - 1]];
    if (cut > 0) gaps.push({ low, high, cut, rank });
    cut = code;
    rank += sessions;
  }
  return evenly(gaps, known, most).map(({ low, high, cut }) => ({ feature, low, high, cut }));
}

/** By code, how many of these sessions have it; and how many have any. */
function countsOf({ codes, categories, levels }: Feature, places: ArrayLike<number>) {
  const counts = new Uint32Array(2 + (categories?.length ?? levels.length));
  for (let i = 0; i < places.length; i++) {
    const code = codes[places[i] ?? 0] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return { counts, known: places.length - (counts[0] ?? 0) };
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
  const { counts } = countsOf(feature, places);
  const occurring = [...counts.entries()].filter(([code, sessions]) => code > 0 && sessions > 0);
  const common = occurring
    .filter(([code, sessions]) => sessions >= LEAST && code <= (feature.categories?.length ?? 0))
    .sort(([a, m], [b, n]) => n - m || a - b)
    .slice(0, Math.min(most, MAX_CATEGORIES));
  // Of two categories one says it all.
  return (occurring.length === 2 ? common.slice(0, 1) : common).map(([code]) => ({ feature, code: code - 1 }));
}
