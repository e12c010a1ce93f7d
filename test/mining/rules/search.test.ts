// Tests of the search for rules: the same decisions as the plain reference, and the ways it stays within its budget.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groundOf } from '../../../src/mining/rules/ground.ts';
import { LEVEL, searchRules } from '../../../src/mining/rules/search.ts';
import { sidesOf } from '../../../src/mining/rules/splits.ts';
import { seeded } from '../../../src/statistics/random.ts';
import { slowSearch } from '../reference/argument-rule.ts';
import { contextOf, contextOfRuns, plant, type Run, sessionOf } from './world.ts';

const RUNS = process.env.AGENTMEM_CAMPAIGN === '1' ? 1000 : 300;

// Few values, so that nothing is capped; outcomes often follow the heat, so that some rules are found.
const run: fc.Arbitrary<Omit<Run, 'task'>> = fc
  .record({
    heat: fc.integer({ min: 1, max: 6 }),
    mould: fc.constantFrom('clay', 'sand', 'wax'),
    depth: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    called: fc.integer({ min: 0, max: 9 }),
    chance: fc.integer({ min: 0, max: 9 }),
    lucky: fc.boolean(),
    cheap: fc.boolean(),
  })
  .map(({ heat, mould, depth, called, chance, lucky, cheap }) => ({
    met: { smooth: chance > 0 ? heat > 3 : lucky, cheap },
    ...(called > 0 && { input: { heat, mould } }),
    ...(depth !== undefined && { shown: { depth } }),
  }));
const world = fc
  .tuple(fc.boolean(), ...Array.from({ length: 5 }, () => fc.array(run, { minLength: 1, maxLength: 4 })))
  .map(([whole, ...tasks]) =>
    tasks.flatMap((runs, task) =>
      runs.map((r) => ({
        ...r,
        task: `t${task}`,
        met: whole && typeof r.met === 'object' ? r.met.smooth === true : r.met,
      })),
    ),
  );

describe('the search', () => {
  it('decides as the plain reference does', () => {
    let compared = 0;
    let found = 0;
    fc.assert(
      fc.property(world, (runs) => {
        const sessions = runs.map(sessionOf);
        // A pass without a call is a suspect, which the reference knows nothing about.
        fc.pre(sessions.every((s) => s.actions.length > 0 || s.outcome === 'fail'));
        const ground = groundOf(contextOf(sessions));
        fc.pre(countArrangements(ground) <= 1500);
        const slow = slowSearch(sessions, LEVEL);
        const fast = searchRules(ground);
        const decisions = fast.answers
          .map(({ criterion, question, score, p }) => ({
            criterion: criterion.name,
            sides: sidesOf(question).join(),
            score,
            p,
          }))
          .sort((a, b) => (a.criterion + a.sides < b.criterion + b.sides ? -1 : 1));
        expect(decisions.map(({ criterion, sides }) => [criterion, sides])).toEqual(
          slow.decisions.map(({ criterion, sides }) => [criterion, sides]),
        );
        decisions.forEach(({ score, p }, i) => {
          expect(score).toBeCloseTo(slow.decisions[i]?.score ?? Number.NaN, 6);
          expect(p).toBeCloseTo(slow.decisions[i]?.p ?? Number.NaN, 9);
        });
        expect(fast.leastP).toBeCloseTo(slow.leastP, 9);
        compared++;
        found += decisions.length;
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThanOrEqual(RUNS);
    expect(found).toBeGreaterThan(0);
  }, 300_000);

  it('finds the same with the bound as with permutations where the effect is strong, and says that it was bounded', () => {
    const runs = plant(seeded('bounded'), { tasks: 60, runs: 8 }, (heat) => heat >= 400);
    const ground = groundOf(contextOfRuns(runs));
    const bounded = searchRules(ground, { permuted: 1, bounded: 1e9 });
    expect(bounded.route).toBe('bounded');
    expect(bounded.bound).toMatch(/^so many that only 8 thresholds of each were tried, none under a condition$/);
    expect(bounded.answers[0]?.question.split.feature.pointer).toBe('/heat');
    expect(searchRules(ground, { permuted: 1, bounded: 2 * runs.length }).asked).toHaveLength(2);
  });

  it('does not let criteria that are unknown in some sessions change places with known ones', () => {
    const random = seeded('partly');
    const runs = plant(random, { tasks: 40, runs: 6 }, () => false).map((r, i) => {
      const smooth = Number(r.input?.heat) > 500;
      return { ...r, met: i % 3 === 0 ? { cheap: i % 2 === 0 } : { cheap: i % 2 === 0, smooth } };
    });
    const { answers } = searchRules(groundOf(contextOfRuns(runs)));
    expect(new Set(answers.map((a) => a.criterion.name))).toContain('casting/smooth');
    expect(new Set(answers.map((a) => a.criterion.name))).not.toContain('casting/cheap');
  });
});

function countArrangements({ strata, criteria }: ReturnType<typeof groundOf>): number {
  let product = 1;
  for (const stratum of new Set(strata)) {
    const labels = new Map<string, number>();
    let size = 0;
    strata.forEach((s, place) => {
      if (s !== stratum) return;
      const label = criteria.map((c) => c.values[place]).join();
      labels.set(label, (labels.get(label) ?? 0) + 1);
      product *= ++size;
      product /= labels.get(label) ?? 1;
    });
  }
  return product;
}
