// What this world can teach: lessons that help where nothing was learned, that follow the physics, and that are not there where grades mean nothing.
import { describe, expect, it } from 'vitest';
import { judgeSeed } from '../../bench/demo/seeds.ts';
import type { Card } from '../../src/domain/card.ts';
import { lumara } from './lumara.ts';

const row = (seed: string, change = {}) => judgeSeed(lumara, { seed, trials: 20, heldOut: 4, change });

function least(cards: readonly Card[], argument: string): number | undefined {
  const values = cards.flatMap(({ predicate }) =>
    predicate?.then.arg === `/${argument}` && predicate.then.op === '>=' ? [Number(predicate.then.value)] : [],
  );
  return values.length === 0 ? undefined : Math.max(...values);
}

describe('learning from six sites', () => {
  // All 20 seeds are flown by `npm run bench:demo`; these two stand for them.
  it.each(['lumara-1', 'lumara-7'])('helps at sixteen others under seed %s', { timeout: 240_000 }, (seed) => {
    const { before, after, permuted, fromShuffled } = row(seed);
    expect(after).toBeGreaterThan(before + 0.15);
    expect(permuted).toBeLessThanOrEqual(before);
    expect(fromShuffled).toBe(0);
  });

  it('comes to other thresholds where one constant of the world is another', { timeout: 240_000 }, () => {
    const [moon, mars] = [row('lumara-1'), row('lumara-1', { gravity: 3.71 })];
    const [here = Number.NaN, there = Number.NaN] = [moon, mars].map(({ cards }) => least(cards, 'burn_altitude_m'));
    expect(there).toBeGreaterThan(here + 200);
  });
});
