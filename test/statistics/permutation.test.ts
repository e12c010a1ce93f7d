// The search by permutation against a plain, slow one, and its promise: chance alone is rarely taken for a finding.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cochranMantelHaenszel } from '../../src/statistics/cmh.ts';
import { type Search, searchByPermutation, searchWeighed } from '../../src/statistics/permutation.ts';
import { type Random, seeded, uniformInt } from '../../src/statistics/random.ts';
import { boardOf, type Column, type Rows, weigher } from '../../src/statistics/stratified-scores.ts';
import { slowSearch, tablesOf } from './slow-search.ts';

const draws = (count = 200, exactUpTo = 5000, seed = 'draws') => ({ draws: count, exactUpTo, random: seeded(seed) });
const rowsOf = (bits: readonly number[]) => Uint32Array.from(bits.flatMap((bit, i) => (bit ? [i] : [])));

/** Up to 7 sessions in 3 blocks with two outcomes and three exposures each. */
const sessions = fc.array(
  fc.record({
    block: fc.nat(2),
    outcomes: fc.tuple(fc.nat(1), fc.nat(1)),
    shown: fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1)),
  }),
  {
    minLength: 1,
    maxLength: 7,
  },
);

function searchOf(list: { block: number; outcomes: number[]; shown: number[] }[]): Search {
  const columns = [0, 1, 2].map((j) => ({ exposed: rowsOf(list.map(({ shown }) => shown[j] ?? 0)) }));
  return {
    blocks: Int32Array.from(list, ({ block }) => block),
    families: [
      { outcomes: Uint8Array.from(list, ({ outcomes }) => outcomes[0] ?? 0), columns: columns.slice(0, 2) },
      { outcomes: Uint8Array.from(list, ({ outcomes }) => outcomes[1] ?? 0), columns },
    ],
  };
}

/** Tasks of equally many runs whose success depends on the task alone; exposures by coin, or by `shows`. */
function world(
  random: Random,
  tasks: number,
  runs: number,
  columns: number,
  shows?: (success: number) => boolean,
): Search {
  const coin = (outOf: number) => uniformInt(random, outOf) === 0;
  const blocks = Int32Array.from({ length: tasks * runs }, (_, i) => Math.floor(i / runs));
  const ease = Array.from({ length: tasks }, () => 2 + uniformInt(random, 4));
  const outcomes = Uint8Array.from(blocks, (block) => (coin(ease[block] ?? 2) ? 1 : 0));
  const chance = () => rowsOf(Array.from(blocks, (block) => (coin(1 + (ease[block] ?? 2)) ? 1 : 0)));
  const list = Array.from({ length: columns }, () => ({ exposed: chance() }));
  if (shows !== undefined) list.push({ exposed: rowsOf(Array.from(outcomes, (y) => (shows(y) ? 1 : 0))) });
  return { blocks, families: [{ outcomes, columns: list }] };
}

/** Failures take twice as many steps; each of many things may happen at any step, whatever comes of the run. */
function longFailures(random: Random, tasks: number, runs: number, columns: number) {
  const blocks = Int32Array.from({ length: tasks * runs }, (_, i) => Math.floor(i / runs));
  const outcomes = Uint8Array.from(blocks, () => uniformInt(random, 2));
  const lengths = Array.from(outcomes, (y) => (y === 1 ? 6 : 12) + uniformInt(random, y === 1 ? 12 : 24));
  const landmarks = [5, 10, 20, 40];
  const rows = lengths.flatMap((length, session) =>
    landmarks.flatMap((end, l) => (length >= end ? [{ session, l, end, begin: landmarks[l - 1] ?? 0 }] : [])),
  );
  const firsts = Array.from({ length: columns }, () =>
    lengths.map((length) => Array.from({ length }, () => uniformInt(random, 20)).indexOf(0) + 1),
  );
  const outcomesAnd = (list: Search['families'][number]['columns']) => [{ outcomes, columns: list }];
  const shownBy = (first: number | undefined, step: number) => first !== undefined && first > 0 && first <= step;
  return {
    anywhere: {
      blocks,
      families: outcomesAnd(firsts.map((list) => ({ exposed: rowsOf(list.map((f) => Math.sign(f))) }))),
    },
    landmarks: {
      blocks,
      rows: {
        session: Uint32Array.from(rows, (r) => r.session),
        stratum: Int32Array.from(rows, (r) => (blocks[r.session] ?? 0) * landmarks.length + r.l),
      },
      families: outcomesAnd(
        firsts.map((list) => ({
          left: rowsOf(rows.map((r) => Number(shownBy(list[r.session], r.begin)))),
          exposed: rowsOf(
            rows.map((r) => Number(shownBy(list[r.session], r.end) && !shownBy(list[r.session], r.begin))),
          ),
        })),
      ),
    },
  };
}

