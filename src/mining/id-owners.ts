// Who has which 32-bit id, in two flat tables; compares nobody.

import { hashWith } from '../base/hash.ts';

const NONE: readonly number[] = [];
const HAD_BITS = 2 ** 24;

/** Some of many numbers. */
export interface Ids {
  numbers: Uint32Array;
  from: number;
  end: number;
}

/** So many ids at most, in memory of fixed size: an open-addressed table of the ids, and a chain of owners from each. */
export class IdOwners {
  readonly #mask: number;
  /** By place in the table: the id, 1 + the first and the last entry of its chain, and its length; side by side, since memory is far away. */
  readonly #table: Uint32Array;
  readonly #owner: Uint32Array;
  readonly #next: Uint32Array;
  readonly #most: number;
  /** A bit for every stretch of 65,536 ids of which somebody has one: probes are small ids, and most that are asked for are not. */
  readonly #near = new Uint32Array(2 ** 16 / 32);
  /** A bit for every hash of an id that somebody has: nearly all that are asked for have none, and the table is far away. */
  readonly #had = new Uint32Array(HAD_BITS / 32);
  /** One for every hash of an id that was added twice. */
  readonly #shared = new Uint32Array(HAD_BITS / 32);
  #entries = 0;

  /** @param most owners that are kept of one id, the first ones; at most 255 */
  constructor(entries: number, most: number) {
    const places = 2 ** Math.ceil(Math.log2(1.5 * entries + 2));
    this.#mask = places - 1;
    this.#table = new Uint32Array(FIELDS * places);
    this.#owner = new Uint32Array(entries + 1);
    this.#next = new Uint32Array(entries + 1);
    this.#most = most;
  }

  add(id: number, owner: number): void {
    const table = this.#table;
    const at = this.#placeOf(id);
    const length = table[at + LENGTH] ?? 0;
    const hash = hashOf(id) & (HAD_BITS - 1);
    // Also where this one is not kept any more: whoever has an id is asked about it only where it is shared.
    if (length > 0) setBit(this.#shared, hash);
    if (length >= this.#most) return;
    setBit(this.#had, hash);
    setBit(this.#near, id >>> 16);
    const entry = ++this.#entries;
    this.#owner[entry] = owner;
    table[at] = id;
    if (length === 0) table[at + FIRST] = entry;
    else this.#next[table[at + LAST] ?? 0] = entry;
    table[at + LAST] = entry;
    table[at + LENGTH] = length + 1;
  }

  /**
   * The owners of any of these ids, without `but`; whoever has two of them comes twice.
   * @param own how many of the first ids were added for `but`
   */
  ofAny({ numbers, from, end }: Ids, but: number, own = 0): readonly number[] {
    let owners: number[] | undefined;
    const near = this.#near;
    const had = this.#had;
    for (let k = from; k < end; k++) {
      const id = numbers[k] ?? 0;
      if (((near[id >>> 21] ?? 0) & (1 << ((id >>> 16) & 31))) === 0) continue;
      const hash = hashOf(id) & (HAD_BITS - 1);
      const filter = k < from + own ? this.#shared : had;
      if (((filter[hash >>> 5] ?? 0) & (1 << (hash & 31))) === 0) continue;
      const at = this.#placeOf(id);
      let entry = this.#table[at + FIRST] ?? 0;
      if (entry === 0 || (this.#table[at + LENGTH] === 1 && this.#owner[entry] === but)) continue; // nearly always
      owners ??= [];
      for (; entry !== 0; entry = this.#next[entry] ?? 0) {
        const owner = this.#owner[entry] ?? 0;
        if (owner !== but) owners.push(owner);
      }
    }
    return owners ?? NONE;
  }

  // The place of the id, or the free one where it would stand.
  #placeOf(id: number): number {
    const table = this.#table;
    let place = hashOf(id) & this.#mask;
    while (table[FIELDS * place + FIRST] !== 0 && table[FIELDS * place] !== id) place = (place + 1) & this.#mask;
    return FIELDS * place;
  }
}

const [FIRST, LAST, LENGTH, FIELDS] = [1, 2, 3, 4] as const;

function setBit(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

function hashOf(id: number): number {
  return hashWith(0, id) >>> 0;
}
