// The fast search against its plain definition, on random small inputs: the same patterns, tables, numbers and decisions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Extract } from '../../../src/mining/extract-types.ts';
import { boardOf } from '../../../src/mining/patterns/board.ts';
import { type Compared, compareAll } from '../../../src/mining/patterns/compare.ts';
import { bySimplicity, keyOf, type Sign } from '../../../src/mining/patterns/describe.ts';
import { isLarge, judge } from '../../../src/mining/patterns/judge.ts';
import { LIMITS, type Limits } from '../../../src/mining/patterns/limits.ts';
import type { Population } from '../../../src/mining/patterns/population.ts';
import { runsOf } from '../../../src/mining/patterns/runs.ts';
import { searchAssociations } from '../../../src/mining/patterns/search.ts';
import { signsOf } from '../../../src/mining/patterns/signs.ts';
import { tablesOf } from '../../../src/mining/patterns/tables.ts';
import { shrunkenOddsRatio } from '../../../src/statistics/shrink.ts';
import { extractOf } from '../extracts.ts';
import * as reference from '../reference/association.ts';
import { actionOf } from './worlds.ts';

const CAMPAIGN = process.env.AGENTMEM_CAMPAIGN === '1';
const RUNS = CAMPAIGN ? 1000 : 300;

const SMALL: Limits = {
  ...LIMITS,
  sessions: 1,
  landmarks: [2, 4, 6],
  longest: 3,
  window: 2,
  support: 2,
  strata: 1,
  exactUpTo: 5000,
  q: 0.6,
  riskDifference: 0.1,
  sought: [1.1, 3],
  oddsRatio: 1.1,
  informative: 1,
  findings: 1000,
};

const step = fc.record({
  tool: fc.constantFrom('a', 'b', 'c'),
  status: fc.constantFrom('ok' as const, 'ok' as const, 'error' as const, 'unanswered' as const),
  lane: fc.constantFrom('main', 'main', 'side'),
});
const run = fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 9 }), met: fc.boolean() });
const world = fc.array(fc.array(run, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });

/** Tasks of runs as a population, all of it searched. */
function populationOf(
  tasks: { steps: { tool: string; status: 'ok' | 'error' | 'unanswered'; lane: string }[]; met: boolean }[][],
) {
  const all = tasks.flatMap((runs, task) => runs.map((r) => ({ ...r, task })));
  const sessions = all.map(
    ({ steps }, i): Extract =>
      extractOf(`s${i}`, { actions: steps.map(({ tool, status, lane }, n) => actionOf(tool, status, n, lane)) }),
  );
  const population: Population = {
    runs: runsOf(sessions),
    times: new Float64Array(all.length).fill(Number.NaN),
    strata: Int32Array.from(all, (r) => r.task),
    newest: new Uint8Array(all.length),
    criteria: [{ name: 'outcome', values: Int8Array.from(all, (r) => Number(r.met)) }],
    seed: 'seed',
  };
  return { sessions, ...population };
}

const stepsOf = (sign: Sign) =>
  new Map([...sign.sessions].map((who, k) => [who, sign.type === 'pattern' ? (sign.steps[k] ?? 0) : 0]));

