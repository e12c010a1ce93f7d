// Which deed sets the revisions that helped apart from those that did not; counts one vote a session, and knows no tool by name.
import { groupBy, inGroup } from '../../base/collections.ts';
import { oneLine } from '../../base/text.ts';
import { fisherExact } from '../../statistics/fisher.ts';
import { printChange, valueAt } from '../arguments.ts';
import type { Action, Extract } from '../extract-types.ts';
import { type Deed, deedName, deedsOf } from './revision.ts';

/** A stretch of work between two verdicts. */
export interface Revision {
  session: Extract;
  before: Action[];
  between: Action[];
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
  deeds: Map<Extract, Deed>;
  /** Why it explains nothing. */
  doubt?: string;
}

const LEVEL = 0.02;
const ENOUGH = 5; // revisions; with fewer to compare, a difference cannot show
const MAX_VALUE = 40;
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
  others: readonly Revision[],
  questions = 1,
  wanted?: string,
): Choice | undefined {
  const votes = deedVotes(helped);
  const beside = others.slice(0, MAX_OTHERS);
  const sessions = new Set(helped.map((r) => r.session)).size;
  const compared = new Set(beside.map((r) => r.session)).size;
  const common = [...votes].filter(
    ([name, deeds]) => deeds.size * 2 > sessions && (wanted === undefined || name === wanted),
  );
  const control = namesByVotes(beside, new Set(common.flatMap(([, deeds]) => toolOf(deeds) ?? [])));
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
function deedVotes(revisions: readonly Revision[]): Map<string, Map<Extract, Deed>> {
  const votes = new Map<string, Map<Extract, Deed>>();
  for (const revision of revisions) {
    const { session } = revision;
    for (const deed of deedsIn(revision)) {
      const sessions = inGroup(votes, deedName(deed), () => new Map<Extract, Deed>());
      if (!sessions.has(session)) sessions.set(session, deed);
    }
  }
  return votes;
}

// Many questions are asked of the same revisions.
const known = new WeakMap<Revision, Deed[]>();

/** Each of its deeds once. What was looked at before is not read again. */
export function deedsIn(revision: Revision): Deed[] {
  const deeds =
    known.get(revision) ??
    Array.from(deedsOf(revision.before, revision.between).values(), (deed) => new Noted(revision.session, deed));
  known.set(revision, deeds);
  return deeds;
}

// Of many thousands a few calls are looked at again, by their place.
class Noted implements Deed {
  readonly tool: string;
  declare readonly argument?: string;
  readonly #session: Extract;
  readonly #place: number;

  constructor(session: Extract, { tool, argument, call }: Deed) {
    this.tool = tool;
    if (argument !== undefined) this.argument = argument;
    this.#session = session;
    this.#place = session.actions.indexOf(call);
  }

  get call(): Action {
    const call = this.#session.actions[this.#place];
    if (call === undefined) throw new Error('a deed is a call of its session');
    return call;
  }
}

/** The sessions whose revisions did each deed with one of these tools; what they did with others is not read. */
function namesByVotes(revisions: readonly Revision[], tools: ReadonlySet<string>): Map<string, Set<Extract>> {
  const votes = new Map<string, Set<Extract>>();
  if (tools.size === 0) return votes;
  for (const revision of revisions)
    for (const name of namesIn(revision, tools)) inGroup(votes, name, () => new Set()).add(revision.session);
  return votes;
}

// By tool, the names of its deeds.
const named = new WeakMap<Revision, Map<string, string[]>>();

function namesIn(revision: Revision, tools: ReadonlySet<string>): string[] {
  const all = known.get(revision);
  if (all !== undefined) return all.filter(({ tool }) => tools.has(tool)).map(deedName);
  const byTool = named.get(revision) ?? new Map<string, string[]>();
  named.set(revision, byTool);
  const missing = new Set([...tools].filter((tool) => !byTool.has(tool)));
  for (const tool of missing) byTool.set(tool, []);
  const deeds = missing.size > 0 ? deedsOf(revision.before, revision.between, missing) : [];
  for (const [name, { tool }] of deeds) byTool.get(tool)?.push(name);
  return [...tools].flatMap((tool) => byTool.get(tool) ?? []);
}

function toolOf(deeds: ReadonlyMap<Extract, Deed>): string | undefined {
  return [...deeds.values()][0]?.tool;
}

function isArgument(deeds: ReadonlyMap<Extract, Deed>): boolean {
  return [...deeds.values()][0]?.argument !== undefined;
}

// A value that an outside tool supplied is no part of a claim.
function commonValue(deeds: ReadonlyMap<Extract, Deed>): { to?: string } {
  const values = [...deeds.values()].flatMap(({ argument, call }) => {
    if (argument === undefined || (call.borrowed ?? []).some((p) => p === argument || p.startsWith(`${argument}/`)))
      return [];
    const { to } = printChange(undefined, valueAt(call.input, argument), 200);
    return to.length <= MAX_VALUE && !to.includes('`') ? [oneLine(to)] : [];
  });
  const [best] = [...groupBy(values, (v) => v)].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  return best !== undefined && best[1].length * 2 > deeds.size ? { to: best[0] } : {};
}
