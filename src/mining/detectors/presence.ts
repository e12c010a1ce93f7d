// How often each tool runs anyway, so that what ran by chance between an error and its repair is not taken for the cure; finds no cure itself.
import { binomialUpper } from '../../statistics/binomial.ts';
import type { Doings } from '../fact-types.ts';

const LEVEL = 0.05;
const MIN_CALLS = 20; // with fewer, no share is known

/** Share of each tool among the calls that worked; empty where there are too few to tell. */
export type Presence = ReadonlyMap<string, number>;

/** Counts what worked in each session, and says what the shares are. */
export function newPresence(): { see(facts: Doings): void; shares(): Presence } {
  const calls = new Map<string, number>();
  return {
    see({ tools }) {
      for (const { tool, worked } of tools) calls.set(tool, (calls.get(tool) ?? 0) + worked);
    },
    shares() {
      const all = [...calls.values()].reduce((sum, n) => sum + n, 0);
      return all < MIN_CALLS ? new Map() : new Map([...calls].map(([tool, n]) => [tool, n / all]));
    },
  };
}

/**
 * True where a tool ran in more of some stretches than its share of all calls explains: one-sided exact binomial test, 5 %, against the
 * mean over the stretches of 1 − (1 − share)^length. True as well where its share is not known.
 * @param seen stretches in which it ran
 * @param lengths calls in each of the stretches
 */
export function isUnusual(presence: Presence, tool: string, seen: number, lengths: readonly number[]): boolean {
  const share = presence.get(tool);
  if (share === undefined || lengths.length === 0) return true;
  const byChance = lengths.reduce((sum, length) => sum + 1 - (1 - share) ** length, 0) / lengths.length;
  return binomialUpper(seen, lengths.length, byChance) <= LEVEL;
}
