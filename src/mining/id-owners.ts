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
  readonly #ids: Uint32Array;
  /** By place in the table: 1 + the first and the last entry of its chain, and its length. */
  readonly #first: Uint32Array;
  readonly #last: Uint32Array;
  readonly #length: Uint8Array;
  readonly #owner: Uint32Array;
  readonly #next: Uint32Array;
  readonly #most: number;
  /** A bit for every stretch of 65,536 ids of which somebody has one: probes are small ids, and most that are asked for are not. */
  readonly #near = new Uint32Array(2 ** 16 / 32);
  /** A bit for every hash of an id that somebody has: nearly all that are asked for have none, and the table is far away. */
  readonly #had = new Uint32Array(HAD_BITS / 32);
  #entries = 0;

  /** @param most owners that are kept of one id, the first ones; at most 255 */
  constructor(entries: number, most: number) {
    const places = 2 ** Math.ceil(Math.log2(1.5 * entries + 2));
    this.#mask = places - 1;
    this.#ids = new Uint32Array(places);
    this.#first = new Uint32Array(places);
    this.#last = new Uint32Array(places);
    this.#length = new Uint8Array(places);
    this.#owner = new Uint32Array(entries + 1);
    this.#next = new Uint32Array(entries + 1);
    this.#most = most;
  }

  add(id: number, owner: number): void {
    const place = this.#placeOf(id);
    const length = this.#length[place] ?? 0;
    if (length >= this.#most) return;
    const hash = hashOf(id) & (HAD_BITS - 1);
    this.#had[hash >>> 5] = (this.#had[hash >>> 5] ?? 0) | (1 << (hash & 31));
    this.#near[id >>> 21] = (this.#near[id >>> 21] ?? 0) | (1 << ((id >>> 16) & 31));
    const entry = ++this.#entries;
    this.#owner[entry] = owner;
    this.#ids[place] = id;
    if (length === 0) this.#first[place] = entry;
    else this.#next[this.#last[place] ?? 0] = entry;
    this.#last[place] = entry;
    this.#length[place] = length + 1;
  }

  /** The owners of any of these ids, without `but`; whoever has two of them comes twice. */
  ofAny({ numbers, from, end }: Ids, but: number): readonly number[] {
    let owners: number[] | undefined;
    const near = this.#near;
    const had = this.#had;
    for (let k = from; k < end; k++) {
      const id = numbers[k] ?? 0;
      if (((near[id >>> 21] ?? 0) & (1 << ((id >>> 16) & 31))) === 0) continue;
      const hash = hashOf(id) & (HAD_BITS - 1);
      if (((had[hash >>> 5] ?? 0) & (1 << (hash & 31))) === 0) continue;
      const place = this.#placeOf(id);
      let entry = this.#first[place] ?? 0;
      if (entry === 0 || (this.#length[place] === 1 && this.#owner[entry] === but)) continue; // nearly always
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
    let place = hashOf(id) & this.#mask;
    while ((this.#first[place] ?? 0) !== 0 && this.#ids[place] !== id) place = (place + 1) & this.#mask;
    return place;
  }
}

function hashOf(id: number): number {
  return hashWith(0, id) >>> 0;
}
