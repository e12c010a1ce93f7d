// Power by simulation: no more false accepts than the level, more power with more tasks, the same answer for the same seed.
import { describe, expect, it } from 'vitest';
import { type PairedDesign, pairedPower } from '../../src/statistics/power.ts';
import { seeded, uniform } from '../../src/statistics/random.ts';
import { signFlip } from '../../src/statistics/sign-flip.ts';

const DESIGN: PairedDesign = { tasks: 25, trials: 4, baseline: 0.42, gain: 0.15 };

describe('pairedPower', () => {
  it('accepts at most half the level where there is no gain, since only one side is a win', () => {
    const { power, standardError } = pairedPower({ ...DESIGN, gain: 0 }, seeded('null'), 4000);
    expect(power).toBeLessThanOrEqual(0.025 + 3 * standardError);
    expect(power).toBeGreaterThan(0);
  });

  it('agrees with the normal approximation where tasks are alike and many', () => {
    // Per task the difference has variance (0.4·0.6 + 0.5·0.5) / 4; of 100 tasks the mean is z = 0.1 / √(0.1225 / 100) = 2.857
    // standard errors off, which is beyond 1.96 with probability Φ(0.897) = 0.815.
    const alike = { tasks: 100, trials: 4, baseline: 0.4, gain: 0.1, spread: 0 };
    const { power, standardError } = pairedPower(alike, seeded('alike'), 4000);
    expect(Math.abs(power - 0.815)).toBeLessThan(0.01 + 3 * standardError);
  });

  it('agrees with the sign-flip test itself, run on simulated proofs', () => {
    const random = seeded('by hand');
    let seen = 0;
    for (let i = 0; i < 1500; i++) {
      const wins = (rate: number) => [0, 0].filter(() => uniform(random) < rate).length;
      const differences = Array.from({ length: 12 }, () => (wins(0.7) - wins(0.3)) / 2);
      if (differences.reduce((sum, d) => sum + d, 0) > 0 && signFlip(differences, { random }).twoSided <= 0.05) seen++;
    }
    const design = { tasks: 12, trials: 2, baseline: 0.3, gain: 0.4, spread: 0 };
    const { power, standardError } = pairedPower(design, seeded('same'), 1500);
    expect(Math.abs(power - seen / 1500)).toBeLessThan(3 * Math.SQRT2 * standardError);
  });

  it('grows with tasks, trials, gain, level, and with how much tasks differ', () => {
    const power = (change: Partial<PairedDesign>) => pairedPower({ ...DESIGN, ...change }, seeded('more'), 1000).power;
    const base = power({});
    expect(base).toBeGreaterThan(0.55);
    expect(base).toBeLessThan(0.75);
    for (const more of [{ tasks: 40 }, { trials: 8 }, { gain: 0.25 }, { level: 0.1 }, { spread: 4 }]) {
      expect(power(more)).toBeGreaterThan(base);
    }
  });

  it('is the same for the same seed, and refuses rates that nothing can have', () => {
    expect(pairedPower(DESIGN, seeded(1), 200)).toEqual(pairedPower(DESIGN, seeded(1), 200));
    expect(() => pairedPower({ ...DESIGN, gain: 0.6 }, seeded(1))).toThrow(RangeError);
    expect(() => pairedPower({ ...DESIGN, baseline: 0 }, seeded(1))).toThrow(RangeError);
  });
});
