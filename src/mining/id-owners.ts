// Who has which 32-bit id, in flat columns that are sorted once; compares nobody.
import { hashWith } from '../base/hash.ts';
import { ascending } from '../base/radix.ts';

const NONE: readonly number[] = [];
const HAD_BITS = 2 ** 24;

/** Some of many numbers. */
export interface Ids {
  numbers: Uint32Array;
  from: number;
  end: number;
}

/** Who is asked about ids is asked about a hundred times as many as there are, and nearly always in vain: bits say so. */
export class IdOwners {
  /** Ascending. */
  readonly #ids: Uint32Array;
  readonly #owners: Uint32Array;
  readonly #most: number;
  /** A bit for every stretch of 65,536 ids of which somebody has one: probes are small ids, and most that are asked for are not. */
  readonly #near = new Uint32Array(2 ** 16 / 32);
  /** A bit for every hash of an id that somebody has. */
  readonly #had = new Uint32Array(HAD_BITS / 32);
  /** One for every hash of an id that is there twice. */
  readonly #shared = new Uint32Array(HAD_BITS / 32);

  /** @param owners of the ids, in the same order; @param most that are told of one id, the first ones */
  constructor(ids: Uint32Array, owners: Uint32Array, most: number) {
    const order = ascending(ids);
    this.#ids = order.map((place) => ids[place] ?? 0);
    this.#owners = order.map((place) => owners[place] ?? 0);
    this.#most = most;
    let before = -1;
    for (let i = 0; i < this.#ids.length; i++) {
      const id = this.#ids[i] ?? 0;
      const hash = hashOf(id);
      setBit(id === before ? this.#shared : this.#had, hash);
      setBit(this.#near, id >>> 16);
      before = id;
    }
  }

  /**
   * The owners of any of these ids, without `but`; whoever has two of them comes twice.
   * @param own how many of the first ids are those that `but` owns here
   */
  ofAny({ numbers, from, end }: Ids, but: number, own = 0): readonly number[] {
    let owners: number[] | undefined;
    const [near, had, shared] = [this.#near, this.#had, this.#shared];
    for (let k = from; k < end; k++) {
      const id = numbers[k] ?? 0;
      if (((near[id >>> 21] ?? 0) & (1 << ((id >>> 16) & 31))) === 0) continue;
      const hash = hashOf(id);
      const bits = k < from + own ? shared : had;
      if (((bits[hash >>> 5] ?? 0) & (1 << (hash & 31))) === 0) continue;
      owners = this.#addOwners(id, but, owners);
    }
    return owners ?? NONE;
  }

  #addOwners(id: number, but: number, to: number[] | undefined): number[] | undefined {
    let found = to;
    const first = this.#firstOf(id);
    for (let i = first; i < first + this.#most && this.#ids[i] === id; i++) {
      const owner = this.#owners[i] ?? 0;
      if (owner === but) continue;
      found ??= [];
      found.push(owner);
    }
    return found;
  }

  // The place of the first of this id, or of the next higher one.
  #firstOf(id: number): number {
    let [low, high] = [0, this.#ids.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ids[middle] ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function setBit(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

function hashOf(id: number): number {
  return hashWith(0, id) & (HAD_BITS - 1);
}
