// Tests of the bound on stratified excesses, against exact tails.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bennettBound } from '../../src/statistics/bennett.ts';
import { hypergeometric } from '../../src/statistics/hypergeometric.ts';

const cell = fc.integer({ min: 0, max: 6 });
const table = fc.record({ a: cell, b: cell, c: cell, d: cell }).filter((t) => t.a + t.b + t.c + t.d > 1);

/** Distribution of Σa over the strata, by convolution. */
function tailOf(tables: readonly { a: number; b: number; c: number; d: number }[]) {
  let at = new Map([[0, 1]]);
  let mean = 0;
  let variance = 0;
  let observed = 0;
  for (const t of tables) {
    const n = t.a + t.b + t.c + t.d;
    const { low, logP } = hypergeometric(t);
    const next = new Map<number, number>();
    for (const [sum, p] of at)
      for (const [i, l] of logP.entries()) next.set(sum + low + i, (next.get(sum + low + i) ?? 0) + p * Math.exp(l));
    at = next;
    observed += t.a;
    mean += ((t.a + t.b) * (t.a + t.c)) / n;
    variance += ((t.a + t.b) * (t.c + t.d) * (t.a + t.c) * (t.b + t.d)) / (n * n * (n - 1));
  }
  const far = Math.abs(observed - mean) - 1e-9;
  const exact = [...at].reduce((sum, [x, p]) => (Math.abs(x - mean) >= far ? sum + p : sum), 0);
  return { exact, over: observed - mean, variance };
}

describe('the bound', () => {
  it('is never below the exact probability, whatever the strata', () => {
    fc.assert(
      fc.property(fc.array(table, { minLength: 1, maxLength: 8 }), (tables) => {
        const { exact, over, variance } = tailOf(tables);
        expect(bennettBound(over, variance)).toBeGreaterThanOrEqual(exact - 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('is useful where there are many sessions: five standard deviations of a thousand are below one in ten thousand', () => {
    expect(bennettBound(5 * Math.sqrt(1000), 1000)).toBeLessThan(1e-4);
    expect(bennettBound(0, 1000)).toBe(1);
    expect(bennettBound(3, 0)).toBe(1);
  });
});
