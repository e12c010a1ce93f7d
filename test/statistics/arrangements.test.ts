// Dealing out labels within blocks: all of them once, or random ones, each equally likely.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forEachArrangement } from '../../src/statistics/arrangements.ts';
import { seeded } from '../../src/statistics/random.ts';

function visitAll(blocks: number[], labels: number[], exactUpTo: number, draws = 10, seed = 'deal') {
  const seen: string[] = [];
  const visits = forEachArrangement(blocks, labels, { exactUpTo, draws, random: seeded(seed) }, (dealt) => {
    seen.push(dealt.join(''));
  });
  return { seen, ...visits };
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

describe('forEachArrangement', () => {
  it('visits each distinct arrangement once where they are few', () => {
    const { seen, exact, visited } = visitAll([0, 1, 0, 1, 1], [0, 1, 1, 0, 0], 6);
    expect(exact).toBe(true);
    expect(visited).toBe(6);
    // Sessions 0 and 2 share one success, sessions 1, 3 and 4 another.
    expect(seen.toSorted()).toEqual(['00101', '00110', '01100', '10001', '10010', '11000']);
  });

  it('counts multinomial coefficients, and the given arrangement is among those visited', () => {
    const session = fc.record({ block: fc.nat(2), label: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(session, { maxLength: 8 }), (sessions) => {
        const blocks = sessions.map(({ block }) => block);
        const labels = sessions.map(({ label }) => label);
        let count = 1;
        for (const block of [0, 1, 2]) {
          const inside = sessions.filter((s) => s.block === block);
          count *= factorial(inside.length);
          for (const label of [0, 1, 2]) count /= factorial(inside.filter((s) => s.label === label).length);
        }
        const { seen, visited, exact } = visitAll(blocks, labels, 50_000);
        expect(exact).toBe(true);
        expect(visited).toBe(count);
        expect(new Set(seen).size).toBe(count);
        expect(seen).toContain(labels.join(''));
        expect(visitAll(blocks, labels, count - 1).exact).toBe(false);
      }),
    );
  });

  it('never moves a label to another block', () => {
    const blocks = Array.from({ length: 40 }, (_, i) => i % 7);
    const labels = blocks.map((block, i) => (block * 3 + i) % 2);
    const sums = (dealt: number[]) =>
      [0, 1, 2, 3, 4, 5, 6].map((b) => dealt.filter((x, i) => x && blocks[i] === b).length);
    const { seen, exact, visited } = visitAll(blocks, labels, 1000, 50);
    expect(exact).toBe(false);
    expect(visited).toBe(50);
    for (const dealt of seen) expect(sums([...dealt].map(Number))).toEqual(sums(labels));
    expect(new Set(seen).size).toBeGreaterThan(40);
  });

  it('draws every arrangement equally often', () => {
    const { seen } = visitAll([0, 0, 0, 0, 1, 1], [1, 1, 0, 0, 1, 0], 0, 12_000);
    const counts = new Map<string, number>();
    for (const dealt of seen) counts.set(dealt, (counts.get(dealt) ?? 0) + 1);
    expect(counts.size).toBe(12);
    // Chi-square with 11 degrees of freedom is above 31.26 once in a thousand.
    expect([...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(31.26);
  });

  it('visits the one arrangement that there is where nothing can move', () => {
    expect(visitAll([0, 1, 2], [1, 0, 1], 5).seen).toEqual(['101']);
    expect(visitAll([], [], 5).visited).toBe(1);
  });
});
