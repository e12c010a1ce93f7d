// Reads a file in stretches, since whoever asks for one part of it goes on to its neighbour; writes nothing.
import { UserError } from '../base/errors.ts';
import { readInto } from './read-at.ts';

/** What to do where a block turns out unreadable. */
export const UNPACK_HINT = 'remove .agentmem/cache/extracts and try again: it is rebuilt';

/** A file that is read so. */
export interface StretchFile {
  /** The whole of it, where it is held in memory. */
  whole?: Uint8Array | undefined;
  /** It, open. Throws the system's error. */
  open?(): number;
}

const STRETCH = 2 ** 17; // bytes, a multiple of four: numbers stay where columns of them can begin
const NOTHING = Buffer.alloc(0);

/**
 * What is read of the file is kept until something else is needed, and holds what comes next in the direction in which it is asked
 * for. Who asks here and there is read no more than he asks for.
 */
export class Stretch {
  /** What was read last. */
  bytes: Buffer = NOTHING;
  /** The same as numbers, for a file that holds nothing else. */
  numbers: Uint32Array = new Uint32Array(0);
  readonly #file: StretchFile;
  /** What of the file that is. */
  #start = 0;
  #stop = 0;

  constructor(file: StretchFile) {
    this.#file = file;
  }

  /** Where that part of the file stands in `bytes`, if it has been read; undefined else. */
  near(position: number, length: number): number | undefined {
    return position < this.#start || position + length > this.#stop ? undefined : position - this.#start;
  }

  /** The same for any part of the file. Throws UserError, or the system's error, where it became unreadable. */
  at(position: number, length: number): number {
    const near = this.near(position, length);
    if (near !== undefined) return near;
    if (this.#file.whole === undefined) this.#read(position, length);
    else this.#hold(this.#file.whole);
    if (position + length > this.#stop)
      throw new UserError({ what: 'a file of the cache broke off', hint: UNPACK_HINT });
    return position - this.#start;
  }

  #hold(whole: Uint8Array): void {
    this.#set(Buffer.from(whole.buffer, whole.byteOffset, whole.length));
    this.#stop = whole.length;
  }

  #set(bytes: Buffer): void {
    this.bytes = bytes;
    const { buffer, byteOffset, byteLength } = bytes;
    if (byteOffset % 4 === 0) this.numbers = new Uint32Array(buffer, byteOffset, byteLength >>> 2);
  }

  #read(position: number, length: number): void {
    const fd = this.#file.open?.();
    if (fd === undefined) throw damaged();
    const near = position + length > this.#start - STRETCH && position < this.#stop + STRETCH;
    const size = near ? Math.max(STRETCH, length) : length;
    const from = position < this.#start ? Math.max(0, position + length - size) : position;
    if (this.bytes.length < size) this.#set(Buffer.allocUnsafeSlow(Math.max(STRETCH, size)));
    this.#start = from;
    this.#stop = from; // until it has been read
    this.#stop += readInto(fd, this.bytes.subarray(0, size), from);
  }
}

/** What is said of bytes that nobody wrote so. */
export function damaged(): UserError {
  return new UserError({ what: 'a file of the cache is damaged', hint: UNPACK_HINT });
}
