// Whether a rule holds in the newest sessions with thresholds that they did not set; undated sessions confirm nothing.
import { cochranMantelHaenszel } from '../../statistics/cmh.ts';
import { chiSquareTail } from '../../statistics/normal.ts';
import type { Rule } from './choose.ts';
import { type Ground, type GroundOfSessions, informativeStrata, tablesOf } from './ground.ts';
import { refined } from './refine.ts';
import { type Question, sidesOf } from './splits.ts';

const NEWEST = 0.3;
const SIGNIFICANT = 0.05;

/**
 * The rule's thresholds are set anew by the oldest 70 % of the dated sessions that speak, in which it must show with p ≤ 0.05, and
 * tried on the newest 30 %: the difference must have the same sign, p ≤ 0.05 one-sided, over at least three strata.
 */
export function isConfirmed(ground: GroundOfSessions, rule: Rule): boolean {
  const { sessions, speaking } = ground;
  const dated = [...speaking]
    .map((place) => ({ place, time: Date.parse(sessions[place]?.at ?? '') }))
    .filter(({ time }) => Number.isFinite(time))
    .sort((a, b) => a.time - b.time || a.place - b.place)
    .map(({ place }) => place);
  const cut = Math.ceil(dated.length * (1 - NEWEST));
  const [old, fresh] = [dated.slice(0, cut), dated.slice(cut)];
  const sign = rule.high ? 1 : -1;
  const { question } = refined(ground, rule.criterion, rule.question, sign, old);
  return (
    oneSided(ground, rule, question, old) <= SIGNIFICANT / 2 && oneSided(ground, rule, question, fresh) <= SIGNIFICANT
  );
}

// 1 where too few strata speak.
function oneSided(ground: Ground, { criterion, high }: Rule, question: Question, among: readonly number[]): number {
  const tables = tablesOf(ground, criterion, sidesOf(question), among);
  const test = cochranMantelHaenszel(tables.values());
  if (test.kind === 'nothing-to-test' || informativeStrata(tables).size < 3) return 1;
  const half = chiSquareTail(test.chiSquare) / 2;
  return test.observed > test.expected === high ? half : 1 - half;
}
