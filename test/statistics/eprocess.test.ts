// The betting process: fair under the null at every step, rarely fooled however often one looks, and not blind.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCEPT_AT, eProcess } from '../../src/statistics/eprocess.ts';
import { type Random, seeded, uniform } from '../../src/statistics/random.ts';

const last = (differences: number[]) => eProcess(differences).wealth.at(-1) ?? 1;

describe('eProcess', () => {
  it('keeps its mean of 1 over all wins and losses that chance can deal, at every length', () => {
    for (let n = 1; n <= 10; n++) {
      let sum = 0;
      for (let signs = 0; signs < 2 ** n; signs++)
        sum += last(Array.from({ length: n }, (_, i) => ((signs >> i) & 1 ? 1 : -1)));
      expect(sum / 2 ** n).toBeCloseTo(1, 10);
    }
  });

  it('is a fair bet from wherever it stands: the mean of its next two values is what it has', () => {
    const difference = fc.integer({ min: -4, max: 4 }).map((n) => n / 4);
    fc.assert(
      fc.property(fc.array(difference, { maxLength: 12 }), difference, (past, next) => {
        const fair = (last([...past, next]) + last([...past, -next])) / 2;
        expect(fair / last(past)).toBeCloseTo(1, 10);
        // A world in which the second arm is worse only takes wealth away.
        const worse = 0.4 * last([...past, Math.abs(next)]) + 0.6 * last([...past, -Math.abs(next)]);
        expect(worse).toBeLessThanOrEqual(last(past) * (1 + 1e-12));
      }),
    );
  });

  it('is fooled in at most 5 of 100 null worlds, looked at after each of 300 tasks', () => {
    const worlds = 1000;
    const nulls: ((random: Random) => number)[] = [
      (random) => (uniform(random) < 0.5 ? 1 : -1),
      // Four trials in each arm, one in five succeeds.
      (random) => (trials(0.2, random) - trials(0.2, random)) / 4,
      // Small wins often, great losses seldom: mean 0, far from symmetric.
      (random) => (uniform(random) < 0.8 ? 0.25 : -1),
    ];
    for (const [which, draw] of nulls.entries()) {
      const random = seeded(`null ${which}`);
      let fooled = 0;
      for (let w = 0; w < worlds; w++) {
        if (eProcess(Array.from({ length: 300 }, () => draw(random))).acceptedAfter !== undefined) fooled++;
      }
      expect(fooled / worlds).toBeLessThanOrEqual(1 / ACCEPT_AT);
    }
  });

  it('accepts a second arm that wins three of four within 60 tasks, nearly always', () => {
    const random = seeded('better');
    let accepted = 0;
    for (let w = 0; w < 200; w++) {
      const { acceptedAfter } = eProcess(Array.from({ length: 60 }, () => (uniform(random) < 0.75 ? 1 : -1)));
      if (acceptedAfter !== undefined) accepted++;
    }
    expect(accepted).toBeGreaterThan(170);
  });

  it('says after which difference it was first there, and wealth may fall again later', () => {
    const { wealth, acceptedAfter } = eProcess([1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1]);
    const first = wealth.findIndex((value) => value >= 20);
    expect(acceptedAfter).toBe(first + 1);
    expect(wealth.at(-1)).toBeLessThan(20);
    expect(eProcess([0.5, -0.5]).acceptedAfter).toBeUndefined();
    expect(eProcess([])).toEqual({ wealth: [], acceptedAfter: undefined });
  });

  it('ends with the same wealth in any order, and stays finite for hundreds of losses', () => {
    const difference = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(difference, { maxLength: 30 }), (list) => {
        expect(last(list.toReversed()) / last(list)).toBeCloseTo(1, 9);
      }),
    );
    expect(last(new Array(900).fill(-1))).toBeGreaterThanOrEqual(0);
    expect(last(new Array(900).fill(1))).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it('refuses differences beyond 1, with which it would not be fair', () => {
    expect(() => eProcess([0.5, 1.5])).toThrow(RangeError);
    expect(() => eProcess([Number.NaN])).toThrow(RangeError);
  });
});

function trials(rate: number, random: Random): number {
  return [0, 0, 0, 0].filter(() => uniform(random) < rate).length;
}
