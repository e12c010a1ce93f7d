// How often each tool runs anyway, so that what ran by chance between an error and its repair is not taken for the cure; finds no cure itself.
import { binomialUpper } from '../../statistics/binomial.ts';
import type { Doings } from '../fact-types.ts';

const LEVEL = 0.05;
const MIN_CALLS = 20; // with fewer, no share is known

/** Share of each tool among the calls that worked; empty where there are too few to tell. */
export type Presence = ReadonlyMap<string, number>;

/** Counts what worked in each session of a part. */
export function newPresence(): { see(facts: Doings): void; kept(): [tool: string, worked: number][] } {
  const calls = new Map<string, number>();
  return {
    see({ tools }) {
      for (const { tool, worked } of tools) calls.set(tool, (calls.get(tool) ?? 0) + worked);
    },
    kept: () => [...calls],
  };
}

/** What the shares are by what all parts counted. */
export function presenceIn(parts: Iterable<readonly [tool: string, worked: number][]>): Presence {
  const calls = new Map<string, number>();
  for (const part of parts) for (const [tool, worked] of part) calls.set(tool, (calls.get(tool) ?? 0) + worked);
  const all = [...calls.values()].reduce((sum, n) => sum + n, 0);
  return all < MIN_CALLS ? new Map() : new Map([...calls].map(([tool, n]) => [tool, n / all]));
}

/**
 * True where a tool ran in more of some stretches than its share of all calls explains: one-sided exact binomial test, 5 %, against the
 * mean over the stretches of 1 − (1 − share)^length. True as well where its share is not known.
 * @param seen stretches in which it ran
 * @param lengths by number of calls: so many of the stretches
 */
export function isUnusual(
  presence: Presence,
  tool: string,
  seen: number,
  lengths: ReadonlyMap<number, number>,
): boolean {
  const share = presence.get(tool);
  if (share === undefined || lengths.size === 0) return true;
  let [byChance, all] = [0, 0];
  // In one order, so that the sum is the same to the last bit however they were counted.
  for (const [length, times] of [...lengths].sort(([a], [b]) => a - b)) {
    byChance += times * (1 - (1 - share) ** length);
    all += times;
  }
  return binomialUpper(seen, all, byChance / all) <= LEVEL;
}