describe('patterns', () => {
  it('are those of the definition, with the steps at which sessions first showed them', () => {
    fc.assert(
      fc.property(world, (tasks) => {
        const { sessions, runs, strata } = populationOf(tasks);
        const { signs, frequent } = signsOf(runs, strata, SMALL);
        const expected = reference.shownPatterns(sessions, strata, SMALL);
        expect(frequent).toBe(expected.size);
        const windows = (shown: ReadonlyMap<number, number>) =>
          JSON.stringify([...shown].map(([who, s]) => [who, SMALL.landmarks.findIndex((l) => s <= l)]).sort());
        const patterns = signs.filter((sign) => sign.type === 'pattern');
        for (const sign of patterns)
          expect([...stepsOf(sign)]).toEqual([...(expected.get(keyOf(sign)) ?? [])].sort(([a], [b]) => a - b));
        // One of each that the same sessions show by the same landmarks.
        expect(new Set(patterns.map((sign) => windows(stepsOf(sign)))).size).toBe(patterns.length);
        expect(patterns.length).toBe(new Set([...expected.values()].map(windows)).size);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the landmark test', () => {
  it('counts the same tables and comes to the same E, V, χ², odds ratio and risk difference', () => {
    fc.assert(
      fc.property(world, (tasks) => {
        const { sessions, runs, strata, criteria } = populationOf(tasks);
        const outcomes = Uint8Array.from(criteria[0]?.values ?? []);
        const { signs } = signsOf(runs, strata, SMALL);
        const board = boardOf(Uint32Array.from(sessions.keys()), strata, runs.lengths, SMALL.landmarks);
        for (const sign of signs) {
          if (sign.type !== 'pattern') continue;
          const tables = reference.tablesOf(sessions, strata, outcomes, stepsOf(sign), SMALL.landmarks);
          const exposed = tables.filter((t) => t.a + t.b > 0).map(({ a, b, c, d }) => [a, b, c, d].join());
          expect(
            tablesOf(board, sign, outcomes)
              .tables.map(({ a, b, c, d }) => [a, b, c, d].join())
              .sort(),
          ).toEqual(exposed.sort());
          const sums = reference.sumsOf(tables);
          const judged = judge(board, sign, outcomes);
          expect(judged === undefined).toBe(sums === undefined);
          if (judged === undefined || sums === undefined) continue;
          expect(judged.test.observed).toBe(sums.observed);
          expect(judged.test.expected).toBeCloseTo(sums.expected, 9);
          expect(judged.test.variance).toBeCloseTo(sums.variance, 9);
          expect(judged.test.chiSquare).toBeCloseTo(sums.chiSquare, 9);
          expect(judged.test.riskDifference.estimate).toBeCloseTo(sums.rd, 9);
          if (judged.test.oddsRatio.kind === 'finite') expect(judged.odds.estimate).toBeCloseTo(sums.or, 9);
          else expect([0, Number.POSITIVE_INFINITY]).toContain(sums.or);
          expect(Number.isFinite(judged.odds.lower + judged.odds.upper)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('decides as every order of the outcomes, counted one by one, would', () => {
    const little = fc.array(fc.array(run, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 2 });
    // A tail of 30 runs: no session is long enough to have one, so no ending is compared.
    const limits = { ...SMALL, window: 30, first: Number.POSITIVE_INFINITY, distinct: 1 };
    fc.assert(
      fc.property(little, (tasks) => {
        const population = populationOf(tasks);
        const { sessions, runs, strata, criteria } = population;
        const outcomes = Array.from(criteria[0]?.values ?? []);
        const signs = signsOf(runs, strata, limits);
        const difference = (sign: Sign, order: readonly number[]) => {
          const tables = reference.tablesOf(sessions, strata, order, stepsOf(sign), limits.landmarks);
          return tables.reduce((sum, { a, b, c, d }) => sum + a - ((a + b) * (a + c)) / (a + b + c + d), 0);
        };
        const orders = reference.ordersOf(strata, outcomes);
        const scores = signs.signs.map((sign) => {
          const all = orders.map((order) => difference(sign, order));
          const spread = Math.sqrt(all.reduce((sum, x) => sum + x * x, 0) / all.length);
          const score = (x: number) => reference.ratioScore(x, spread, limits.sought);
          return { observed: score(difference(sign, outcomes)), byOrder: all.map(score) };
        });
        const rates = reference.falseDiscovery(
          scores.map((s) => s.observed),
          orders.map((_, o) => scores.map((s) => s.byOrder[o] ?? 0)),
        );
        const expected = signs.signs.flatMap((sign, j) => {
          const tables = reference.tablesOf(sessions, strata, outcomes, stepsOf(sign), limits.landmarks);
          const sums = reference.sumsOf(tables);
          const q = rates[j] ?? 1;
          if (sums === undefined || q > limits.q || Math.abs(sums.rd) < limits.riskDifference) return [];
          const shrunken = shrunkenOddsRatio(tables.map(({ a, b, c, d }) => ({ a, b, c, d })));
          return shrunken >= limits.oddsRatio || shrunken <= 1 / limits.oddsRatio ? [[keyOf(sign), q.toFixed(9)]] : [];
        });
        const board = boardOf(Uint32Array.from(sessions.keys()), strata, runs.lengths, limits.landmarks);
        const { significant, chanceOf } = compareAll({ board, criteria, signs, seed: 'any', groups: 1 }, limits);
        const kept = significant.filter(({ exposure, outcomes: met }) => {
          const judged = judge(board, exposure, met);
          return judged !== undefined && isLarge(judged, limits);
        });
        const keys = kept.map(({ sign, q }) => [keyOf(sign), q.toFixed(9)]);
        const best = orders.map((_, o) => Math.max(0, ...scores.map((s) => s.byOrder[o] ?? 0)));
        for (const { score } of significant) {
          const asGood = best.filter((most) => most >= Math.abs(score) - 1e-9).length / orders.length;
          expect(1 - Math.exp(-chanceOf(score))).toBeCloseTo(asGood, 9);
        }
        expect(significant).toHaveLength(rates.filter((q) => q <= limits.q).length);
        expect(keys.sort()).toEqual(expected.sort());
        // What is reported are some of these: at least the strongest, and whatever stands beside it.
        const sorted = [...significant].sort(
          (a, b) => Math.abs(b.score) - Math.abs(a.score) || bySimplicity(a.sign, b.sign),
        );
        const observed = orders.findIndex((order) => order.join() === outcomes.join());
        const considered = sorted.map((candidate) => {
          const own = { sums: orders.map((order) => difference(candidate.sign, order)), observed };
          const ever = orders.map((order) => [...candidate.sign.sessions].reduce((sum, i) => sum + (order[i] ?? 0), 0));
          return { own, covariates: [own, { sums: ever, observed }], isLarge: kept.includes(candidate) };
        });
        const freedom = [...new Set(strata)]
          .map((task) => outcomes.filter((_, i) => strata[i] === task))
          .reduce((sum, list) => sum + (new Set(list).size === 2 ? list.length - 1 : 0), 0);
        const standing = reference.strongestOf(considered, freedom, chanceOf, limits);
        const found = searchAssociations(population, limits).found.map(({ sign }) => keyOf(sign));
        expect([...found].sort()).toEqual(standing.map((place) => keyOf((sorted[place] as Compared).sign)).sort());
        expect(expected.map(([key]) => key)).toEqual(expect.arrayContaining(found));
        expect(found.length > 0).toBe(expected.length > 0);
      }),
      { numRuns: CAMPAIGN ? 1000 : 100 },
    );
  });
});
