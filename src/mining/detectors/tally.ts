// What the sessions that met one error did about it, counted as they pass by; keeps no call, and weighs nothing.
import { inGroup } from '../../base/collections.ts';
import type { AgainFact, ChangeFact, ErrorFact, RepairFact } from '../fact-types.ts';

/** What one session says about a template: its first occurrence that was got past, else its first. */
export interface Vote {
  error: ErrorFact;
  /** How often the error occurred in the session. */
  events: number;
  /** Whether repeating the very same call worked; absent where nobody did. */
  repeated?: boolean;
  /** What came of making the very same call later; absent where nobody did. */
  again?: AgainFact;
}

/** An argument that changed in repairs. */
export interface ChangeTally {
  /** Repairs in which it changed. */
  sessions: number;
  /** Those whose error quotes its failing value, and those whose error does or names it. */
  quoted: number;
  named: number;
  /** Those in which tries in vain had changed it too. */
  inVain: number;
  /** Those that tried the same job again. */
  adjusted: number;
  /** Those in which a number rose, and in which it sank. */
  up: number;
  down: number;
  /** Sum of likenesses of its old and new values. */
  alike: number;
  /** By hash of the new value. */
  values: Map<number, number>;
  /** Repairs in which no outside tool supplied the new value. */
  local: number;
  /** How many repairs have a pair of old and new value that may be shown, by its hash; and the clearest of those seen most. */
  pairs: Map<number, number>;
  clearest: Pair | undefined;
}

/** Both values as they are printed. */
export interface Pair {
  from: string;
  to: string;
  /** Repairs that have it, when it became the clearest. */
  seen: number;
  key: string;
  alike: number;
}

/** What the votes on one template come to. */
export interface VoteTally {
  votes: number;
  /** Sessions that called the tool again after the error. */
  tried: number;
  /** Sessions that got past it. */
  repaired: number;
  /** Those whose repair changed nothing, and those whose call has one argument at most. */
  same: number;
  sole: number;
  /** By repair: successful calls of other tools before it. */
  between: number[];
  /** By tool that newly ran before the repair: as `RepairFact` has it, and where nothing was changed. */
  newly: Map<string, { sharing: number; any: number }>;
  changes: Map<string, ChangeTally>;
  again: AgainFact[];
  repeated: { sessions: number; worked: number };
  /** What it all cost; undefined where some call does not tell. */
  calls: number;
  tokens: number | undefined;
  usd: number | undefined;
}

export function newTally(): VoteTally {
  return {
    votes: 0,
    tried: 0,
    repaired: 0,
    same: 0,
    sole: 0,
    between: [],
    newly: new Map(),
    changes: new Map(),
    again: [],
    repeated: { sessions: 0, worked: 0 },
    calls: 0,
    tokens: 0,
    usd: 0,
  };
}

/** Counts one vote; a session has one. */
export function countVote(tally: VoteTally, vote: Vote): void {
  const { error, events, repeated, again } = vote;
  tally.votes++;
  if (error.tries > 0) tally.tried++;
  if (error.repair !== undefined) countRepair(tally, error.repair);
  if (again !== undefined) tally.again.push(again);
  if (repeated !== undefined) {
    tally.repeated.sessions++;
    if (repeated) tally.repeated.worked++;
  }
  tally.calls += wastedBy(vote);
  // Of what happened more often than it was followed up, a part is not known.
  const isKnown = events <= 1 + error.tries;
  tally.tokens = plus(tally.tokens, isKnown ? error.tokens : undefined);
  tally.usd = plus(tally.usd, isKnown ? error.usd : undefined);
}

/** Calls that the error cost the session. */
export function wastedBy({ events, error }: Vote): number {
  return Math.max(events, error.cost);
}

function plus(sum: number | undefined, value: number | undefined): number | undefined {
  return sum === undefined || value === undefined ? undefined : sum + value;
}

function countRepair(tally: VoteTally, { changed, between, sharing, fresh, sole }: RepairFact): void {
  tally.repaired++;
  tally.between.push(between);
  if (changed.length === 0) tally.same++;
  if (sole === true) tally.sole++;
  if (sharing.length + fresh.length > 0)
    countNewly(tally, changed.length === 0 ? [...sharing, ...fresh] : sharing, sharing);
  for (const change of changed) countChange(inGroup(tally.changes, change.pointer, newChange), change);
}

function countNewly({ newly }: VoteTally, any: readonly string[], sharing: readonly string[]): void {
  for (const tool of new Set(any)) {
    const entry = inGroup(newly, tool, () => ({ sharing: 0, any: 0 }));
    if (sharing.includes(tool)) entry.sharing++;
    entry.any++;
  }
}

function newChange(): ChangeTally {
  return {
    ...{ sessions: 0, quoted: 0, named: 0, inVain: 0, adjusted: 0, up: 0, down: 0, alike: 0, local: 0 },
    values: new Map(),
    pairs: new Map(),
    clearest: undefined,
  };
}

function countChange(tally: ChangeTally, change: ChangeFact): void {
  tally.sessions++;
  if (change.quoted) tally.quoted++;
  if (change.named) tally.named++;
  if (change.inVain) tally.inVain++;
  if (change.adjusted) tally.adjusted++;
  if (change.way > 0) tally.up++;
  if (change.way < 0) tally.down++;
  tally.alike += change.alike;
  tally.values.set(change.value, (tally.values.get(change.value) ?? 0) + 1);
  countPair(tally, change);
}

// A value that a tool's answer showed first is whoever's wrote that answer, and is no example. What came from outside alone is told for the
// gate's sake, and shown by nobody.
function countPair(tally: ChangeTally, { source, from, to, pair: hash, alike, looksAlike = alike }: ChangeFact): void {
  if (source !== 'outside' && tally.local++ === 0) {
    tally.pairs.clear();
    tally.clearest = undefined;
  }
  if (source === 'shown' || (source === 'outside' && tally.local > 0)) return;
  const seen = (tally.pairs.get(hash) ?? 0) + 1;
  tally.pairs.set(hash, seen);
  const { clearest } = tally;
  if (clearest !== undefined && (seen < clearest.seen || (seen === clearest.seen && looksAlike < clearest.alike)))
    return;
  const pair: Pair = { from, to, seen, key: JSON.stringify([from, to]), alike: looksAlike };
  if (clearest === undefined || isClearer(pair, clearest)) tally.clearest = pair;
}

// The pair seen in most sessions; among those the one most alike, then the shortest, then the first by code units.
function isClearer(a: Pair, b: Pair): boolean {
  const order = b.seen - a.seen || b.alike - a.alike || a.key.length - b.key.length || (a.key < b.key ? -1 : 1);
  return order < 0;
}
