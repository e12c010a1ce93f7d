// Whether an association is a matter of time: the same comparison among sessions of a task that lie next to each other in time; dates nothing.
import { type Board, boardOf, type Exposure, type Landmarks } from './board.ts';
import { type Judged, judge } from './judge.ts';

const NEIGHBOURS = 3;
const LEFT_OF_IT = 1 / 2;

/**
 * The board of the same sessions with every stratum cut into neighbours in time.
 * @param times in milliseconds, NaN for undated sessions
 */
export function boardByTime(
  { members }: Board,
  strata: Int32Array,
  lengths: Uint32Array,
  landmarks: Landmarks,
  times: Float64Array,
): Board {
  return boardOf(members, neighbours(members, strata, times), lengths, landmarks);
}

/**
 * True where sessions of a task that lie next to each other in time show less than half of the difference: agents and tools change
 * with time, and what became common when results became better is not what made them better.
 */
export function isMatterOfTime(byTime: Board, exposure: Exposure, outcomes: Uint8Array, { test }: Judged): boolean {
  const apart = judge(byTime, exposure, outcomes);
  if (apart === undefined) return false;
  return apart.test.riskDifference.estimate / test.riskDifference.estimate < LEFT_OF_IT;
}

// Groups of two or three of each stratum in the order of time; those without a date make one group.
function neighbours(members: Uint32Array, strata: Int32Array, times: Float64Array): Int32Array {
  const dated = new Map<number, { who: number; ms: number }[]>();
  const undated = new Map<number, number>();
  const groups = new Int32Array(strata.length);
  let next = 0;
  for (const who of members) {
    const stratum = strata[who] ?? 0;
    const ms = times[who] ?? Number.NaN;
    const list = dated.get(stratum);
    if (!Number.isFinite(ms)) {
      const group = undated.get(stratum) ?? next++;
      undated.set(stratum, group);
      groups[who] = group;
    } else if (list === undefined) dated.set(stratum, [{ who, ms }]);
    else list.push({ who, ms });
  }
  for (const list of dated.values()) {
    list.sort((a, b) => a.ms - b.ms || a.who - b.who);
    const count = Math.ceil(list.length / NEIGHBOURS);
    for (const [i, { who }] of list.entries()) groups[who] = next + Math.floor((i * count) / list.length);
    next += count;
  }
  return groups;
}
