// What the crew learns under many seeds, and what that is worth at sites nobody learned from; flies in process and prints nothing.
import type { Card } from '../../src/domain/card.ts';
import { completion, type Flown, learned, rulesOf, season } from './direct.ts';
import type { CrewRule, Lumara, MoonWorld } from './lumara.ts';

export interface SeedRow {
  seed: string;
  /** Shares of missions at held-out sites that met every criterion: without lessons, with them, with their predicates permuted. */
  before: number;
  after: number;
  permuted: number;
  /** Share of what was missing that the lessons brought. */
  gain: number;
  /** Lessons about outcomes that were learned where the grades had been dealt out anew among the missions of each site. */
  fromShuffled: number;
  cards: Card[];
}

export interface SeedPlan {
  seed: string;
  /** Missions at each of the six sites, and at each held-out site. */
  trials: number;
  heldOut: number;
  /** Constants of the world that are changed. */
  change?: Partial<MoonWorld>;
}

const MOST_PERMUTED = 4;

export function judgeSeed(lumara: Lumara, { seed, trials, heldOut, change = {} }: SeedPlan): SeedRow {
  const world = { ...lumara.world, ...change, seed };
  const flights = season(lumara, world, lumara.suites.six, trials, []);
  const cards = learned(flights, seed);
  const rules = rulesOf(lumara, cards);
  const fly = (heeded: readonly CrewRule[]) =>
    completion(season(lumara, world, lumara.suites.heldOut, heldOut, heeded));
  const [before, after] = [fly([]), fly(rules)];
  return {
    ...{ seed, before, after, gain: before === 1 ? 0 : (after - before) / (1 - before) },
    permuted: mean(permutations(rules).map(fly), before),
    fromShuffled: learned(shuffled(lumara, flights, seed), seed).length,
    cards,
  };
}

/**
 * The predicates taken apart and put together anew: each entry keeps tool and argument and gets the comparison of another, in
 * up to four rotations. Predicates that only change places as a whole would still all stand in the prompt.
 */
export function permutations(rules: readonly CrewRule[]): CrewRule[][] {
  const rotations = Math.min(MOST_PERMUTED, rules.length - 1);
  return Array.from({ length: Math.max(0, rotations) }, (_, r) =>
    rules.map((rule, n) => {
      const other = rules[(n + r + 1) % rules.length] ?? rule;
      return { ...rule, then: { ...rule.then, op: other.then.op, value: other.then.value } };
    }),
  );
}

function shuffled(lumara: Lumara, flights: readonly Flown[], seed: string): Flown[] {
  const random = lumara.chance('shuffled', seed);
  const bySite = new Map<string, Flown[]>();
  for (const flight of flights) bySite.set(flight.site, [...(bySite.get(flight.site) ?? []), flight]);
  return [...bySite.values()].flatMap((ofSite) => {
    const truths = ofSite.map(({ truth }) => ({ truth, key: random() })).sort((a, b) => a.key - b.key);
    return ofSite.map((flight, n) => ({ ...flight, truth: truths[n]?.truth ?? flight.truth }));
  });
}

function mean(values: readonly number[], otherwise: number): number {
  return values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length;
}
