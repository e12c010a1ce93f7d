// Orders that are no accident, told apart from those that chance gives and from parts of one another; nothing here has an outcome.
import { describe, expect, it } from 'vitest';
import { orderedOnes, peaksOf } from '../../../src/mining/workflows/order.ts';
import type { Run } from '../../../src/mining/workflows/runs.ts';
import { type Sequence, sequencesIn } from '../../../src/mining/workflows/sequences.ts';
import { type Random, seeded, uniformInt } from '../../../src/statistics/random.ts';
import { extractOf } from '../extracts.ts';

const TOOLS = 10;
const WAY = [1, 2, 3];

function runOf(tokens: readonly number[], n: number): Run {
  return {
    session: extractOf(`s${n}`),
    stratum: 't',
    passed: true,
    mixed: true,
    calls: Uint32Array.from(tokens, (_, i) => i),
    tokens: Int32Array.from(tokens),
    at: Int32Array.from(tokens, (_, i) => i + 1),
    length: tokens.length,
  };
}

/** All ten tools in random order, but for those of `way`, which stand together somewhere. */
function tokensOf(random: Random, way: readonly number[] = []): number[] {
  const rest = Array.from({ length: TOOLS }, (_, tool) => ({ tool, key: uniformInt(random, 1_000_000) }))
    .filter(({ tool }) => !way.includes(tool))
    .sort((a, b) => a.key - b.key || a.tool - b.tool);
  const others = rest.map(({ tool }) => tool);
  const place = uniformInt(random, others.length + 1);
  return [...others.slice(0, place), ...way, ...others.slice(place)];
}

const long = (runs: readonly Run[]): Sequence[] =>
  sequencesIn(runs, 5).filter(({ tokens, closed }) => closed && tokens.length >= 3);
const peaks = (runs: readonly Run[]) =>
  peaksOf(orderedOnes(runs, long(runs), TOOLS)).map(({ tokens }) => tokens.join());

/** How many of `length` runs take the steps on purpose. */
const world = (seed: string, taken: number, length: number, way: readonly number[] = WAY) => {
  const random = seeded(seed);
  return Array.from({ length }, (_, n) => runOf(tokensOf(random, n < taken ? way : []), n));
};

describe('an order', () => {
  it('of three steps that 22 of 90 runs keep is found, and first', () => {
    for (const seed of ['a', 'b', 'c', 'd', 'e']) expect(peaks(world(seed, 22, 90))[0]).toBe('1,2,3');
  });

  it('is seldom seen where all is random', () => {
    const seen = Array.from({ length: 20 }, (_, n) => peaks(world(`random ${n}`, 0, 90)));
    expect(seen.filter((found) => found.length > 0).length).toBeLessThanOrEqual(3);
  });

  it('has a surplus of the runs that keep it on purpose, about', () => {
    const runs = world('surplus', 40, 200);
    const found = orderedOnes(runs, long(runs), TOOLS).find(({ sequence }) => sequence.tokens.join() === '1,2,3');
    const surplus = found?.surplus ?? 0;
    expect(surplus).toBeGreaterThan(30);
    expect(surplus).toBeLessThan(50);
  });
});

describe('a way of working', () => {
  it('is the whole of five steps, though chance alone gives its parts to more runs than took it', () => {
    const way = [1, 2, 3, 4, 5];
    const runs = world('five', 14, 140, way);
    expect(runs.filter(({ tokens }) => tokens.indexOf(2) < tokens.indexOf(3)).length).toBeGreaterThan(60);
    expect(peaks(runs)[0]).toBe('1,2,3,4,5');
  });

  it('does not take along what follows it now and then', () => {
    const random = seeded('follows');
    const runs = Array.from({ length: 160 }, (_, n) =>
      runOf(tokensOf(random, n % 4 !== 0 ? [] : n % 16 === 0 ? [...WAY, 7] : WAY), n),
    );
    expect(peaks(runs)).toEqual(['1,2,3']);
  });

  it('stands beside another one of the same steps that other runs take', () => {
    const random = seeded('beside');
    const runs = Array.from({ length: 160 }, (_, n) =>
      runOf(tokensOf(random, n % 4 === 0 ? WAY : n % 4 === 1 ? [3, 2, 1] : []), n),
    );
    expect([...peaks(runs)].sort()).toEqual(['1,2,3', '3,2,1']);
  });
});
