// Which chunks are kept, and which of them are whole among some sessions: every member is there as it was, and in no other chunk; folds nothing.
import { sha256 } from '../../base/hash.ts';
import { VERSION } from '../../base/version.ts';
import type { Kept, KeptValue } from '../../store/kept.ts';
import { EXTRACT_VERSION } from '../extract-types.ts';
import { hash53 } from '../minhash.ts';

const MANIFEST = 'manifest';

/** A kept chunk. */
export interface Entry {
  name: string;
  /** Hashes of the identities of its members, in their order: they find the sessions, and the name proves them. */
  members: Float64Array;
  /** The last run that wrote it down and used it. */
  used: number;
}

export interface Manifest {
  /** In the order in which they were made: the first come is the first served, so that chunks of a selection never displace those of a larger one for good. */
  entries: readonly Entry[];
  /** Runs that wrote it. */
  runs: number;
  /** The most chunks that the sessions of one run made up. */
  most: number;
}

/** Members of a chunk in their order; everything that follows from each of them alone follows from its identity and the version of this program. */
export function nameOfChunk(identities: readonly string[]): string {
  return sha256([VERSION, EXTRACT_VERSION, ...identities].join('\n'));
}

export function membersOf(identities: readonly string[]): Float64Array {
  return Float64Array.from(identities, hash53);
}

/** An empty one where none was kept. */
export function readManifest(kept: Kept): Manifest {
  const found = kept.get(MANIFEST);
  return (found && manifestIn(found)) ?? { entries: [], runs: 0, most: 0 };
}

function manifestIn({ value, columns: { members } }: KeptValue): Manifest | undefined {
  if (!isValue(value) || !(members instanceof Float64Array)) return undefined;
  let from = 0;
  const entries = value.chunks.map(([name, size, used]) => {
    from += size;
    return { name, members: members.subarray(from - size, from), used };
  });
  return { entries, runs: value.runs, most: value.most };
}

type Row = [name: string, size: number, used: number];

function isValue(value: unknown): value is { chunks: Row[]; runs: number; most: number } {
  if (value === null || typeof value !== 'object') return false;
  if (!('chunks' in value) || !('runs' in value) || !('most' in value)) return false;
  const { chunks, runs, most } = value;
  return Number.isInteger(runs) && Number.isInteger(most) && Array.isArray(chunks) && chunks.every(isRow);
}

function isRow(row: unknown): row is Row {
  return Array.isArray(row) && typeof row[0] === 'string' && Number.isInteger(row[1]) && Number.isInteger(row[2]);
}

export function writeManifest(kept: Kept, { entries, runs, most }: Manifest): void {
  const members = new Float64Array(entries.reduce((sum, entry) => sum + entry.members.length, 0));
  let at = 0;
  for (const entry of entries) {
    members.set(entry.members, at);
    at += entry.members.length;
  }
  const chunks = entries.map(({ name, members, used }): Row => [name, members.length, used]);
  kept.put(MANIFEST, { value: { chunks, runs, most }, columns: { members } });
}

/** A chunk that is whole: what was opened of it, and the places of its members, ascending. */
export interface Whole<Opened> {
  entry: Entry;
  places: readonly number[];
  opened: Opened;
}

/**
 * The chunks all of whose members are among sessions with these identities, no two of them with the same; and those that would be and cannot
 * be opened. Of a session that is not stored no identity is known.
 */
export function wholeAmong<Opened>(
  entries: readonly Entry[],
  identities: readonly (string | undefined)[],
  open: (name: string) => Opened | undefined,
): { whole: Whole<Opened>[]; lost: Entry[] } {
  const known = new Map<number, number>();
  if (entries.length > 0)
    for (const [place, identity] of identities.entries())
      if (identity !== undefined) known.set(hash53(identity), place);
  const claimed = new Uint8Array(identities.length);
  const [whole, lost]: [Whole<Opened>[], Entry[]] = [[], []];
  for (const entry of entries) {
    const places = placesOf(entry, known, claimed);
    if (places === undefined || nameOfChunk(places.map((place) => identities[place] ?? '')) !== entry.name) continue;
    const opened = open(entry.name);
    if (opened === undefined) {
      lost.push(entry);
      continue;
    }
    whole.push({ entry, places, opened });
    for (const place of places) claimed[place] = 1;
  }
  return { whole, lost };
}

// Ascending, as they were when it was made.
function placesOf({ members }: Entry, known: ReadonlyMap<number, number>, claimed: Uint8Array): number[] | undefined {
  const places: number[] = [];
  let last = -1;
  for (const member of members) {
    const place = known.get(member);
    if (place === undefined || place <= last || claimed[place] === 1) return undefined;
    places.push(place);
    last = place;
  }
  return places;
}

/** So many of the entries, in their order: all that this run used, and of the others those that were used last. */
export function bounded(entries: readonly Entry[], run: number, most: number): Entry[] {
  const unused = entries.filter(({ used }) => used !== run).sort((a, b) => b.used - a.used);
  const room = Math.max(0, most - (entries.length - unused.length));
  const gone = new Set(unused.slice(room));
  return entries.filter((entry) => !gone.has(entry));
}
