// Where the block of a key is, among many: an open-addressed table in flat memory; reads nothing.
import type { Key } from '../base/hash.ts';

/** A number for each key. */
export class PackKeys {
  #keys: Int32Array;
  /** 1 + the number of the key in the same place; 0 where there is none. */
  #numbers: Float64Array;
  #size = 0;

  /** @param room for so many; it grows where they are more */
  constructor(room = 0) {
    const places = Math.max(1024, 2 ** Math.ceil(Math.log2(2 * room + 2)));
    this.#keys = new Int32Array(4 * places);
    this.#numbers = new Float64Array(places);
  }

  get(key: Key): number | undefined {
    const number = this.#numbers[this.#placeOf(key)] ?? 0;
    return number === 0 ? undefined : number - 1;
  }

  /** In place of the one that it had. */
  set(key: Key, number: number): void {
    const place = this.#placeOf(key);
    if (this.#numbers[place] === 0) {
      this.#keys.set(key, 4 * place);
      this.#size++;
    }
    this.#numbers[place] = number + 1;
    if (2 * this.#size > this.#numbers.length) this.#grow();
  }

  // The place of the key, or the free one where it would stand. Keys are hashes already.
  #placeOf([a, b, c, d]: Key): number {
    const keys = this.#keys;
    const mask = this.#numbers.length - 1;
    let place = (a ^ c) & mask;
    for (; this.#numbers[place] !== 0; place = (place + 1) & mask) {
      const at = 4 * place;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) break;
    }
    return place;
  }

  #grow(): void {
    const [keys, numbers] = [this.#keys, this.#numbers];
    this.#keys = new Int32Array(2 * keys.length);
    this.#numbers = new Float64Array(2 * numbers.length);
    this.#size = 0;
    for (const [place, number] of numbers.entries()) if (number !== 0) this.set(keyAt(keys, place), number - 1);
  }
}

/** The key of that number in a column of keys. */
export function keyAt(keys: Int32Array, number: number): Key {
  const at = 4 * number;
  return [keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0, keys[at + 3] ?? 0];
}
