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
        const words = [0, 1, 2].map(() =>
          Int32Array.from({ length: people + 1 }, (_, i) => (i === people ? 0 : random.word() | 0)),
        );
        const sessions = Uint32Array.from({ length: count }, (_, i) => i + 5);
        const weights = Float64Array.from(sessions, () => (uniformInt(random, kinds) - kinds / 2) / 1024);
        const sums = new Float64Array(3 * LANES).fill(7);
        const add = laneSums(words);
        // What one question left behind is not seen in the next.
        add({ sessions: sessions.map(() => 3), weights: weights.map((_, k) => k), spread: 1 }, sums);
        add({ sessions, weights, spread: 1 }, sums);
        for (let at = 0; at < sums.length; at++) {
          const word = words[Math.floor(at / LANES)] ?? new Int32Array(0);
          let expected = 0;
          for (const [k, who] of sessions.entries())
            if (((word[who] ?? 0) >>> (at % LANES)) & 1) expected += weights[k] ?? 0;
          expect(sums[at]).toBe(expected);
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
    laneSums([words])({ sessions, weights: new Float64Array(people).fill(0.5), spread: 1 }, sums);
    expect([...sums]).toEqual(new Array(LANES).fill(50_000));
  });
});
