// Reads numbers, texts and words back as `FactWriter` wrote them, of one head after the other; knows no fact.
import type { Head } from '../../store/pack-heads.ts';
import { damaged } from '../../store/pack-stretch.ts';

const SEVEN_BITS = 128;

/** Throws UserError where the bytes are none that `FactWriter` wrote. */
export class FactReader {
  #head: Head | undefined;
  #bytes: Buffer = NOTHING;
  #at = 0;
  #end = 0;

  /** Begins in a head, so many bytes from its start; good until the next head is read. */
  begin(head: Head, from: number): this {
    this.#head = head;
    this.#bytes = head.bytes;
    this.#at = head.from + from;
    this.#end = head.end;
    return this;
  }

  count(): number {
    const bytes = this.#bytes;
    let value = 0;
    let scale = 1;
    for (;;) {
      if (this.#at >= this.#end) throw damaged();
      const byte = bytes[this.#at++] ?? 0;
      if (byte < SEVEN_BITS) return value + byte * scale;
      value += (byte - SEVEN_BITS) * scale;
      scale *= SEVEN_BITS;
    }
  }

  number(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : this.double();
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#skip(8));
  }

  text(): string {
    const size = this.count();
    const isWide = size % 2 === 1;
    const length = isWide ? size - 1 : size / 2;
    const from = this.#skip(length);
    return this.#bytes.toString(isWide ? 'utf16le' : 'latin1', from, from + length);
  }

  word(): string {
    const n = this.count();
    if (this.#head === undefined) throw damaged();
    return this.#head.word(n);
  }

  list<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.count(); left > 0; left--) items.push(read());
    return items;
  }

  words(): string[] {
    const items: string[] = [];
    for (let left = this.count(); left > 0; left--) items.push(this.word());
    return items;
  }

  #skip(length: number): number {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#end) throw damaged();
    return from;
  }
}

const NOTHING = Buffer.alloc(0);
