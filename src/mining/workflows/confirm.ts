// Whether steps that go with passing did so in the oldest sessions alone, and do in the newest; undated sessions confirm nothing.
import { cochranMantelHaenszel } from '../../statistics/cmh.ts';
import { chiSquareTail } from '../../statistics/normal.ts';
import type { Run } from './runs.ts';
import { tablesOf } from './sides.ts';

const NEWEST = 0.3;
const FOUND = 0.025;
const CONFIRMED = 0.05;
const LEAST_STRATA = 3;

/**
 * The oldest 70 % of the dated sessions must show it beyond chance (p ≤ 0.025 one-sided, shared among all ways of working that were
 * tried, so that the newest had no say in the choice), and the newest 30 % must bear it out (p ≤ 0.05 one-sided), each over at
 * least three tasks and models with both outcomes.
 * @param sides as in `Workflow`
 * @param tried how many sequences' outcomes were looked at
 */
export function isConfirmed(runs: readonly Run[], sides: Int8Array, tried: number): boolean {
  const dated = runs
    .map(({ session }, place) => ({ place, time: Date.parse(session.at ?? ''), content: session.content }))
    .filter(({ time }) => Number.isFinite(time))
    .sort((a, b) => a.time - b.time || (a.content < b.content ? -1 : 1))
    .map(({ place }) => place);
  const cut = Math.ceil(dated.length * (1 - NEWEST));
  const [old, fresh] = [new Set(dated.slice(0, cut)), new Set(dated.slice(cut))];
  return oneSided(runs, sides, old) <= FOUND / Math.max(1, tried) && oneSided(runs, sides, fresh) <= CONFIRMED;
}

// 1 where too few strata speak.
function oneSided(runs: readonly Run[], sides: Int8Array, among: ReadonlySet<number>): number {
  const only = Int8Array.from(sides, (side, place) => (among.has(place) ? side : -1));
  const test = cochranMantelHaenszel(tablesOf(runs, only).values());
  if (test.kind === 'nothing-to-test' || test.informative < LEAST_STRATA) return 1;
  const half = chiSquareTail(test.chiSquare) / 2;
  return test.observed > test.expected ? half : 1 - half;
}
