// Numbers, texts and words as bytes, in the least room that is quick to read; knows no fact.

const SEVEN_BITS = 128;
const DOUBLE = 1; // a number that is no small whole one
const WIDE = 1; // a text with letters past Latin-1
const EXACT = 2 ** 50; // twice a number below it is exact too

/** What `FactReader` reads, in the same order. */
export class FactWriter {
  #bytes = Buffer.allocUnsafe(1024);
  #length = 0;
  readonly #words: Map<string, number>;

  /** @param words are numbered in the order in which they are first written, and shared with whoever writes to the same block */
  constructor(words: Map<string, number>) {
    this.#words = words;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A whole number from 0 to 2⁵³ − 1: seven bits a byte, the lowest first, the eighth where more follow. */
  count(value: number): void {
    this.#room(8);
    let rest = value;
    for (; rest >= SEVEN_BITS; rest = Math.floor(rest / SEVEN_BITS))
      this.#bytes[this.#length++] = (rest % SEVEN_BITS) + SEVEN_BITS;
    this.#bytes[this.#length++] = rest;
  }

  /** Any number, as JSON would keep it: −0 is 0. */
  number(value: number): void {
    const isCount = Number.isInteger(value) && value >= 0 && value < EXACT;
    this.count(isCount ? 2 * value : DOUBLE);
    if (!isCount) this.double(value);
  }

  double(value: number): void {
    this.#room(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** Unit by unit, since a text may have been cut in the middle of a letter. */
  text(value: string): void {
    const isWide = /[^\u0000-\u00ff]/.test(value);
    this.count(2 * value.length + (isWide ? WIDE : 0));
    this.#room(2 * value.length);
    this.#length += this.#bytes.write(value, this.#length, isWide ? 'utf16le' : 'latin1');
  }

  /** A text that many sessions have. */
  word(value: string): void {
    const known = this.#words.get(value) ?? this.#words.size;
    this.#words.set(value, known);
    this.count(known);
  }

  /** A list, its length first. */
  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.count(items.length);
    for (const item of items) write(item);
  }

  words(values: readonly string[]): void {
    this.list(values, (value) => this.word(value));
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#length + more));
    this.bytes.copy(grown);
    this.#bytes = grown;
  }
}
