// Collapses copies of a session, so that one run is counted once; never merges two runs that merely went alike.
import { byCodeUnit, groupBy } from '../base/collections.ts';
import type { Action, Extract } from './extract-types.ts';
import {
  createGroups,
  type Groups,
  type HashSet,
  hash32,
  jaccard,
  joinSimilar,
  setOf,
  sharedMembers,
} from './minhash.ts';

export interface Collapsed {
  session: string;
  /** The session that stands for it. */
  of: string;
}

const MIN_SHARED_IDS = 3; // fewer shared ids prove nothing against a chance collision of 32-bit hashes
const SKETCH_SIZE = 128;
const PROBES = 6; // smallest ids of a session that are looked up in the others
const MAX_COMPARED = 32;
const MIN_ELEMENTS = 8;

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
  joinSharedIds(sorted, groups);
  joinEqualSteps(sorted, groups);

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
  return extract.actions.length + extract.turns.length;
}

function joinEqualContent(extracts: readonly Extract[], groups: Groups): void {
  for (const same of groupBy(extracts.keys(), (i) => extracts[i]?.content).values()) {
    for (const i of same) groups.join(same[0] ?? i, i);
  }
}

function joinSharedIds(extracts: readonly Extract[], groups: Groups): void {
  const owners = new Map<number, number[]>();
  for (const [i, { sketch }] of extracts.entries()) {
    for (const id of sketch.slice(0, PROBES)) {
      const list = owners.get(id);
      if (list === undefined) owners.set(id, [i]);
      else if (list.length < MAX_COMPARED) list.push(i);
    }
  }
  for (const [i, { sketch }] of extracts.entries()) {
    for (const id of sketch) {
      for (const j of owners.get(id) ?? []) {
        if (i !== j && groups.find(i) !== groups.find(j) && shareIds(extracts[j]?.sketch ?? [], sketch))
          groups.join(i, j);
      }
    }
  }
}

// Below the smaller of the two largest values both sketches hold every id of their session, so the shares there are unbiased.
function shareIds(a: readonly number[], b: readonly number[]): boolean {
  const bound = Math.min(horizon(a), horizon(b));
  const x = a.filter((id) => id <= bound);
  const y = b.filter((id) => id <= bound);
  const shared = sharedMembers(x, y);
  if (shared < MIN_SHARED_IDS) return false;
  return shared >= 0.5 * (x.length + y.length - shared) || shared >= 0.85 * Math.min(x.length, y.length);
}

function horizon(sketch: readonly number[]): number {
  return sketch.length < SKETCH_SIZE ? Number.POSITIVE_INFINITY : (sketch.at(-1) ?? 0);
}

function joinEqualSteps(extracts: readonly Extract[], groups: Groups): void {
  const long = [...extracts.entries()].filter(([, extract]) => lengthOf(extract) >= MIN_ELEMENTS);
  const sets = long.map(([, extract]) => steps(extract));
  const alike = createGroups(long.length);
  joinSimilar(sets, alike, (x, y) => jaccard(sets[x] ?? NONE, sets[y] ?? NONE) >= 0.85);
  for (const [x, [i]] of long.entries()) groups.join(i, long[alike.find(x)]?.[0] ?? i);
}

const NONE: HashSet = new Uint32Array(0);

// A step repeated is a step of its own, so that a run which polled twenty times is not one which polled twice.
function steps(extract: Extract): HashSet {
  const times = new Map<number, number>();
  const hashes = [...extract.actions.map(hashOfAction), ...extract.turns.map((turn) => hash32(`turn ${turn.text}`))];
  return setOf(
    hashes.map((hash) => {
      const time = times.get(hash) ?? 0;
      times.set(hash, time + 1);
      return time === 0 ? hash : hash32(`${time} ${hash}`);
    }),
  );
}

function hashOfAction(action: Action): number {
  return hash32(`${action.tool}\0${action.inputHash}\0${action.status}\0${action.resultHash ?? ''}`);
}
