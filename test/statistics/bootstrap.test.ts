// Bootstrap intervals against Efron & Tibshirani's worked example, and by their coverage.
import { describe, expect, it } from 'vitest';
import { clusterBootstrap } from '../../src/statistics/bootstrap.ts';
import { seeded, uniform, uniformInt } from '../../src/statistics/random.ts';

/** Spatial test, task A, of 26 children (Efron & Tibshirani 1993, table 14.1). */
const SPATIAL = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41];

function mean(list: readonly number[]): number {
  return list.reduce((sum, x) => sum + x, 0) / list.length;
}

function variance(list: readonly number[]): number {
  const centre = mean(list);
  return mean(list.map((x) => (x - centre) ** 2));
}

describe('clusterBootstrap', () => {
  it('gives the 90 % intervals of the variance in Efron & Tibshirani (1993), table 14.2', () => {
    const result = clusterBootstrap(SPATIAL, variance, { random: seeded('spatial'), resamples: 20_000, level: 0.9 });
    expect(result?.estimate).toBeCloseTo(171.5, 1);
    // They drew 2,000, so their ends are themselves uncertain by some units.
    expect(Math.abs((result?.percentile.lower ?? 0) - 100.8)).toBeLessThan(4);
    expect(Math.abs((result?.percentile.upper ?? 0) - 233.9)).toBeLessThan(4);
    expect(Math.abs((result?.bca.lower ?? 0) - 115.8)).toBeLessThan(5);
    expect(Math.abs((result?.bca.upper ?? 0) - 259.6)).toBeLessThan(8);
  });

  it('is the same for the same seed, and another for another', () => {
    const run = (seed: string) => clusterBootstrap(SPATIAL, mean, { random: seeded(seed), resamples: 500 });
    expect(run('one')).toEqual(run('one'));
    expect(run('one')).not.toEqual(run('two'));
  });

  it('has no width where clusters do not differ, and says nothing of one cluster', () => {
    const same = clusterBootstrap([3, 3, 3], mean, { random: seeded(1), resamples: 200 });
    expect(same).toEqual({ estimate: 3, percentile: { lower: 3, upper: 3 }, bca: { lower: 3, upper: 3 } });
    expect(clusterBootstrap([5], mean, { random: seeded(1) })).toBeUndefined();
    expect(clusterBootstrap([], mean, { random: seeded(1) })).toBeUndefined();
  });

  it('refuses a statistic that is no number in some resample', () => {
    const ratio = (list: readonly number[]) => mean(list) / variance(list);
    expect(() => clusterBootstrap([1, 2], ratio, { random: seeded(1), resamples: 100 })).toThrow(RangeError);
  });

  it('mirrors and scales with the statistic', () => {
    const run = (factor: number) =>
      clusterBootstrap(SPATIAL, (s) => factor * mean(s), { random: seeded(3), resamples: 1000, level: 0.8 });
    const [one, mirrored] = [run(1), run(-2)];
    expect(mirrored?.percentile.lower).toBeCloseTo(-2 * (one?.percentile.upper ?? 0), 9);
    expect(mirrored?.bca.upper).toBeCloseTo(-2 * (one?.bca.lower ?? 0), 6);
  });

  it('draws tasks and not trials: trials that merely repeat each other make no interval narrower', () => {
    const random = seeded('tasks');
    const tasks = Array.from({ length: 20 }, () => [uniformInt(random, 2)]);
    const repeated = tasks.map((trials) => trials.flatMap((t) => [t, t, t, t]));
    const run = (list: number[][]) =>
      clusterBootstrap(list, (sample) => mean(sample.map(mean)), { random: seeded(4), resamples: 1000 });
    expect(run(repeated)).toEqual(run(tasks));
  });

  it('holds the true mean of a skewed world in about 9 of 10 intervals of 90 %', () => {
    const random = seeded('coverage');
    let held = 0;
    for (let i = 0; i < 300; i++) {
      const sample = Array.from({ length: 30 }, () => -Math.log(uniform(random)));
      const { lower, upper } = clusterBootstrap(sample, mean, { random, resamples: 400, level: 0.9 })?.bca ?? {
        lower: 9,
        upper: 9,
      };
      if (lower <= 1 && 1 <= upper) held++;
    }
    expect(held).toBeGreaterThan(0.82 * 300);
    expect(held).toBeLessThan(0.96 * 300);
  });
});
