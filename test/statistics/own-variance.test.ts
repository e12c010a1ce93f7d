// The variance of a column's own tables is that of the Cochran-Mantel-Haenszel test, under every arrangement of the outcomes.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cochranMantelHaenszel } from '../../src/statistics/cmh.ts';
import { ownSpreads } from '../../src/statistics/own-variance.ts';
import { searchByPermutation } from '../../src/statistics/permutation.ts';
import { seeded, uniformInt } from '../../src/statistics/random.ts';

const session = fc.record({
  block: fc.integer({ min: 0, max: 3 }),
  side: fc.constantFrom(-1, 0, 1),
  outcomes: fc.array(fc.constantFrom(0, 1), { minLength: 40, maxLength: 40 }),
});
const world = fc.array(session, { minLength: 2, maxLength: 24 });

const places = (sides: readonly number[], side: number) =>
  Uint32Array.from(sides.flatMap((s, i) => (s === side ? [i] : [])));

function test(sessions: readonly { block: number; side: number; outcome: number }[]) {
  const tables = [0, 1, 2, 3].map((block) => {
    const count = (side: number, outcome: number) =>
      sessions.filter((s) => s.block === block && s.side === side && s.outcome === outcome).length;
    return { a: count(1, 1), b: count(1, 0), c: count(0, 1), d: count(0, 0) };
  });
  return cochranMantelHaenszel(tables);
}

it('is V of the sessions that are compared, arrangement by arrangement', () => {
  fc.assert(
    fc.property(world, (sessions) => {
      const blocks = Int32Array.from(sessions, (s) => s.block);
      const words = [0, 32].map((first) =>
        Int32Array.from([...sessions.map((s) => s.outcomes), []], (outcomes: number[]) =>
          outcomes.slice(first, first + 32).reduce((word: number, bit: number, k) => word | (bit << k), 0),
        ),
      );
      const spreadsOf = ownSpreads(blocks, words, 40);
      const sides = sessions.map((s) => s.side);
      const column = { exposed: places(sides, 1), left: places(sides, -1) };
      const turned = { exposed: places(sides, 0), left: places(sides, -1) };
      for (const one of [column, turned, column]) {
        const spreads = spreadsOf(one);
        for (let k = 0; k < 40; k++) {
          const found = test(sessions.map(({ block, side, outcomes }) => ({ block, side, outcome: outcomes[k] ?? 0 })));
          const variance = found.kind === 'tested' ? found.variance : 0;
          expect(spreads[k]).toBeCloseTo(Math.sqrt(variance), 9);
        }
      }
    }),
    { numRuns: 100 },
  );
});

it('is that of tasks with hundreds of sessions too, and of more arrangements than are added up at once', () => {
  const random = seeded('large');
  const [size, rounds] = [700, 10];
  const blocks = Int32Array.from({ length: size }, (_, i) => (i < 600 ? 0 : 1));
  const words = Array.from({ length: rounds }, () => Int32Array.from({ length: size + 1 }, () => random.word()));
  const sides = Array.from({ length: size }, () => uniformInt(random, 3) - 1);
  const spreads = ownSpreads(blocks, words, 32 * rounds)({ exposed: places(sides, 1), left: places(sides, -1) });
  for (const k of [0, 31, 255, 256, 319]) {
    const outcomeOf = (i: number) => ((words[k >>> 5]?.[i] ?? 0) >>> (k & 31)) & 1;
    const found = test(sides.map((side, i) => ({ block: blocks[i] ?? 0, side, outcome: outcomeOf(i) })));
    expect(spreads[k]).toBeCloseTo(Math.sqrt(found.kind === 'tested' ? found.variance : 0), 9);
  }
});

it('makes every score the signed root of the chi-square of the sessions that are compared', () => {
  fc.assert(
    fc.property(world, (sessions) => {
      const sides = sessions.map((s) => s.side);
      const column = { exposed: places(sides, 1), left: places(sides, -1) };
      const outcomes = Uint8Array.from(sessions, (s) => s.outcomes[0] ?? 0);
      const search = {
        blocks: Int32Array.from(sessions, (s) => s.block),
        families: [{ outcomes, columns: [column] }],
        ownVariance: true,
      };
      const { families } = searchByPermutation(search, { draws: 5, exactUpTo: 0, random: seeded('own') });
      const found = test(sessions.map(({ block, side }, i) => ({ block, side, outcome: outcomes[i] ?? 0 })));
      const chiSquare = found.kind === 'tested' ? found.chiSquare : 0;
      expect(Math.abs(families[0]?.scores[0] ?? Number.NaN)).toBeCloseTo(Math.sqrt(chiSquare), 6);
    }),
    { numRuns: 200 },
  );
});

it('keeps its level where sessions without the call fail anyway, and those with it do not', () => {
  // The case: scaled by whole tasks, scores of the calls that were made came out too high, and had to be cut down afterwards.
  let found = 0;
  for (let world = 0; world < 200; world++) {
    const random = seeded(`callers ${world}`);
    const sessions = Array.from({ length: 60 }, (_, i) => {
      const called = uniformInt(random, 2) === 0;
      return { block: i % 10, side: called ? uniformInt(random, 2) : -1, outcome: called ? uniformInt(random, 2) : 0 };
    });
    const sides = sessions.map((s) => s.side);
    const { families } = searchByPermutation(
      {
        blocks: Int32Array.from(sessions, (s) => s.block),
        families: [
          {
            outcomes: Uint8Array.from(sessions, (s) => s.outcome),
            columns: [{ exposed: places(sides, 1), left: places(sides, -1) }],
          },
        ],
        ownVariance: true,
      },
      { draws: 199, random },
    );
    if ((families[0]?.familyWise[0] ?? 1) <= 0.05) found++;
  }
  expect(found).toBeLessThanOrEqual(16);
});
