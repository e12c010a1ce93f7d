// Finds sets that are nearly equal among many: MinHash, banded LSH and exact verification; compares no pair it need not.
import { byCodeUnit } from '../base/collections.ts';
import { fnv1a } from '../base/hash.ts';
import { Buckets } from './buckets.ts';

const PERMUTATIONS = 64;
const BANDS = 16;
const ROWS = PERMUTATIONS / BANDS;
// In a band's bucket, a newcomer is compared with so many members at most, so that a hundred thousand equal prompts stay cheap.
const MAX_COMPARED = 64;
const MAX_CHARACTERS = 8000;

/** Sorted distinct 32-bit hashes of a set's members. */
export type HashSet = Uint32Array;

/** The set of hashes of some tokens. Two tokens collide with probability 2⁻³². */
export function hashSet(tokens: Iterable<string>): HashSet {
  return setOf(Array.from(tokens, hash32));
}

/** The set of some 32-bit hashes. */
export function setOf(hashes: readonly number[]): HashSet {
  const sorted = Uint32Array.from(hashes).sort();
  let size = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[size++] = sorted[i] ?? 0;
  }
  return sorted.slice(0, size);
}

/** MinHash signature of a set (Broder 1997): 64 minima under fixed permutations; all ones for the empty set. */
export function signatureOf(tokens: Iterable<string>): Uint32Array {
  const minima = new Uint32Array(PERMUTATIONS);
  writeSignature(hashSet(tokens), minima);
  return minima;
}

function writeSignature(set: HashSet, minima: Uint32Array): void {
  for (let i = 0; i < PERMUTATIONS; i++) {
    const seed = SEEDS[i] ?? 0;
    let minimum = 0xffffffff;
    for (let k = 0; k < set.length; k++) {
      const value = mix((set[k] ?? 0) ^ seed);
      if (value < minimum) minimum = value;
    }
    minima[i] = minimum;
  }
}

/** Estimated Jaccard similarity of the sets behind two signatures: the share of equal minima, 0 to 1; standard error at most 0.0625. */
export function jaccardEstimate(a: Uint32Array, b: Uint32Array): number {
  let equal = 0;
  for (let i = 0; i < PERMUTATIONS; i++) if (a[i] === b[i]) equal++;
  return equal / PERMUTATIONS;
}

/** Exact Jaccard similarity |A ∩ B| / |A ∪ B|, 0 to 1; two empty sets are equal. */
export function jaccard(a: HashSet, b: HashSet): number {
  const shared = sharedMembers(a, b);
  const union = a.length + b.length - shared;
  return union === 0 ? 1 : shared / union;
}

/** |A ∩ B| of two ascending lists. */
export function sharedMembers(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const x = a[i] ?? 0;
    const y = b[j] ?? 0;
    if (x === y) shared++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return shared;
}

/**
 * Clusters items whose token sets are alike: connected components of the pairs with exact Jaccard ≥ `threshold` (at least 0.5,
 * below which banding 16×4 finds few pairs). A cluster's id is its smallest item id, so the order of the items does not matter.
 * Items without tokens stay alone. Ids must be distinct.
 */
export function clusters(
  items: readonly { id: string; tokens: readonly string[] }[],
  threshold: number,
): Map<string, string> {
  const sets = new Map(items.map(({ id, tokens }) => [id, hashSet(tokens)]));
  return clustersByKeys(
    [...sets].map(([id, set]) => ({ id, keys: bandKeysOf(set) })),
    (id) => sets.get(id) ?? EMPTY,
    threshold,
  );
}

/** `clusters` where only the sets' keys are at hand; `setOf` is asked for those that are compared. */
export function clustersByKeys(
  items: readonly { id: string; keys: ArrayLike<number> }[],
  setOf: (id: string) => HashSet,
  threshold: number,
): Map<string, string> {
  const sorted = [...items].sort((a, b) => byCodeUnit(a.id, b.id));
  const keys = new BandKeys(sorted.length);
  for (const [i, item] of sorted.entries()) keys.put(i, { numbers: item.keys, from: 0, end: item.keys.length });
  const groups = createGroups(sorted.length);
  const known = new Map<number, HashSet>(); // whoever is compared once is compared again
  const set = (i: number): HashSet => {
    const made = known.get(i) ?? setOf(sorted[i]?.id ?? '');
    known.set(i, made);
    return made;
  };
  joinByKeys(keys, groups, (i, j) => jaccard(set(i), set(j)) >= threshold);
  return new Map(sorted.map((item, i) => [item.id, sorted[groups.find(i)]?.id ?? item.id]));
}

/** Joins the groups of all candidate pairs of sets, of which the keys are at hand, that `accept` confirms; it is asked about (earlier, later) pairs only. */
export function joinByKeys(keys: BandKeys, groups: Groups, accept: (i: number, j: number) => boolean): void {
  const buckets = new Buckets(keys.items);
  for (let band = 0; band < BANDS; band++) {
    buckets.empty();
    for (let i = 0; i < keys.items; i++) {
      if (keys.isEmpty(i)) continue;
      const bucket = buckets.with(keys.at(i, band), i);
      if (bucket !== undefined && !isRepresented(bucket, i, groups, accept) && bucket.length < MAX_COMPARED)
        bucket.push(i);
    }
  }
}

