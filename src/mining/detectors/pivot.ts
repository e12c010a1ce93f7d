// Finds the other tool that had to run before a failing call worked; says nothing about arguments.
import { isUnusual, type Presence } from './presence.ts';
import type { VoteTally } from './tally.ts';

/**
 * Another tool that succeeded between error and repair in more than half of the repairs, and not in the equally long stretch before
 * the error (what runs before every call explains nothing). It must have worked on something that the failing call names too; where
 * most repairs are the very same call again it need not, since something must have changed in between; but it must then
 * have run more often than it runs in any stretch so long.
 */
export function firstOf(
  { repaired, same, newly, between }: VoteTally,
  presence: Presence,
): { tool: string; sessions: number } | undefined {
  const mostlySame = same * 2 > repaired;
  const ranked = [...newly]
    .map(([tool, { sharing, any }]) => ({ tool, sharing, sessions: mostlySame ? any : sharing }))
    .filter((t) => t.sessions * 2 > repaired)
    .filter((t) => t.sharing * 2 > repaired || isUnusual(presence, t.tool, t.sessions, between))
    .sort((a, b) => b.sharing - a.sharing || b.sessions - a.sessions || (a.tool < b.tool ? -1 : 1));
  const [best] = ranked;
  return best === undefined ? undefined : { tool: best.tool, sessions: best.sessions };
}
