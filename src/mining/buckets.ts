// Items that share a key, in flat memory; looks at no item.

/** Items by key, in an open-addressed table: most keys have one item, which needs no list. */
export class Buckets {
  readonly #mask: number;
  readonly #keys: Int32Array;
  /** 1 + the first item of the key in the same place; 0 where there is none. */
  readonly #first: Uint32Array;
  readonly #lists = new Map<number, number[]>();

  constructor(items: number) {
    const places = 2 ** Math.ceil(Math.log2(2 * items + 2));
    this.#mask = places - 1;
    this.#keys = new Int32Array(places);
    this.#first = new Uint32Array(places);
  }

  empty(): void {
    this.#first.fill(0);
    this.#lists.clear();
  }

  /** Those that have this key already; where there are none, the item is its first. */
  with(key: number, item: number): number[] | undefined {
    let place = key & this.#mask; // keys are hashes
    while (this.#first[place] !== 0 && this.#keys[place] !== key) place = (place + 1) & this.#mask;
    const first = this.#first[place] ?? 0;
    if (first === 0) {
      this.#keys[place] = key;
      this.#first[place] = item + 1;
      return undefined;
    }
    const known = this.#lists.get(place);
    if (known !== undefined) return known;
    const list = [first - 1];
    this.#lists.set(place, list);
    return list;
  }
}
