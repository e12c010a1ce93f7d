// Collapses copies of a session, so that one run is counted once; never merges two runs that merely went alike.
import { byCodeUnit } from '../base/collections.ts';
import { fnv1a } from '../base/hash.ts';
import { Buckets } from './buckets.ts';
import type { Extract } from './extract-types.ts';
import { IdOwners, type Ids } from './id-owners.ts';
import { BandKeys, createGroups, type Groups, type HashSet, jaccard, joinByKeys, sharedMembers } from './minhash.ts';
import { inStoredOrder, markedOf, marksOf, sizeOf } from './stored-extract.ts';

export interface Collapsed {
  session: string;
  /** The session that stands for it. */
  of: string;
}

const MIN_SHARED_IDS = 3; // fewer shared ids prove nothing against a chance collision of 32-bit hashes
const SKETCH_SIZE = 128;
const PROBES = 6; // smallest ids of a session that are looked up in the others
const MAX_COMPARED = 32;
const HASHED = 16; // letters of a content hash that tell nearly all of them apart

/**
 * Sessions without their copies. Two sessions are copies if their content hashes are equal; if they share event ids (Jaccard
 * ≥ 0.5, or ≥ 0.85 of the smaller one's: a resumed fork); or if their steps are nearly equal (Jaccard ≥ 0.85 over calls with
 * tool, arguments, status and result, and turns), where each has at least 8 steps: short runs of one task are alike by nature.
 * Of each group of copies the longest is kept, among equals the smallest id. Both lists are sorted by session and do not depend
 * on the order of the extracts. Near-linear: candidates come from shared ids and LSH.
 */
export function collapseCopies(extracts: readonly Extract[]): { kept: Extract[]; collapsed: Collapsed[] } {
  const sorted = [...extracts].sort((a, b) => byCodeUnit(a.session, b.session));
  const groups = createGroups(sorted.length);
  joinEqualContent(sorted, groups);
  const order = inStoredOrder(sorted);
  const { owners, keys } = indexOf(sorted, order);
  joinSharedIds(sorted, order, owners, groups);
  joinEqualSteps(sorted, keys, groups);

  const longest = new Map<number, Extract>(); // where that is not the first of its group, which gives the group its number
  for (const [i, extract] of sorted.entries()) {
    const group = groups.find(i);
    const best = longest.get(group) ?? sorted[group];
    if (group !== i && best !== undefined && lengthOf(extract) > lengthOf(best)) longest.set(group, extract);
  }
  const kept: Extract[] = [];
  const collapsed: Collapsed[] = [];
  for (const [i, extract] of sorted.entries()) {
    const group = groups.find(i);
    const best = longest.get(group) ?? sorted[group] ?? extract;
    if (best === extract) kept.push(extract);
    else collapsed.push({ session: extract.session, of: best.session });
  }
  return { kept, collapsed };
}

function lengthOf(extract: Extract): number {
  const { calls, turns } = sizeOf(extract);
  return calls + turns;
}

function joinEqualContent(extracts: readonly Extract[], groups: Groups): void {
  const buckets = new Buckets(extracts.length);
  for (const [i, { content }] of extracts.entries()) {
    const bucket = buckets.with(fnv1a(content.slice(0, HASHED)), i);
    const known = bucket?.find((j) => extracts[j]?.content === content);
    if (known === undefined) bucket?.push(i);
    else groups.join(known, i);
  }
}

// By what candidates are found, in one walk: marks lie on the disk.
function indexOf(extracts: readonly Extract[], order: Uint32Array): { owners: IdOwners; keys: BandKeys } {
  const keys = new BandKeys(extracts.length);
  const probes = new Uint32Array(PROBES * extracts.length);
  const probed = new Uint8Array(extracts.length);
  for (const i of order) {
    const sketch = sketchAt(extracts, i);
    const count = Math.min(PROBES, sketch.end - sketch.from);
    probed[i] = count;
    for (let k = 0; k < count; k++) probes[PROBES * i + k] = sketch.numbers[sketch.from + k] ?? 0;
    const extract = extracts[i];
    if (extract !== undefined) keys.put(i, markedOf(extract, 'stepKeys'));
  }
  return { owners: ownersOf(probes, probed), keys };
}

// In their own order, since of an id only the first owners are told.
function ownersOf(probes: Uint32Array, probed: Uint8Array): IdOwners {
  const ids = new Uint32Array(probed.reduce((sum, count) => sum + count, 0));
  const owners = new Uint32Array(ids.length);
  let at = 0;
  for (const [i, count] of probed.entries())
    for (let k = 0; k < count; k++, at++) {
      ids[at] = probes[PROBES * i + k] ?? 0;
      owners[at] = i;
    }
  return new IdOwners(ids, owners, MAX_COMPARED);
}

// Sketches are read once more, which takes less than holding half a kilobyte a session. The groups are the same in whatever order.
function joinSharedIds(extracts: readonly Extract[], order: Uint32Array, owners: IdOwners, groups: Groups): void {
  for (const i of order) {
    const sketch = sketchAt(extracts, i);
    const candidates = owners.ofAny(sketch, i, PROBES);
    if (candidates.length === 0) continue;
    const own = idsOf(sketch); // those of others are read over it
    for (const j of candidates)
      if (groups.find(i) !== groups.find(j) && shareIds(idsOf(sketchAt(extracts, j)), own)) groups.join(i, j);
  }
}

function sketchAt(extracts: readonly Extract[], i: number): Ids {
  const extract = extracts[i];
  return extract === undefined ? NO_IDS : markedOf(extract, 'sketch');
}

function idsOf({ numbers, from, end }: Ids): Uint32Array {
  return numbers.slice(from, end);
}

// Below the smaller of the two largest values both sketches hold every id of their session, so the shares there are unbiased.
function shareIds(a: Uint32Array, b: Uint32Array): boolean {
  const bound = Math.min(horizon(a), horizon(b));
  const [x, y] = [upTo(a, bound), upTo(b, bound)];
  const shared = sharedMembers(x, y);
  if (shared < MIN_SHARED_IDS) return false;
  return shared >= 0.5 * (x.length + y.length - shared) || shared >= 0.85 * Math.min(x.length, y.length);
}

function upTo(ids: Uint32Array, bound: number): Uint32Array {
  const end = ids.findLastIndex((id) => id <= bound);
  return ids.subarray(0, end + 1);
}

function horizon(sketch: Uint32Array): number {
  return sketch.length < SKETCH_SIZE ? Number.POSITIVE_INFINITY : (sketch[sketch.length - 1] ?? 0);
}

function joinEqualSteps(extracts: readonly Extract[], keys: BandKeys, groups: Groups): void {
  const known = new Map<number, HashSet>(); // whoever is compared once is compared again
  const stepsOf = (i: number): HashSet => {
    const extract = extracts[i];
    const steps = known.get(i) ?? (extract === undefined ? NO_IDS.numbers : marksOf(extract).steps);
    known.set(i, steps);
    return steps;
  };
  const alike = createGroups(extracts.length);
  joinByKeys(keys, alike, (i, j) => jaccard(stepsOf(i), stepsOf(j)) >= 0.85);
  for (const i of extracts.keys()) groups.join(i, alike.find(i));
}

const NO_IDS = { numbers: new Uint32Array(0), from: 0, end: 0 };