/** The keys of many sets, by number of the set. */
export class BandKeys {
  readonly items: number;
  readonly #keys: Int32Array;
  readonly #isFull: Uint8Array;

  constructor(items: number) {
    this.items = items;
    this.#keys = new Int32Array(items * BANDS);
    this.#isFull = new Uint8Array(items);
  }

  /** @param keys what `bandKeysOf` gave, signed or not, among other numbers */
  put(item: number, { numbers, from, end }: { numbers: ArrayLike<number>; from: number; end: number }): void {
    if (end - from !== BANDS) return;
    this.#isFull[item] = 1;
    for (let band = 0; band < BANDS; band++) this.#keys[item * BANDS + band] = numbers[from + band] ?? 0;
  }

  isEmpty(item: number): boolean {
    return this.#isFull[item] !== 1;
  }

  at(item: number, band: number): number {
    return this.#keys[item * BANDS + band] ?? 0;
  }
}

/** The keys of a set's bands: sets with an equal one in the same place are candidates. None for the empty set. */
export function bandKeysOf(set: HashSet): Int32Array {
  if (set.length === 0) return NO_KEYS;
  const minima = new Uint32Array(PERMUTATIONS);
  writeSignature(set, minima);
  return Int32Array.from({ length: BANDS }, (_, band) => bandKey(minima, band * ROWS));
}

const NO_KEYS = new Int32Array(0);

// Different rows may meet in one key; the exact comparison tells them apart.
function bandKey(signatures: Uint32Array, offset: number): number {
  let key = 0;
  for (let row = 0; row < ROWS; row++) key = mix(key ^ (signatures[offset + row] ?? 0)) | 0;
  return key;
}

// Joins a newcomer to the members it is like; true if the bucket holds enough of its group to stand for it. Half of the places
// are left to other groups, and the first few of a group all stay, since a neighbour of one need not be one of the other.
function isRepresented(
  bucket: readonly number[],
  i: number,
  groups: Groups,
  accept: (i: number, j: number) => boolean,
): boolean {
  for (const j of bucket) {
    if (groups.find(i) !== groups.find(j) && accept(j, i)) groups.join(i, j);
  }
  return bucket.length >= MAX_COMPARED / 2 && bucket.some((j) => groups.find(i) === groups.find(j));
}

/** Disjoint groups of the numbers below n; a group is named by its smallest member. */
export interface Groups {
  find(i: number): number;
  join(i: number, j: number): void;
}

/** Union-find with path halving. */
export function createGroups(n: number): Groups {
  const parent = Uint32Array.from({ length: n }, (_, i) => i);
  const find = (i: number): number => {
    let at = i;
    for (let up = parent[at] ?? at; up !== at; up = parent[at] ?? at) {
      parent[at] = parent[up] ?? up;
      at = parent[at] ?? at;
    }
    return at;
  };
  return {
    find,
    join(i, j) {
      const a = find(i);
      const b = find(j);
      parent[Math.max(a, b)] = Math.min(a, b);
    },
  };
}

// Scripts that write no blanks between words: each character is a word.
const UNSPACED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}';
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u');
const UNSPACED_WORDS = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}_])+`, 'gu');
const WORDS = /[\p{L}\p{M}\p{N}_]+/gu;

/** The 3-word shingles of a text in lower case (its first 8,000 characters); of fewer than 6 words, the words themselves. */
export function shingles(text: string): string[] {
  const head = text.slice(0, MAX_CHARACTERS).toLowerCase();
  const words = head.match(HAS_UNSPACED.test(head) ? UNSPACED_WORDS : WORDS) ?? [];
  if (words.length < 6) return words;
  return words.slice(2).map((word, i) => `${words[i] ?? ''} ${words[i + 1] ?? ''} ${word}`);
}

const EMPTY: HashSet = new Uint32Array(0);

/** 32-bit hash of a text: FNV-1a over UTF-16 units, then the MurmurHash3 finaliser. */
export function hash32(text: string): number {
  return mix(fnv1a(text));
}

/** 53-bit hash of a text: a hundred thousand different ones meet with a probability below one in a million. */
export function hash53(text: string): number {
  let h = 0x811c9dc5;
  let g = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ unit, 0x01000193);
    g = Math.imul(g ^ unit, 0x85ebca6b) + 0x7f4a7c15;
  }
  return mix(h) * 2 ** 21 + (mix(g) >>> 11);
}

// MurmurHash3's finaliser: a bijection of 32-bit numbers, so no two members of a set collide under it.
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

// Multiples of the golden ratio, mixed: fixed, so that signatures agree between machines and runs.
const SEEDS = Uint32Array.from({ length: PERMUTATIONS }, (_, i) => mix(Math.imul(i + 1, 0x9e3779b9)));