describe('searchByPermutation', () => {
  it('agrees with every order counted one by one, over several outcomes at once', () => {
    fc.assert(
      fc.property(sessions, (list) => {
        const search = searchOf(list);
        const fast = searchByPermutation(search, draws());
        const slow = slowSearch(search);
        expect(fast.exact).toBe(true);
        for (const [f, family] of fast.families.entries()) {
          for (const [j, score] of family.scores.entries()) {
            expect(Math.abs(score)).toBeCloseTo(slow.scores[f]?.[j] ?? -1, 9);
            expect(family.familyWise[j]).toBeCloseTo(slow.familyWise[f]?.[j] ?? -1, 9);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('agrees with them at landmarks too, where sessions have several rows and leave the comparison', () => {
    const run = fc.record({
      block: fc.nat(1),
      outcome: fc.nat(1),
      length: fc.integer({ min: 1, max: 3 }),
      first: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(run, { minLength: 2, maxLength: 7 }), (runs) => {
        const rows: { session: number; stratum: number; shown: boolean; gone: boolean }[] = [];
        for (const [session, { block, length, first }] of runs.entries()) {
          for (let landmark = 1; landmark <= length; landmark++) {
            rows.push({
              session,
              stratum: block * 3 + landmark - 1,
              shown: first === landmark,
              gone: first < landmark,
            });
          }
        }
        const search: Search = {
          blocks: Int32Array.from(runs, ({ block }) => block),
          rows: { session: Uint32Array.from(rows, (r) => r.session), stratum: Int32Array.from(rows, (r) => r.stratum) },
          families: [
            {
              outcomes: Uint8Array.from(runs, ({ outcome }) => outcome),
              columns: [
                { exposed: rowsOf(rows.map((r) => Number(r.shown))), left: rowsOf(rows.map((r) => Number(r.gone))) },
              ],
            },
          ],
        };
        const fast = searchByPermutation(search, draws());
        const slow = slowSearch(search);
        expect(Math.abs(fast.families[0]?.scores[0] ?? -1)).toBeCloseTo(slow.scores[0]?.[0] ?? -2, 9);
        expect(fast.families[0]?.familyWise[0]).toBeCloseTo(slow.familyWise[0]?.[0] ?? -1, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('scores landmarks like blocks where every session has one row', () => {
    const plain = world(seeded('rows'), 12, 5, 30);
    const rows: Rows = { session: Uint32Array.from(plain.blocks, (_, i) => i), stratum: plain.blocks };
    const one = searchByPermutation(plain, draws(50));
    const other = searchByPermutation({ ...plain, rows }, draws(50));
    for (const [j, score] of one.families[0]?.scores.entries() ?? []) {
      expect(other.families[0]?.scores[j]).toBeCloseTo(score, 9);
      expect(other.families[0]?.familyWise[j]).toBe(one.families[0]?.familyWise[j]);
    }
  });

  it('scores the signed root of the chi-square of cmh.ts', () => {
    fc.assert(
      fc.property(sessions, (list) => {
        const search = searchOf(list);
        const { families } = searchByPermutation(search, draws());
        for (const [f, { outcomes, columns }] of search.families.entries()) {
          for (const [j, column] of columns.entries()) {
            const tables = tablesOf(column, [...search.blocks], (row) => outcomes[row] === 1);
            const test = cochranMantelHaenszel(tables);
            const score = families[f]?.scores[j] ?? -1;
            expect(score ** 2).toBeCloseTo(test.kind === 'tested' ? test.chiSquare : 0, 8);
            if (score !== 0 && test.kind === 'tested') {
              expect(Math.sign(score)).toBe(Math.sign(test.observed - test.expected));
            }
          }
        }
      }),
    );
  });

  it('counts the two most extreme of 36 arrangements by hand', () => {
    const outcomes = Uint8Array.from([1, 1, 0, 0, 1, 0, 1, 0]);
    const blocks = Int32Array.from([0, 0, 0, 0, 1, 1, 1, 1]);
    const exposed = Uint32Array.from([0, 1, 4, 6]);
    const { families } = searchByPermutation({ blocks, families: [{ outcomes, columns: [{ exposed }] }] }, draws());
    // Both blocks are split as they are in 1 of 6 × 6 ways, and the other way round in another.
    expect(families[0]?.familyWise[0]).toBeCloseTo(2 / 36, 12);
  });

  it('gives a score of 0 and p of 1 to what no arrangement can change', () => {
    const blocks = Int32Array.from([0, 0, 1, 1]);
    const columns = [[], [0, 1, 2, 3], [2], [0, 1]].map((list) => ({ exposed: Uint32Array.from(list) }));
    const result = searchByPermutation(
      { blocks, families: [{ outcomes: Uint8Array.from([1, 0, 1, 1]), columns }] },
      draws(),
    );
    expect([...(result.families[0]?.scores ?? [])]).toEqual([0, 0, 0, 0]);
    expect([...(result.families[0]?.familyWise ?? [])]).toEqual([1, 1, 1, 1]);
    expect([...(result.families[0]?.falseDiscovery ?? [])]).toEqual([1, 1, 1, 1]);
    expect(searchByPermutation({ blocks, families: [] }, draws()).families).toEqual([]);
  });

  it('never gives a p below 1 / (m + 1) of m random arrangements, and the same one for the same seed', () => {
    const search = world(seeded('planted'), 30, 8, 40, (success) => success === 1);
    const result = searchByPermutation(search, draws(199));
    expect(result).toMatchObject({ exact: false, visited: 199 });
    expect(result.maxima).toHaveLength(199);
    expect(result.families[0]?.familyWise.at(-1)).toBe(1 / 200);
    expect(result.families[0]?.falseDiscovery.at(-1)).toBe(1 / 200);
    expect(searchByPermutation(search, draws(199))).toEqual(result);
    expect(result.families[0]?.scores.at(-1)).toBeGreaterThan(5);
  });

  it('is exact whatever the order of the sessions', () => {
    fc.assert(
      fc.property(sessions, (list) => {
        const one = searchByPermutation(searchOf(list), draws());
        const other = searchByPermutation(searchOf(list.toReversed()), draws());
        for (const [f, family] of one.families.entries()) {
          for (const [j, p] of family.familyWise.entries()) {
            expect(other.families[f]?.familyWise[j]).toBeCloseTo(p, 12);
            expect(other.families[f]?.falseDiscovery[j]).toBeCloseTo(family.falseDiscovery[j] ?? -1, 12);
          }
        }
      }),
    );
  });

  it('gives higher scores no larger p and no larger false-discovery rate', () => {
    const { families } = searchByPermutation(world(seeded('order'), 20, 6, 60), draws(100));
    const [family] = families;
    if (family === undefined) throw new Error('no family');
    const order = [...family.scores.keys()].sort(
      (a, b) => Math.abs(family.scores[a] ?? 0) - Math.abs(family.scores[b] ?? 0),
    );
    for (const [i, j] of order.entries()) {
      const next = order[i + 1] ?? j;
      expect(family.familyWise[next]).toBeLessThanOrEqual(family.familyWise[j] ?? 0);
      expect(family.falseDiscovery[next]).toBeLessThanOrEqual(family.falseDiscovery[j] ?? 0);
    }
  });

  it('judges as if exposures that pull in too few blocks had never been there', () => {
    const { blocks, families } = world(seeded('few blocks'), 6, 3, 40);
    const board = boardOf(blocks);
    const weigherOf = (outcomes: Uint8Array) => weigher(board, outcomes);
    const blocksOf = (column: Column, outcomes: Uint8Array) =>
      new Set([...weigherOf(outcomes)(column).sessions].map((who) => blocks[who])).size;
    const enough = families.map(({ outcomes, columns }) => ({
      outcomes,
      columns: columns.filter((column) => blocksOf(column, outcomes) >= 6),
    }));
    const all = searchWeighed({ blocks, families, weigherOf, leastBlocks: 6 }, draws(50));
    const some = searchWeighed({ blocks, families: enough, weigherOf }, draws(50));
    expect(enough[0]?.columns.length).toBeLessThan(families[0]?.columns.length ?? 0);
    expect(enough[0]?.columns.length).toBeGreaterThan(0);
    expect(all.maxima).toEqual(some.maxima);
    const looked = (of: 'scores' | 'falseDiscovery' | 'familyWise') =>
      all.families[0]?.[of].filter((_, c) => !Number.isNaN(all.families[0]?.scores[c]));
    for (const of of ['scores', 'falseDiscovery', 'familyWise'] as const)
      expect(looked(of)).toEqual(some.families[0]?.[of]);
  });

  it('comes to the same where the scores of chance are too many to be kept', () => {
    const plain = world(seeded('many'), 4, 4, 3);
    const many = (columns: number) =>
      plain.families.map((family) => ({
        ...family,
        columns: Array.from({ length: columns }, (_, c) => family.columns[c % 3] ?? { exposed: new Uint32Array(0) }),
      }));
    // 20 times 2¹⁷ scores; 16 times as many are kept.
    const result = searchByPermutation({ ...plain, families: many(20) }, draws(2 ** 17, 0));
    const few = searchByPermutation(plain, draws(2 ** 17, 0));
    expect(result.maxima).toEqual(few.maxima);
    expect(result.families[0]?.familyWise.slice(0, 3)).toEqual(few.families[0]?.familyWise);
    expect(result.families[0]?.falseDiscovery[19]).toBe(result.families[0]?.falseDiscovery[1]);
    expect(result.families[0]?.scores.slice(17)).toEqual(
      Float64Array.of(few.families[0]?.scores[2] ?? 0, ...(few.families[0]?.scores.slice(0, 2) ?? [])),
    );
  });

  it('takes chance for a finding in at most 5 of 100 worlds, though tasks differ and fifty exposures go with them', () => {
    let fooled = 0;
    const worlds = 300;
    for (let w = 0; w < worlds; w++) {
      const { families } = searchByPermutation(world(seeded(`null ${w}`), 15, 4, 50), draws(99, 0, `deal ${w}`));
      if (families[0]?.familyWise.some((p) => p <= 0.05)) fooled++;
    }
    // 5 % and three standard errors.
    expect(fooled / worlds).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / worlds));
  });

  it('is not taken in at landmarks by failures that merely run longer, so that everything occurs in them more often', () => {
    let [fooled, naive] = [0, 0];
    const worlds = 200;
    for (let w = 0; w < worlds; w++) {
      const search = longFailures(seeded(`long ${w}`), 20, 6, 20);
      const { families } = searchByPermutation(search.landmarks, draws(99, 0, `deal ${w}`));
      if (families[0]?.familyWise.some((p) => p <= 0.05)) fooled++;
      const pooled = searchByPermutation(search.anywhere, draws(99, 0, `deal ${w}`));
      if (pooled.families[0]?.familyWise.some((p) => p <= 0.05)) naive++;
    }
    expect(fooled / worlds).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / worlds));
    // "It occurs somewhere" is true of failures by their length alone; without landmarks most worlds would claim it.
    expect(naive / worlds).toBeGreaterThan(0.5);
  });

  it('finds what is there among a hundred exposures', () => {
    let found = 0;
    for (let w = 0; w < 40; w++) {
      const random = seeded(`effect ${w}`);
      const shows = (success: number) => uniformInt(random, 10) < (success === 1 ? 7 : 2);
      const result = searchByPermutation(world(random, 25, 6, 100, shows), draws(199, 0, `deal ${w}`));
      if ((result.families[0]?.familyWise.at(-1) ?? 1) <= 0.05) found++;
    }
    expect(found).toBeGreaterThan(36);
  });
});
