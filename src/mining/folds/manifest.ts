// Which chunks are kept, and which of them are whole among some sessions: every member is there as it was, and in no other chunk; folds nothing.
import { type Key, sha256 } from '../../base/hash.ts';
import { VERSION } from '../../base/version.ts';
import type { Kept, KeptValue } from '../../store/kept.ts';
import { EXTRACT_VERSION } from '../extract-types.ts';

const MANIFEST = 'manifest';

/** A kept chunk. */
export interface Entry {
  name: string;
  /** Of the key of each member 53 bits, in their order: they find the sessions, and the name proves them. */
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

/** By the keys of its members in their order, and the version of this program: everything that is counted of them follows from these. */
export function nameOfChunk(keys: readonly Key[]): string {
  return sha256(`${VERSION} ${EXTRACT_VERSION} ${sha256(new Uint8Array(Int32Array.from(keys.flat()).buffer))}`);
}

export function membersOf(keys: readonly Key[]): Float64Array {
  return Float64Array.from(keys, numberOf);
}

function numberOf([first, second]: Key): number {
  return (first >>> 0) * 2 ** 21 + (second >>> 11);
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
 * The chunks all of whose members are among sessions with these keys, no two of them with the same; and those that would be and cannot
 * be opened. Sessions that are not stored have no key.
 */
export function wholeAmong<Opened>(
  entries: readonly Entry[],
  keys: readonly (Key | undefined)[],
  open: (name: string) => Opened | undefined,
): { whole: Whole<Opened>[]; lost: Entry[] } {
  const known = new Map<number, number>();
  if (entries.length > 0)
    for (const [place, key] of keys.entries()) if (key !== undefined) known.set(numberOf(key), place);
  const claimed = new Uint8Array(keys.length);
  const [whole, lost]: [Whole<Opened>[], Entry[]] = [[], []];
  for (const entry of entries) {
    const places = placesOf(entry, known, claimed);
    if (places === undefined || nameOfChunk(keysAt(places, keys)) !== entry.name) continue;
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

/** The keys at those places. */
export function keysAt(places: readonly number[], keys: readonly (Key | undefined)[]): Key[] {
  const found: Key[] = [];
  for (const place of places) {
    const key = keys[place];
    if (key !== undefined) found.push(key);
  }
  return found;
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
