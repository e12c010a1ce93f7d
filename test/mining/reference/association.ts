// Associations by their definition, plain and slow: maps, sets and every order of the outcomes; the reference of the fast search.
import type { Extract } from '../../../src/mining/extract-types.ts';
import type { Limits } from '../../../src/mining/patterns/limits.ts';

/** A pattern or an ending by its key, with the step at which each session first showed it (0 for endings). */
export type Shown = Map<string, Map<number, number>>;

interface Run {
  tool: string;
  status: string;
  /** Steps of the run, from 1. */
  steps: number[];
}

export function lanesOfRuns(session: Extract): Run[][] {
  const lanes = new Map<string, Run[]>();
  session.actions.forEach(({ lane, tool, status }, i) => {
    const runs = lanes.get(lane) ?? [];
    lanes.set(lane, runs);
    if (status === 'unanswered') return;
    const last = runs.at(-1);
    if (last?.tool === tool && last.status === status) last.steps.push(i + 1);
    else runs.push({ tool, status, steps: [i + 1] });
  });
  return [...lanes.values()].filter((runs) => runs.length > 0);
}

/** What a session shows by each number of its steps, asked anew of what it had done by then. */
export function firstSteps(
  session: Extract,
  { longest, window }: Pick<Limits, 'longest' | 'window'>,
): Map<string, number> {
  const first = new Map<string, number>();
  for (let step = 1; step <= session.actions.length; step++) {
    const soFar = { ...session, actions: session.actions.slice(0, step) };
    for (const lane of lanesOfRuns(soFar)) {
      for (const key of keysIn(lane, longest, window)) if (!first.has(key)) first.set(key, step);
    }
  }
  return first;
}

// Keys of patterns that end with the last run; those that ended before were noted at an earlier step.
function* keysIn(runs: readonly Run[], longest: number, window: number): Generator<string> {
  const last = runs.length - 1;
  const part = (run: Run, times: number) => [run.tool, run.status, times];
  const ways = (run: Run) => [1, 2, 4].filter((times) => times <= run.steps.length).map((times) => part(run, times));
  for (let length = 1; length <= longest && length <= runs.length; length++) {
    let all: unknown[][] = [[]];
    for (const run of runs.slice(runs.length - length))
      all = all.flatMap((parts) => ways(run).map((p) => [...parts, p]));
    for (const parts of all) yield JSON.stringify(['next', ...parts]);
  }
  for (let i = Math.max(0, last - window); i < last; i++) {
    const [a, b] = [runs[i], runs[last]];
    if (a !== undefined && b !== undefined) yield JSON.stringify(['later', part(a, 1), part(b, 1)]);
  }
}

export function shownPatterns(sessions: readonly Extract[], strata: ArrayLike<number>, limits: Limits): Shown {
  const all: Shown = new Map();
  sessions.forEach((session, i) => {
    for (const [key, step] of firstSteps(session, limits)) {
      const list = all.get(key) ?? new Map<number, number>();
      all.set(key, list.set(i, step));
    }
  });
  const least = Math.max(limits.support, limits.share * sessions.length);
  return new Map(
    [...all].filter(
      ([, list]) => list.size >= least && new Set([...list.keys()].map((i) => strata[i])).size >= limits.strata,
    ),
  );
}

export interface Table {
  a: number;
  b: number;
  c: number;
  d: number;
  stratum: string;
}

/** The tables of one pattern: at each landmark the runs that went on after it and had not shown it by the landmark before. */
export function tablesOf(
  sessions: readonly Extract[],
  strata: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  shown: ReadonlyMap<number, number>,
  landmarks: readonly number[],
): Table[] {
  const tables = new Map<string, Table>();
  landmarks.forEach((landmark, l) => {
    const before = landmarks[l - 1] ?? 0;
    sessions.forEach((session, i) => {
      if (session.actions.length < landmark + 1) return;
      const first = shown.get(i);
      if (first !== undefined && first <= before) return;
      const stratum = `${strata[i]} at ${landmark}`;
      const table = tables.get(stratum) ?? { a: 0, b: 0, c: 0, d: 0, stratum };
      tables.set(stratum, table);
      const exposed = first !== undefined && first <= landmark;
      table[exposed ? (outcomes[i] ? 'a' : 'b') : outcomes[i] ? 'c' : 'd']++;
    });
  });
  return [...tables.values()];
}

