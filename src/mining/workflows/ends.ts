// Where runs first complete a sequence, two bytes a run, since thousands of sequences are kept at once; knows no sequence.
import { hashWith } from '../../base/hash.ts';

const NOWHERE = -1;

/** Places in the steps of runs by place of the run, like a map that is read in the order of the runs. */
export class Ends {
  readonly #at: Int16Array;
  #size = 0;

  /** @param runs how many there are */
  constructor(runs: number) {
    this.#at = new Int16Array(runs).fill(NOWHERE);
  }

  /** How many runs show the sequence. */
  get size(): number {
    return this.#size;
  }

  has(run: number): boolean {
    return (this.#at[run] ?? NOWHERE) !== NOWHERE;
  }

  get(run: number): number | undefined {
    return this.has(run) ? this.#at[run] : undefined;
  }

  put(run: number, end: number): void {
    if (!this.has(run)) this.#size++;
    this.#at[run] = end;
  }

  *[Symbol.iterator](): Generator<[run: number, end: number]> {
    for (const [run, end] of this.#at.entries()) if (end !== NOWHERE) yield [run, end];
  }

  /** How many runs are among those of another. */
  shared(other: Ends): number {
    const [mine, theirs] = [this.#at, other.#at];
    let count = 0;
    for (let run = 0; run < mine.length; run++)
      if (mine[run] !== NOWHERE && (theirs[run] ?? NOWHERE) !== NOWHERE) count++;
    return count;
  }

  areOfTheSameRuns(other: Ends): boolean {
    return this.#size === other.#size && this.shared(other) === this.#size;
  }

  /** Equal where the runs are. */
  hash(): number {
    let hash = this.#size;
    const at = this.#at;
    for (let run = 0; run < at.length; run++) {
      if (at[run] === NOWHERE) continue;
      hash = hashWith(hash, run);
    }
    return hash;
  }
}
