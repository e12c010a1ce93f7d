// Collapses copies of a session, so that one run is counted once; never merges two runs that merely went alike.
import { byCodeUnit } from '../base/collections.ts';
import type { Extract } from './extract-types.ts';
import { IdOwners } from './id-owners.ts';
import { BandKeys, createGroups, type Groups, type HashSet, jaccard, joinByKeys, sharedMembers } from './minhash.ts';
import { marksOf, sizeOf, sketchOf } from './stored-extract.ts';

export interface Collapsed {
  session: string;
  /** The session that stands for it. */
  of: string;
}

const MIN_SHARED_IDS = 3; // fewer shared ids prove nothing against a chance collision of 32-bit hashes
const SKETCH_SIZE = 128;
const PROBES = 6; // smallest ids of a session that are looked up in the others
const MAX_COMPARED = 32;

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
  const { owners, keys } = indexOf(sorted);
  joinSharedIds(sorted, owners, groups);
  joinEqualSteps(sorted, keys, groups);

  const longest = new Map<number, Extract>();
  for (const [i, extract] of sorted.entries()) {
    const best = longest.get(groups.find(i));
    if (best === undefined || lengthOf(extract) > lengthOf(best)) longest.set(groups.find(i), extract);
  }
  const kept: Extract[] = [];
  const collapsed: Collapsed[] = [];
  for (const [i, extract] of sorted.entries()) {
    const best = longest.get(groups.find(i)) ?? extract;
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
  const first = new Map<string, number>();
  for (const [i, { content }] of extracts.entries()) {
    const known = first.get(content);
    if (known === undefined) first.set(content, i);
    else groups.join(known, i);
  }
}

// By what candidates are found, in one walk: marks lie on the disk.
function indexOf(extracts: readonly Extract[]): { owners: IdOwners; keys: BandKeys } {
  const owners = new IdOwners(extracts.length * PROBES, MAX_COMPARED);
  const keys = new BandKeys(extracts.length);
  const sheet = new Uint32Array(SKETCH_SIZE);
  for (const [i, extract] of extracts.entries()) {
    const sketch = sketchOf(extract, sheet);
    for (let k = 0; k < Math.min(PROBES, sketch.length); k++) owners.add(sketch[k] ?? 0, i);
    keys.put(i, marksOf(extract).stepKeys);
  }
  return { owners, keys };
}

// Sketches are read once more, which takes less than holding half a kilobyte a session.
function joinSharedIds(extracts: readonly Extract[], owners: IdOwners, groups: Groups): void {
  const [sheet, other] = [new Uint32Array(SKETCH_SIZE), new Uint32Array(SKETCH_SIZE)];
  for (const [i, extract] of extracts.entries()) {
    const sketch = sketchOf(extract, sheet);
    for (let k = 0; k < sketch.length; k++) {
      const id = sketch[k] ?? 0;
      if (!owners.mayHave(id)) continue;
      for (const j of owners.of(id, i)) {
        const candidate = extracts[j];
        if (candidate === undefined || groups.find(i) === groups.find(j)) continue;
        if (shareIds(sketchOf(candidate, other), sketch)) groups.join(i, j);
      }
    }
  }
}

// Below the smaller of the two largest values both sketches hold every id of their session, so the shares there are unbiased.
function shareIds(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  const bound = Math.min(horizon(a), horizon(b));
  const x = Array.from(a).filter((id) => id <= bound);
  const y = Array.from(b).filter((id) => id <= bound);
  const shared = sharedMembers(x, y);
  if (shared < MIN_SHARED_IDS) return false;
  return shared >= 0.5 * (x.length + y.length - shared) || shared >= 0.85 * Math.min(x.length, y.length);
}

function horizon(sketch: ArrayLike<number>): number {
  return sketch.length < SKETCH_SIZE ? Number.POSITIVE_INFINITY : (sketch[sketch.length - 1] ?? 0);
}

function joinEqualSteps(extracts: readonly Extract[], keys: BandKeys, groups: Groups): void {
  const known = new Map<number, HashSet>(); // whoever is compared once is compared again
  const stepsOf = (i: number): HashSet => {
    const extract = extracts[i];
    const steps = known.get(i) ?? (extract === undefined ? NONE : marksOf(extract).steps);
    known.set(i, steps);
    return steps;
  };
  const alike = createGroups(extracts.length);
  joinByKeys(keys, alike, (i, j) => jaccard(stepsOf(i), stepsOf(j)) >= 0.85);
  for (const i of extracts.keys()) groups.join(i, alike.find(i));
}

const NONE: HashSet = new Uint32Array(0);
