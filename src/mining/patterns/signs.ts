// Everything whose outcomes are compared, each once: of patterns that the same sessions show by the same landmarks, the simplest.
import { groupBy } from '../../base/collections.ts';
import { type Landmarks, windowsAt } from './board.ts';
import { type Sign, signOf, simplestFirst } from './describe.ts';
import { endingsOf } from './endings.ts';
import { frequentPatterns, type Shown } from './frequent.ts';
import type { Limits } from './limits.ts';
import type { Kind, Runs } from './runs.ts';

export interface Signs {
  signs: Sign[];
  /** 1 for sessions that are left out where ends are compared. */
  short: Uint8Array;
  /** Patterns with enough support, those shown by the same sessions as a simpler one included, and how many were too many to search. */
  frequent: number;
  left: number;
}

export function signsOf(runs: Runs, strata: Int32Array, limits: Limits): Signs {
  const least = Math.max(limits.support, Math.ceil(limits.share * runs.lengths.length));
  const { longest, window, strata: leastStrata, patterns } = limits;
  const found = frequentPatterns(runs, strata, { longest, window, sessions: least, strata: leastStrata, patterns });
  const { endings, short } = endingsOf(runs, { tail: window, least });
  const ends = endings.flatMap(({ at, kind, sessions: list }): Sign[] => {
    const named = runs.kinds[kind];
    return named === undefined ? [] : [{ type: 'ending', at, kind: named, sessions: list }];
  });
  const different = simplest(found.shown, runs.kinds, limits.landmarks);
  return {
    signs: simplestFirst([...different, ...ends]),
    short,
    frequent: found.shown.length + found.left,
    left: found.left,
  };
}

function simplest(shown: readonly Shown[], kinds: readonly Kind[], landmarks: Landmarks): Sign[] {
  const windowOf = windowsAt(landmarks);
  const hashes = new Map(shown.map((one) => [signOf(one, kinds), one.hash(windowOf)]));
  const alike = groupBy(simplestFirst([...hashes.keys()]), (sign) => hashes.get(sign) ?? 0);
  return [...alike.values()].flatMap((group) => {
    const kept: Sign[] = [];
    for (const sign of group) if (!kept.some((k) => isShownAlike(k, sign, windowOf))) kept.push(sign);
    return kept;
  });
}

function isShownAlike(a: Sign, b: Sign, windowOf: (step: number) => number): boolean {
  if (a.type !== 'pattern' || b.type !== 'pattern' || a.steps.length !== b.steps.length) return false;
  const [one, other] = [a.sessions, b.sessions];
  return one.every((session, k) => session === other[k] && windowOf(a.steps[k] ?? 0) === windowOf(b.steps[k] ?? 0));
}
