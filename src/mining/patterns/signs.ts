// Everything whose outcomes are compared, each once: of patterns that the same sessions show by the same landmarks, the simplest.
import { groupBy } from '../../base/collections.ts';
import type { Extract } from '../extract-types.ts';
import { type Landmarks, windowOf } from './board.ts';
import { bySimplicity, type Sign, signOf } from './describe.ts';
import { endingsOf } from './endings.ts';
import { frequentPatterns } from './frequent.ts';
import type { Limits } from './limits.ts';
import { runsOf } from './runs.ts';

export interface Signs {
  signs: Sign[];
  /** Calls of each session. */
  lengths: Uint32Array;
  /** 1 for sessions that are left out where ends are compared. */
  short: Uint8Array;
  /** Patterns with enough support, those shown by the same sessions as a simpler one included, and how many were too many to search. */
  frequent: number;
  left: number;
}

export function signsOf(sessions: readonly Extract[], strata: Int32Array, limits: Limits): Signs {
  const runs = runsOf(sessions);
  const least = Math.max(limits.support, Math.ceil(limits.share * sessions.length));
  const { longest, window, strata: leastStrata, patterns } = limits;
  const found = frequentPatterns(runs, strata, { longest, window, sessions: least, strata: leastStrata, patterns });
  const { endings, short } = endingsOf(runs, { tail: window, least });
  const ends = endings.flatMap(({ at, kind, sessions: list }): Sign[] => {
    const named = runs.kinds[kind];
    return named === undefined ? [] : [{ type: 'ending', at, kind: named, sessions: list }];
  });
  const different = simplest(
    found.shown.map((shown) => signOf(shown, runs.kinds)),
    limits.landmarks,
  );
  return {
    signs: [...different, ...ends].sort(bySimplicity),
    lengths: runs.lengths,
    short,
    frequent: found.shown.length + found.left,
    left: found.left,
  };
}

function simplest(signs: readonly Sign[], landmarks: Landmarks): Sign[] {
  const alike = groupBy([...signs].sort(bySimplicity), (sign) => hashOf(sign, landmarks));
  return [...alike.values()].flatMap((group) => {
    const kept: Sign[] = [];
    for (const sign of group) if (!kept.some((k) => isShownAlike(k, sign, landmarks))) kept.push(sign);
    return kept;
  });
}

function hashOf({ sessions, ...sign }: Sign, landmarks: Landmarks): number {
  let hash = sessions.length;
  for (let k = 0; k < sessions.length; k++) {
    const window = 'steps' in sign ? windowOf(sign.steps[k] ?? 0, landmarks) : 0;
    hash = Math.imul(hash ^ ((sessions[k] ?? 0) * 8 + window), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function isShownAlike(a: Sign, b: Sign, landmarks: Landmarks): boolean {
  if (a.type !== 'pattern' || b.type !== 'pattern' || a.sessions.length !== b.sessions.length) return false;
  return a.sessions.every(
    (session, k) =>
      session === b.sessions[k] && windowOf(a.steps[k] ?? 0, landmarks) === windowOf(b.steps[k] ?? 0, landmarks),
  );
}
