// Which deed sets the revisions that helped apart from those that did not; counts one vote a session, and knows no tool by name.
import { groupBy, inGroup } from '../../base/collections.ts';
import { fisherExact } from '../../statistics/fisher.ts';
import type { DeedFact, WorkFact } from '../asked-types.ts';
import type { Extract } from '../extract-types.ts';
import { deedName } from '../facts/deeds.ts';

/** A stretch of work after a verdict or a word. */
export interface Revision {
  session: Extract;
  /** May have to be read. */
  work: WorkFact;
}

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
const MAX_OTHERS = 2000; // revisions to compare with; more would not change a share

/**
 * The deed that more than half of the revisions that helped did, and that other revisions did least (of equals a newly called tool, then
 * the first by name); undefined where there is none. Where there are at least five other revisions, it is in doubt
 * unless the helpful ones did it more often by Fisher's exact test, one-sided, at 2 % shared among all deeds that were seen.
 * @param questions how many things this is asked about: they share the level
 * @param wanted the name of the one deed that is asked about, as `deedName` gives it; all of them where it is left out
 */
export function chooseDeed(
  helped: readonly Revision[],
  others: Iterable<Revision>,
  questions = 1,
  wanted?: string,
): Choice | undefined {
  const votes = deedVotes(helped);
  const sessions = new Set(helped.map((r) => r.session)).size;
  const common = [...votes].filter(
    ([name, deeds]) => deeds.size * 2 > sessions && (wanted === undefined || name === wanted),
  );
  if (common.length === 0) return undefined;
  const beside = firstOf(others, MAX_OTHERS);
  const compared = new Set(beside.map((r) => r.session)).size;
  const control = sessionsByName(
    beside,
    common.map(([name]) => name),
  );
  const weighed = common
    .map(([name, deeds]) => ({ name, deeds, did: deeds.size, too: control.get(name)?.size ?? 0 }))
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
  for (const { session, work } of revisions) {
    for (const deed of work.deeds) {
      const sessions = inGroup(votes, deedName(deed), () => new Map<Extract, DeedFact>());
      if (!sessions.has(session)) sessions.set(session, deed);
    }
  }
  return votes;
}

function firstOf<T>(items: Iterable<T>, most: number): T[] {
  const first: T[] = [];
  for (const item of items) if (first.push(item) === most) break;
  return first;
}

/** The sessions whose revisions did each of these deeds. */
function sessionsByName(revisions: readonly Revision[], names: readonly string[]): Map<string, Set<Extract>> {
  const sessions = new Map(names.map((name) => [name, new Set<Extract>()]));
  for (const revision of revisions) for (const name of namesIn(revision)) sessions.get(name)?.add(revision.session);
  return sessions;
}

// Many questions are asked of the same revisions.
const known = new WeakMap<Revision, string[]>();

function namesIn(revision: Revision): string[] {
  const names = known.get(revision) ?? revision.work.deeds.map(deedName);
  known.set(revision, names);
  return names;
}

function isArgument(deeds: ReadonlyMap<Extract, DeedFact>): boolean {
  return [...deeds.values()][0]?.argument !== undefined;
}

function commonValue(deeds: ReadonlyMap<Extract, DeedFact>): { to?: string } {
  const values = [...deeds.values()].flatMap(({ to }) => to ?? []);
  const [best] = [...groupBy(values, (v) => v)].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  return best !== undefined && best[1].length * 2 > deeds.size ? { to: best[0] } : {};
}
