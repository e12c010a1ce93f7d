// What a finding is worth and in which order findings come; reads no clock, ages count from the newest session.
import type { Trust } from '../domain/card.ts';
import { wilson } from '../statistics/wilson.ts';

const HALF_LIFE_DAYS = 90;
const DAY = 86_400_000;

const TRUST_WEIGHT: Record<Trust, number> = { policy: 1, person: 1, agent: 0.9, local_tool: 0.9, outside_tool: 0.5 };

/**
 * Expected tool calls avoided per 1,000 sessions, carefully: lower end of the 95 % Wilson interval of the share of sessions in
 * which it was seen, times the mean number of calls it wasted in one of those.
 */
export function scoreOf(seen: number, sessions: number, wasted: number): number {
  if (seen === 0) return 0;
  return round(wilson(seen, sessions).lower * (wasted / seen) * 1000);
}

/**
 * Score × spread × trust × 2^(−age / 90 days). Spread is n / (n + 1), n being the effective number of tasks (inverse Simpson index
 * of sessions per task), so what one task alone shows counts half.
 * @param newest RFC 3339 time of the newest session read; a finding without a date is taken as new
 */
export function rankOf(finding: {
  score: number;
  perTask: readonly number[];
  trust: Trust;
  lastSeen?: string;
  newest?: string;
}): number {
  const { score, perTask, trust, lastSeen, newest } = finding;
  const total = perTask.reduce((sum, n) => sum + n, 0);
  const squares = perTask.reduce((sum, n) => sum + n * n, 0);
  const tasks = squares === 0 ? 0 : (total * total) / squares;
  const age =
    lastSeen === undefined || newest === undefined ? 0 : Math.max(0, (Date.parse(newest) - Date.parse(lastSeen)) / DAY);
  return score * (tasks / (tasks + 1)) * TRUST_WEIGHT[trust] * 2 ** (-age / HALF_LIFE_DAYS);
}

// Sums in another order may differ in the last bits, and cards are compared byte for byte.
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
