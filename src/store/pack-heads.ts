// The heads of blocks: a few words and numbers each, which lie together and are read in stretches; writes nothing.
import { parseLine } from '../base/jsonl.ts';
import { damaged, Stretch, type StretchFile } from './pack-stretch.ts';

/** The head of a block, good until the next head is read. */
export interface Head {
  /** Hold it between `from` and `end`. */
  bytes: Buffer;
  from: number;
  end: number;
  /** How many words the block has. */
  count: number;
  /** One of them. */
  word(n: number): string;
}

const PREFIX = 8; // bytes: how many words it has, and the bytes of those that nobody else has
const OWN = 2 ** 31; // and above: words that nobody else has

/** The heads of one file: each is good until the next one is asked for. */
export class Heads implements Head {
  bytes: Buffer = NOTHING;
  from = 0;
  end = 0;
  readonly #stretch: Stretch;
  readonly #words: readonly string[];
  #numbers = 0;
  #ownLength = 0;
  #own: unknown[] | undefined;

  /** @param words those of the file, by number */
  constructor(file: StretchFile, words: readonly string[]) {
    this.#stretch = new Stretch(file);
    this.#words = words;
  }

  /** Throws UserError, or the system's error, where it became unreadable. */
  at(position: number, length: number): Head {
    const from = this.#stretch.at(position, length);
    return this.#head(this.#stretch.bytes, from, length);
  }

  /** A head that is in memory. */
  in(bytes: Buffer): Head {
    return this.#head(bytes, 0, bytes.length);
  }

  word(n: number): string {
    const at = this.#numbers + 4 * n;
    if (at + 4 > this.from - this.#ownLength) throw damaged();
    const number = this.bytes.readUInt32LE(at);
    const word = number < OWN ? this.#words[number] : this.#ownWords()[number - OWN];
    if (typeof word !== 'string') throw damaged();
    return word;
  }

  /** How many words it has. */
  get count(): number {
    return (this.from - this.#ownLength - this.#numbers) / 4;
  }

  #head(bytes: Buffer, from: number, length: number): Head {
    if (length < PREFIX) throw damaged();
    this.#numbers = from + PREFIX;
    this.#ownLength = bytes.readUInt32LE(from + 4);
    this.#own = undefined;
    this.bytes = bytes;
    this.from = this.#numbers + 4 * bytes.readUInt32LE(from) + this.#ownLength;
    this.end = from + length;
    if (this.from > this.end) throw damaged();
    return this;
  }

  #ownWords(): unknown[] {
    if (this.#own === undefined) {
      const line = parseLine(this.bytes.subarray(this.from - this.#ownLength, this.from));
      this.#own = line.kind === 'object' && Array.isArray(line.value.own) ? line.value.own : [];
    }
    return this.#own;
  }
}

const NOTHING = Buffer.alloc(0);

/** A head as it is kept. @param numbers of its words that others have too, and the words that nobody else has, in their order */
export function headOf(words: readonly (number | string)[], bytes: Uint8Array): Buffer {
  const own = words.filter((word) => typeof word === 'string');
  const text = own.length === 0 ? NOTHING : Buffer.from(JSON.stringify({ own }));
  const prefix = Buffer.allocUnsafe(PREFIX + 4 * words.length);
  prefix.writeUInt32LE(words.length, 0);
  prefix.writeUInt32LE(text.length, 4);
  let owned = 0;
  for (const [n, word] of words.entries())
    prefix.writeUInt32LE(typeof word === 'number' ? word : OWN + owned++, PREFIX + 4 * n);
  return Buffer.concat([prefix, text, bytes]);
}
