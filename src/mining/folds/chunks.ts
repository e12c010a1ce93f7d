// The chunks of sessions whose counts are kept: those that still hold, new ones, and which of all stay; counts nothing, and a chunk that is lost is only made again.
import type { Key } from '../../base/hash.ts';
import { KEEPS_NOTHING, type Kept } from '../../store/kept.ts';
import type { Extract } from '../extract-types.ts';
import { keyIn } from '../stored-extract.ts';
import { type Chunk, chunkIn, valueOfChunk } from './chunk-value.ts';
import {
  bounded,
  type Entry,
  keysAt,
  membersOf,
  nameOfChunk,
  readManifest,
  type Whole,
  wholeAmong,
  writeManifest,
} from './manifest.ts';

/** What is kept of some sessions. */
export class Chunks {
  readonly #kept: Kept;
  readonly #names: readonly string[];
  readonly #keys: readonly (Key | undefined)[];
  /** What can no longer be used. */
  readonly #gone: Entry[] = [];

  /** @param names of the folds */
  constructor(kept: Kept, sessions: readonly Extract[], names: readonly string[]) {
    this.#kept = kept;
    this.#names = names;
    this.#keys = kept === KEEPS_NOTHING ? [] : sessions.map(keyIn);
  }

  /** True for a session that is told from all others by what it is made of. */
  canKeep(place: number): boolean {
    return this.#keys[place] !== undefined;
  }

  /** Those that hold; no two of them share a session. */
  whole(): Whole<Chunk>[] {
    const open = (name: string) => {
      const found = this.#kept.get(name);
      return found && chunkIn(found, this.#names);
    };
    const { whole, lost } = wholeAmong(readManifest(this.#kept).entries, this.#keys, open);
    this.#gone.push(...lost);
    return whole;
  }

  /** Keeps one more. @param places of its members, ascending */
  keep(places: readonly number[], chunk: Chunk): Entry {
    const keys = keysAt(places, this.#keys);
    const name = nameOfChunk(keys);
    this.#kept.put(name, valueOfChunk(chunk));
    return { name, members: membersOf(keys), used: 0 };
  }

  /** Gives one up that does not hold with these sessions. */
  giveUp(entry: Entry): void {
    this.#gone.push(entry);
  }

  /** Writes down what there is, where that changed. */
  remember({ used, fresh }: Record<'used' | 'fresh', readonly Entry[]>): void {
    if (fresh.length + this.#gone.length === 0) return;
    const { entries, runs, most: before } = readManifest(this.#kept);
    const run = runs + 1;
    const isUsed = new Set(used.map(({ name }) => name));
    const replaced = new Set([...this.#gone, ...fresh].map(({ name }) => name));
    const all = [
      ...entries
        .filter(({ name }) => !replaced.has(name))
        .map((one) => (isUsed.has(one.name) ? { ...one, used: run } : one)),
      ...fresh.map((one) => ({ ...one, used: run })),
    ];
    // Twice as many as there ever were in one run: those of selections stay beside those of all sessions.
    const most = Math.max(before, used.length + fresh.length);
    writeManifest(this.#kept, { entries: bounded(all, run, 2 * most), runs: run, most });
    this.#kept.tidy(2 * most + 1);
  }
}
