// The heads of blocks, read in stretches, since whoever asks for one goes on to its neighbour; writes nothing.
import { UserError } from '../base/errors.ts';
import { parseLine } from '../base/jsonl.ts';
import { readInto } from './read-at.ts';

/** What to do where a block turns out unreadable. */
export const UNPACK_HINT = 'remove .agentmem/cache/extracts and try again: it is rebuilt';

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

/** Where heads lie. */
export interface HeadFile {
  /** The whole of it, where it is held in memory. */
  whole?: Uint8Array | undefined;
  /** It, open. Throws the system's error. */
  open?(): number;
}

const STRETCH = 2 ** 17; // bytes
const PREFIX = 8; // bytes: how many words it has, and the bytes of those that nobody else has
const OWN = 2 ** 31; // and above: words that nobody else has

/**
 * The heads of one file: what is read of it is kept until something else is needed, and holds what comes next in the direction in which
 * they are asked for. Who asks here and there is read no more than he asks for.
 */
export class Heads implements Head {
  bytes: Buffer = NOTHING;
  from = 0;
  end = 0;
  readonly #file: HeadFile;
  readonly #words: readonly string[];
  #stretch: Buffer = NOTHING;
  /** What of the file is in the stretch. */
  #start = 0;
  #stop = 0;
  #numbers = 0;
  #ownLength = 0;
  #own: unknown[] | undefined;

  /** @param words those of the file, by number */
  constructor(file: HeadFile, words: readonly string[]) {
    this.#file = file;
    this.#words = words;
  }

  /** Throws UserError, or the system's error, where it became unreadable. */
  at(position: number, length: number): Head {
    if (position < this.#start || position + length > this.#stop) {
      if (this.#file.whole === undefined) this.#read(position, length);
      else this.#hold(this.#file.whole);
      if (position + length > this.#stop)
        throw new UserError({ what: 'a file of the cache broke off', hint: UNPACK_HINT });
    }
    return this.#head(this.#stretch, position - this.#start, length);
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

  #hold(whole: Uint8Array): void {
    this.#stretch = Buffer.from(whole.buffer, whole.byteOffset, whole.length);
    this.#stop = whole.length;
  }

  #read(position: number, length: number): void {
    const fd = this.#file.open?.();
    if (fd === undefined) throw damaged();
    const near = position + length > this.#start - STRETCH && position < this.#stop + STRETCH;
    const size = near ? Math.max(STRETCH, length) : length;
    const from = position < this.#start ? Math.max(0, position + length - size) : position;
    if (this.#stretch.length < size) this.#stretch = Buffer.allocUnsafeSlow(Math.max(STRETCH, size));
    this.#start = from;
    this.#stop = from; // until it has been read
    this.#stop += readInto(fd, this.#stretch.subarray(0, size), from);
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

/** What is said of bytes that nobody wrote so. */
export function damaged(): UserError {
  return new UserError({ what: 'a file of the cache is damaged', hint: UNPACK_HINT });
}
