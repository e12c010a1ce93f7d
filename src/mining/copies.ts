// Collapses copies of a session, so that one run is counted once; never merges two runs that merely went alike.
import { byCodeUnit } from '../base/collections.ts';
import type { Extract } from './extract-types.ts';
import { IdOwners } from './id-owners.ts';
import { BandKeys, createGroups, type Groups, type HashSet, jaccard, joinByKeys, sharedMembers } from './minhash.ts';
import { marksOf, sizeOf } from './stored-extract.ts';

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
  const { owners, keys, sketches } = indexOf(sorted);
  joinSharedIds(sketches, owners, groups);
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
function indexOf(extracts: readonly Extract[]): { owners: IdOwners; keys: BandKeys; sketches: Sketches } {
  const owners = new IdOwners(extracts.length * PROBES, MAX_COMPARED);
  const keys = new BandKeys(extracts.length);
  const sketches = new Sketches();
  for (const [i, extract] of extracts.entries()) {
    const { sketch, stepKeys } = marksOf(extract);
    for (let k = 0; k < Math.min(PROBES, sketch.length); k++) owners.add(sketch[k] ?? 0, i);
    keys.put(i, stepKeys);
    sketches.add(sketch);
  }
  return { owners, keys, sketches };
}

function joinSharedIds(sketches: Sketches, owners: IdOwners, groups: Groups): void {
  for (let i = 0; i < sketches.count; i++) {
    const sketch = sketches.at(i);
    for (let k = 0; k < sketch.length; k++) {
      const id = sketch[k] ?? 0;
      if (!owners.mayHave(id)) continue;
      for (const j of owners.of(id, i)) {
        if (groups.find(i) !== groups.find(j) && shareIds(sketches.at(j), sketch)) groups.join(i, j);
      }
    }
  }
}

const SHEET = 2 ** 16; // numbers; a sketch has far fewer

// Half a kilobyte a session while copies are looked for, instead of reading all of them twice; never copied to make room.
class Sketches {
  readonly #sheets: Uint32Array[] = [];
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  #used = SHEET;

  get count(): number {
    return this.#starts.length;
  }

  add(sketch: ArrayLike<number>): void {
    if (this.#used + sketch.length > SHEET) {
      this.#sheets.push(new Uint32Array(SHEET));
      this.#used = 0;
    }
    this.#sheets.at(-1)?.set(sketch, this.#used);
    this.#starts.push((this.#sheets.length - 1) * SHEET + this.#used);
    this.#lengths.push(sketch.length);
    this.#used += sketch.length;
  }

  at(place: number): Uint32Array {
    const start = this.#starts[place] ?? 0;
    const from = start % SHEET;
    return this.#sheets[Math.floor(start / SHEET)]?.subarray(from, from + (this.#lengths[place] ?? 0)) ?? NO_IDS;
  }
}

const NO_IDS = new Uint32Array(0);

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
