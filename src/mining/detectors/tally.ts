// What the sessions that met one error did about it, as whole numbers that add up to the same in any order; keeps no call, and weighs nothing.
import { inGroup } from '../../base/collections.ts';
import type { AgainFact, ErrorFact, RepairFact } from '../fact-types.ts';
import type { ChangeTally } from './change-tally.ts';

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

/** What the votes on one template come to. */
export interface VoteTally extends VoteSums {
  changes: ReadonlyMap<string, ChangeTally>;
  again: readonly AgainFact[];
}

/** As far as it is summed up. */
export interface VoteSums {
  votes: number;
  /** Sessions that called the tool again after the error. */
  tried: number;
  /** Sessions that got past it. */
  repaired: number;
  /** Those whose repair changed nothing, and those whose call has one argument at most. */
  same: number;
  sole: number;
  /** By number of successful calls of other tools before it: so many repairs. */
  between: Map<number, number>;
  /** By tool that newly ran before the repair: as `RepairFact` has it, and where nothing was changed. */
  newly: Map<string, { sharing: number; any: number }>;
  repeated: { sessions: number; worked: number };
  /** What it all cost, dollars in billionths; null where some call does not tell. */
  calls: number;
  tokens: number | null;
  nanoUsd: number | null;
}

export function newSums(): VoteSums {
  return {
    ...{ votes: 0, tried: 0, repaired: 0, same: 0, sole: 0, calls: 0, tokens: 0, nanoUsd: 0 },
    between: new Map(),
    newly: new Map(),
    repeated: { sessions: 0, worked: 0 },
  };
}

/** Counts one vote; a session has one. */
export function countVote(sums: VoteSums, vote: Vote): void {
  const { error, events, repeated } = vote;
  sums.votes++;
  if (error.tries > 0) sums.tried++;
  if (error.repair !== undefined) countRepair(sums, error.repair);
  if (repeated !== undefined) {
    sums.repeated.sessions++;
    if (repeated) sums.repeated.worked++;
  }
  sums.calls += wastedBy(vote);
  // Of what happened more often than it was followed up, a part is not known.
  const { tokens, usd } = events <= 1 + error.tries ? error : {};
  sums.tokens = plus(sums.tokens, tokens);
  sums.nanoUsd = plus(sums.nanoUsd, usd === undefined ? undefined : Math.round(usd * 1e9));
}

/** Calls that the error cost the session. */
export function wastedBy({ events, error }: Vote): number {
  return Math.max(events, error.cost);
}

function plus(sum: number | null, value: number | null | undefined): number | null {
  return sum === null || value === null || value === undefined ? null : sum + value;
}

function countRepair(sums: VoteSums, { changed, between, sharing, fresh, sole }: RepairFact): void {
  sums.repaired++;
  sums.between.set(between, (sums.between.get(between) ?? 0) + 1);
  if (changed.length === 0) sums.same++;
  if (sole === true) sums.sole++;
  if (sharing.length + fresh.length > 0)
    countNewly(sums, changed.length === 0 ? [...sharing, ...fresh] : sharing, sharing);
}

function countNewly({ newly }: VoteSums, any: readonly string[], sharing: readonly string[]): void {
  for (const tool of new Set(any)) {
    const entry = inGroup(newly, tool, () => ({ sharing: 0, any: 0 }));
    if (sharing.includes(tool)) entry.sharing++;
    entry.any++;
  }
}

/** The same as a value that JSON can hold. */
export interface PlainSums extends Omit<VoteSums, 'between' | 'newly'> {
  between: [number, number][];
  newly: [string, { sharing: number; any: number }][];
}

export function plainSums({ between, newly, ...rest }: VoteSums): PlainSums {
  return { ...rest, between: [...between], newly: [...newly] };
}

const NUMBERS = ['votes', 'tried', 'repaired', 'same', 'sole', 'calls'] as const;

/** Adds what another part came to. */
export function addSums(sums: VoteSums, part: PlainSums): void {
  for (const name of NUMBERS) sums[name] += part[name];
  sums.tokens = plus(sums.tokens, part.tokens);
  sums.nanoUsd = plus(sums.nanoUsd, part.nanoUsd);
  sums.repeated.sessions += part.repeated.sessions;
  sums.repeated.worked += part.repeated.worked;
  for (const [length, n] of part.between) sums.between.set(length, (sums.between.get(length) ?? 0) + n);
  for (const [tool, { sharing, any }] of part.newly) {
    const entry = inGroup(sums.newly, tool, () => ({ sharing: 0, any: 0 }));
    entry.sharing += sharing;
    entry.any += any;
  }
}
