// pass^k against its definition: all choices of k trials, counted one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanPassHat, passHat } from '../../src/statistics/pass-k.ts';

function byCounting(successes: number, trials: number, k: number): number {
  let [all, good] = [0, 0];
  for (let chosen = 0; chosen < 2 ** trials; chosen++) {
    const places = Array.from({ length: trials }, (_, i) => i).filter((i) => (chosen >> i) & 1);
    if (places.length !== k) continue;
    all++;
    if (places.every((i) => i < successes)) good++;
  }
  return good / all;
}

describe('passHat', () => {
  it('is the share of all choices of k trials that succeed throughout', () => {
    for (let trials = 1; trials <= 9; trials++) {
      for (let successes = 0; successes <= trials; successes++) {
        for (let k = 1; k <= trials; k++) {
          expect(passHat({ successes, trials }, k)).toBeCloseTo(byCounting(successes, trials, k), 12);
        }
      }
    }
  });

  it('says nothing where there are fewer than k trials', () => {
    expect(passHat({ successes: 3, trials: 3 }, 4)).toBeUndefined();
  });

  it('is without bias: its mean over chance is the k-th power of the chance', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.integer({ min: 1, max: 6 }), (p, k) => {
        const trials = 6;
        let mean = 0;
        let choose = 1;
        for (let successes = 0; successes <= trials; successes++) {
          mean += choose * p ** successes * (1 - p) ** (trials - successes) * (passHat({ successes, trials }, k) ?? 0);
          choose = (choose * (trials - successes)) / (successes + 1);
        }
        expect(mean).toBeCloseTo(p ** k, 12);
      }),
    );
  });
});

describe('meanPassHat', () => {
  it('weighs every task alike and leaves out those with too few trials', () => {
    const tasks = [
      { successes: 4, trials: 4 },
      { successes: 2, trials: 4 },
      { successes: 1, trials: 1 },
    ];
    expect(meanPassHat(tasks, 2)).toEqual({ mean: (1 + 1 / 6) / 2, tasks: 2 });
    expect(meanPassHat(tasks, 5)).toBeUndefined();
  });

  it('falls with k: 0.42, 0.2733, 0.22, 0.2 for the 50 × 4 trials of gpt-4o on tau-bench airline', () => {
    // 14, 12, 10, 4 and 10 tasks succeeded 0, 1, 2, 3 and 4 times; by hand: k = 2: (10/6 + 4·3/6 + 10) / 50.
    const tasks = [14, 12, 10, 4, 10].flatMap((n, successes) =>
      Array.from({ length: n }, () => ({ successes, trials: 4 })),
    );
    const means = [1, 2, 3, 4].map((k) => meanPassHat(tasks, k)?.mean ?? 0);
    expect(means[0]).toBeCloseTo(0.42, 12);
    expect(means[1]).toBeCloseTo((10 / 6 + 2 + 10) / 50, 12);
    expect(means[2]).toBeCloseTo(0.22, 12);
    expect(means[3]).toBeCloseTo(0.2, 12);
  });
});
