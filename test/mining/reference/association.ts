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

/** What chance does, order by order: a sum of each, the observed one at `observed`. */
export interface ByOrder {
  sums: number[];
  observed: number;
}

/**
 * A sum beside others, by regression over all orders: what is left of it, its variance there, and the share of the variance of outcomes
 * (`freedom` in all) that the others leave unexplained, adjusted for their number.
 */
export function besideOthers(
  own: ByOrder,
  others: readonly ByOrder[],
  freedom: number,
): { sum: number; variance: number; share: number } {
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const product = (a: readonly number[], b: readonly number[]) => mean(a.map((x, o) => x * (b[o] ?? 0)));
  const centred = ({ sums }: ByOrder) => sums.map((x) => x - mean(sums));
  const residual = (x: number[], basis: readonly number[][]) =>
    basis.reduce((rest, b) => {
      const slope = product(rest, b) / product(b, b);
      return rest.map((value, o) => value - slope * (b[o] ?? 0));
    }, x);
  const basis: number[][] = [];
  for (const other of others) {
    const whole = centred(other);
    const rest = residual(residual(whole, basis), basis);
    if (product(rest, rest) > 1e-4 * product(whole, whole)) basis.push(rest);
  }
  const left = residual(centred(own), basis);
  const explained = basis.reduce((sum, b) => sum + (b[own.observed] ?? 0) ** 2 / product(b, b), 0);
  const free = freedom - basis.length;
  const share = free > 0 ? Math.max(0, freedom - explained) / free : 0;
  return { sum: left[own.observed] ?? 0, variance: product(left, left), share };
}

/** A candidate with the covariates that it puts beside others when it is kept. */
export interface Considered {
  own: ByOrder;
  covariates: ByOrder[];
  isLarge: boolean;
}

/**
 * The places of those that are kept: the strongest of what is left beside all kept so far, while chance does not often give as much; in
 * the end without the weakest, again and again, that chance would often give beside all the others.
 */
export function strongestOf(
  all: readonly Considered[],
  freedom: number,
  chanceOf: (score: number) => number,
  { first, distinct, sought, findings }: Limits,
): number[] {
  const score = (place: number, others: readonly number[]) => {
    const one = all[place] as Considered; // places are those of `all`
    const whole = besideOthers(one.own, [], freedom);
    const left = besideOthers(
      one.own,
      others.flatMap((o) => all[o]?.covariates ?? []),
      freedom,
    );
    if (left.variance < 0.02 * whole.variance || left.share < 1e-9 || left.sum * whole.sum < 0) return 0;
    return ratioScore(left.sum / left.share, Math.sqrt(left.variance / left.share), sought);
  };
  const weakest = (list: readonly { score: number }[]) => Math.min(...list.map((one) => one.score));
  const bar = (count: number) => (count === 1 ? first : distinct * count);
  let kept: number[] = [];
  const small = new Set<number>();
  while (kept.length < findings) {
    const open = [...all.keys()].filter((place) => !kept.includes(place) && !small.has(place));
    const scores = open.map((place) => ({ place, score: score(place, kept) }));
    const most = -weakest(scores.map((one) => ({ score: -one.score })));
    const best = scores.find((one) => one.score >= most - 1e-6);
    if (best === undefined || chanceOf(Math.max(0, best.score - 1e-6)) > bar(kept.length + 1)) break;
    if (all[best.place]?.isLarge) kept.push(best.place);
    else small.add(best.place);
  }
  while (kept.length > 1) {
    const scores = kept.map((place) => ({
      place,
      score: score(
        place,
        kept.filter((other) => other !== place),
      ),
    }));
    const least = weakest(scores);
    if (chanceOf(Math.max(0, least - 1e-6)) <= bar(kept.length)) break;
    const goes = scores.findLast((one) => one.score <= least + 1e-6)?.place;
    kept = kept.filter((place) => place !== goes);
  }
  return kept;
}
