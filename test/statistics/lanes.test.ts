// Sums under 32 arrangements at once against adding up one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANES, laneSums } from '../../src/statistics/lanes.ts';
import { seeded, uniformInt } from '../../src/statistics/random.ts';

describe('laneSums', () => {
  it('is what adding up one by one gives, for few weights and many, small groups and large', () => {
    const sizes = fc.tuple(fc.nat(700), fc.integer({ min: 1, max: 40 }), fc.string());
    fc.assert(
      fc.property(sizes, ([count, kinds, seed]) => {
        const random = seeded(seed);
        const people = count + 5;
        const words = Int32Array.from({ length: people + 1 }, (_, i) => (i === people ? 0 : random.word() | 0));
        const sessions = Uint32Array.from({ length: count }, (_, i) => i + 5);
        const weights = Float64Array.from(sessions, () => (uniformInt(random, kinds) - kinds / 2) / 1024);
        const sums = new Float64Array(LANES).fill(7);
        const add = laneSums({ sessions, weights, spread: 1 }, people);
        add(words, sums);
        add(words, sums);
        for (let lane = 0; lane < LANES; lane++) {
          let expected = 0;
          for (const [k, who] of sessions.entries()) if (((words[who] ?? 0) >>> lane) & 1) expected += weights[k] ?? 0;
          expect(sums[lane]).toBe(expected);
        }
      }),
    );
  });

  it('counts a hundred thousand who all have it', () => {
    const people = 100_000;
    const sessions = Uint32Array.from({ length: people }, (_, i) => i);
    const words = new Int32Array(people + 1).fill(-1);
    words[people] = 0;
    const sums = new Float64Array(LANES);
    laneSums({ sessions, weights: new Float64Array(people).fill(0.5), spread: 1 }, people)(words, sums);
    expect([...sums]).toEqual(new Array(LANES).fill(50_000));
  });
});
