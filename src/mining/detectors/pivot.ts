// Finds the other tool that had to run before a failing call worked; says nothing about arguments.
import { textsOf } from '../arguments.ts';
import type { Action } from '../extract-types.ts';
import { isUnusual, type Presence } from './presence.ts';
import type { Repaired } from './repair.ts';

/**
 * Another tool that succeeded between error and repair in more than half of the repairs, and not in the equally long stretch before
 * the error (what runs before every call explains nothing). It must have worked on something that the failing call names too; where
 * most repairs are the very same call again it need not, since something must have changed in between; but it must then
 * have run more often than it runs in any stretch so long.
 */
export function firstOf(
  repaired: readonly Repaired[],
  presence: Presence,
): { tool: string; sessions: number } | undefined {
  const same = repaired.filter((r) => r.vote.aftermath.changed.length === 0);
  const mostlySame = same.length * 2 > repaired.length;
  const tally = new Map<string, { sharing: number; any: number }>();
  for (const { vote } of repaired) {
    const { between, before, changed } = vote.aftermath;
    const shares = sharingWith(vote.error);
    const sharing = newTools(between.filter(shares), before.filter(shares));
    const any = changed.length === 0 ? newTools(between, before) : sharing;
    for (const tool of new Set([...sharing, ...any])) {
      const entry = tally.get(tool) ?? { sharing: 0, any: 0 };
      if (sharing.has(tool)) entry.sharing++;
      entry.any++;
      tally.set(tool, entry);
    }
  }
  const lengths = repaired.map((r) => r.vote.aftermath.between.length);
  const ranked = [...tally]
    .map(([tool, { sharing, any }]) => ({ tool, sharing, sessions: mostlySame ? any : sharing }))
    .filter((t) => t.sessions * 2 > repaired.length)
    .filter((t) => t.sharing * 2 > repaired.length || isUnusual(presence, t.tool, t.sessions, lengths))
    .sort((a, b) => b.sharing - a.sharing || b.sessions - a.sessions || (a.tool < b.tool ? -1 : 1));
  const [best] = ranked;
  return best === undefined ? undefined : { tool: best.tool, sessions: best.sessions };
}

function newTools(between: readonly Action[], before: readonly Action[]): Set<string> {
  const usual = new Set(before.map((a) => a.tool));
  return new Set(between.map((a) => a.tool).filter((tool) => !usual.has(tool)));
}

// Short texts such as flags are shared by chance.
function sharingWith(error: Action): (action: Action) => boolean {
  const named = new Set(textsOf(error.input).filter((text) => text.length >= 3));
  return (action) => textsOf(action.input).some((text) => named.has(text));
}
