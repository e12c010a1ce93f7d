// Which deed sets the revisions that helped apart from those that did not; counts one vote a session, and knows no tool by name.
import { groupBy, inGroup } from '../../base/collections.ts';
import { fisherExact } from '../../statistics/fisher.ts';
import type { DeedFact } from '../asked-types.ts';
import type { Extract } from '../extract-types.ts';
import { deedName } from '../facts/deeds.ts';
import type { Control, Revision } from './gap-control.ts';

/** What most of the revisions that helped did. */
export interface Choice {
  tool: string;
  argument?: string;
  /** Sessions that did it, of those whose revision helped. */
  did: number;
  /** The new value of the argument, where more than half of them gave the same short one. */
  to?: string;
  /** Other sessions' revisions that were compared, and how many of them did it too. */
  others: { revisions: number; did: number };
  /** By session. */
  deeds: Map<Extract, DeedFact>;
  /** Why it explains nothing. */
  doubt?: string;
}

const LEVEL = 0.02;
const ENOUGH = 5; // revisions; with fewer to compare, a difference cannot show

/**
 * The deed that more than half of the revisions that helped did, and that other revisions did least (of equals a newly called tool, then
 * the first by name); undefined where there is none. Where there are at least five other revisions, it is in doubt
 * unless the helpful ones did it more often by Fisher's exact test, one-sided, at 2 % shared among all deeds that were seen.
 * @param others may hold some of the helpful ones, which are not compared with themselves
 * @param questions how many things this is asked about: they share the level
 * @param wanted the name of the one deed that is asked about, as `deedName` gives it; all of them where it is left out
 */
export function chooseDeed(
  helped: readonly Revision[],
  others: Control,
  questions = 1,
  wanted?: string,
): Choice | undefined {
  const votes = deedVotes(helped);
  const sessions = new Set(helped.map((r) => r.session)).size;
  const common = [...votes].filter(
    ([name, deeds]) => deeds.size * 2 > sessions && (wanted === undefined || name === wanted),
  );
  if (common.length === 0) return undefined;
  const control = others.without(helped);
  const compared = control.sessions;
  const weighed = common
    .map(([name, deeds]) => ({ name, deeds, did: deeds.size, too: control.did(name) }))
    .sort(
      (a, b) =>
        lift(b) - lift(a) || Number(isArgument(a.deeds)) - Number(isArgument(b.deeds)) || (a.name < b.name ? -1 : 1),
    );
  const [best] = weighed;
  const [sample] = best?.deeds.values() ?? [];
  if (best === undefined || sample === undefined) return undefined;
  const { greater } = fisherExact({ a: best.did, b: best.too, c: sessions - best.did, d: compared - best.too });
  const explains = compared < ENOUGH || greater <= LEVEL / (votes.size * questions);
  return {
    tool: sample.tool,
    ...(sample.argument !== undefined && { argument: sample.argument }),
    did: best.did,
    ...commonValue(best.deeds),
    others: { revisions: compared, did: best.too },
    deeds: best.deeds,
    ...(!explains && { doubt: 'other revisions did it about as often, so it explains nothing' }),
  };

  function lift({ did, too }: { did: number; too: number }): number {
    return did / sessions - too / Math.max(1, compared);
  }
}

// The first revision of a session that did it speaks for the session.
function deedVotes(revisions: readonly Revision[]): Map<string, Map<Extract, DeedFact>> {
  const votes = new Map<string, Map<Extract, DeedFact>>();
  for (const { session, deeds } of revisions) {
    for (const deed of deeds) {
      const sessions = inGroup(votes, deedName(deed), () => new Map<Extract, DeedFact>());
      if (!sessions.has(session)) sessions.set(session, deed);
    }
  }
  return votes;
}

function isArgument(deeds: ReadonlyMap<Extract, DeedFact>): boolean {
  return [...deeds.values()][0]?.argument !== undefined;
}

function commonValue(deeds: ReadonlyMap<Extract, DeedFact>): { to?: string } {
  const values = [...deeds.values()].flatMap(({ to }) => to ?? []);
  const [best] = [...groupBy(values, (v) => v)].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  return best !== undefined && best[1].length * 2 > deeds.size ? { to: best[0] } : {};
}