export interface Sums {
  observed: number;
  expected: number;
  variance: number;
  chiSquare: number;
  or: number;
  rd: number;
}

/** E, V, χ², OR and RD as the design writes them; undefined where no stratum holds both exposures and both outcomes. */
export function sumsOf(all: readonly Table[]): Sums | undefined {
  const told = all.filter(({ a, b, c, d }) => (a + b) * (c + d) > 0);
  const speaking = told.filter(({ a, b, c, d }) => (a + c) * (b + d) > 0);
  if (speaking.length === 0) return undefined;
  const total = (list: readonly Table[], f: (t: Table, n: number) => number) =>
    list.reduce((sum, t) => sum + f(t, t.a + t.b + t.c + t.d), 0);
  const observed = total(speaking, (t) => t.a);
  const expected = total(speaking, (t, n) => ((t.a + t.b) * (t.a + t.c)) / n);
  const variance = total(
    speaking,
    (t, n) => ((t.a + t.b) * (t.c + t.d) * (t.a + t.c) * (t.b + t.d)) / (n * n * (n - 1)),
  );
  return {
    observed,
    expected,
    variance,
    chiSquare: Math.max(0, Math.abs(observed - expected) - 0.5) ** 2 / variance,
    or: total(speaking, (t, n) => (t.a * t.d) / n) / total(speaking, (t, n) => (t.b * t.c) / n),
    rd:
      total(told, (t, n) => (t.a * (t.c + t.d) - t.c * (t.a + t.b)) / n) /
      total(told, (t, n) => ((t.a + t.b) * (t.c + t.d)) / n),
  };
}

/**
 * What a sum of a − E, half a session nearer to 0, tells for odds between the given ones against none, or for their reciprocals: the
 * root of twice the largest log-likelihood ratio, by trial of both ends and the likeliest; the sum is taken as normal with variance V and mean V ln(odds).
 */
export function ratioScore(sum: number, spread: number, [least, most]: readonly [number, number]): number {
  if (spread < 1e-9) return 0;
  const beyond = Math.max(0, Math.abs(sum) - 0.5);
  const variance = spread ** 2;
  const logDensity = (x: number, mean: number) => -((x - mean) ** 2) / (2 * variance);
  const ratioAt = (odds: number) => logDensity(beyond, variance * Math.log(odds)) - logDensity(beyond, 0);
  const likeliest = Math.exp(beyond / variance);
  const tried = [least, most, ...(likeliest > least && likeliest < most ? [likeliest] : [])];
  return Math.sqrt(2 * Math.max(0, ...tried.map(ratioAt)));
}

/** False-discovery rates by their definition: at each threshold up to the score, what all orders find in the mean against what was found. */
export function falseDiscovery(observed: readonly number[], byOrder: readonly (readonly number[])[]): number[] {
  const crumb = 1e-9;
  const rateAt = (threshold: number) => {
    const found = observed.filter((z) => z >= threshold - crumb).length;
    const chance = byOrder.flat().filter((z) => z >= threshold - crumb).length / byOrder.length;
    return Math.min(1, chance / found);
  };
  return observed.map((z) => Math.min(...observed.filter((t) => t <= z + crumb).map(rateAt)));
}

/** Every order of the outcomes within strata, equal ones once. */
export function ordersOf(strata: ArrayLike<number>, outcomes: ArrayLike<number>): number[][] {
  const list = Array.from(outcomes);
  const seen = new Map<string, number[]>();
  const deal = (i: number, order: number[], used: Set<number>) => {
    if (i === list.length) {
      seen.set(order.join(''), order);
      return;
    }
    const tried = new Set<number>();
    list.forEach((value, j) => {
      if (used.has(j) || strata[i] !== strata[j] || tried.has(value)) return;
      tried.add(value);
      deal(i + 1, [...order, value], new Set([...used, j]));
    });
  };
  deal(0, [], new Set());
  return [...seen.values()];
}
