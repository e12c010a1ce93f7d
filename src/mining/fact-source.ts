// Where the facts of many sessions are read from, by this thread or as plain values by another; looks at no fact itself.
import { type Head, Heads } from '../store/pack-heads.ts';
import type { Extract } from './extract-types.ts';
import type { Given, RunsFact } from './fact-types.ts';
import * as stored from './packed-head.ts';
import { givenOf, placeOf, stepsOf } from './stored-extract.ts';

/** The facts of some sessions, in their order. */
export type FactSource = StoredFacts | { sessions: readonly Extract[] };

/** Plain values: open files of this process, as long as the extracts are held that lie in them, or what is in memory. */
interface StoredFacts {
  /** None of them twice. */
  files: StoredFile[];
  /** By session: which of the files, where its head begins there, and its length. */
  file: Int32Array;
  starts: Float64Array;
  lengths: Uint32Array;
}

/** Heads of packs: in an open file, or those that are needed one after the other; and their words. */
interface StoredFile {
  fd: number | undefined;
  memory: Uint8Array;
  words: readonly string[];
}

export function sourceOf(sessions: readonly Extract[]): FactSource {
  const count = sessions.length;
  const [file, starts, lengths] = [new Int32Array(count), new Float64Array(count), new Uint32Array(count)];
  const files = new Map<readonly string[], OpenFile[]>();
  let opened = 0;
  for (const [i, session] of sessions.entries()) {
    const place = placeOf(session);
    if (place === undefined) return { sessions };
    const isHere = 'bytes' in place;
    const fd = isHere ? undefined : place.fd;
    const ofPack = files.get(place.words) ?? [];
    files.set(place.words, ofPack);
    let found = ofPack.find((one) => one.fd === fd);
    if (found === undefined) {
      found = { number: opened++, fd, words: place.words, memory: [], held: 0 };
      ofPack.push(found);
    }
    file[i] = found.number;
    starts[i] = isHere ? found.held : place.position;
    lengths[i] = isHere ? place.bytes.length : place.length;
    if (!isHere) continue;
    found.memory.push(Buffer.from(place.bytes));
    found.held += place.bytes.length;
  }
  return {
    files: [...files.values()]
      .flat()
      .sort((a, b) => a.number - b.number)
      .map(plain),
    file,
    starts,
    lengths,
  };
}

/** A file while it is found out what lies there. */
interface OpenFile extends Omit<StoredFile, 'memory'> {
  number: number;
  memory: Buffer[];
  held: number;
}

function plain({ fd, words, memory }: OpenFile): StoredFile {
  return { fd, words, memory: new Uint8Array(Buffer.concat(memory)) };
}

/** True where another thread can read it. */
export function isPlain(source: FactSource): boolean {
  return 'files' in source;
}

export function givenIn(source: FactSource): Generator<Given> {
  return factsIn(source, givenOf, stored.givenIn);
}

export function stepsIn(source: FactSource): Generator<RunsFact> {
  return factsIn(source, stepsOf, stored.stepsIn);
}

// Throws UserError where a file became unreadable.
function* factsIn<Fact>(
  source: FactSource,
  factOf: (session: Extract) => Fact,
  factIn: (head: Head) => Fact,
): Generator<Fact> {
  if ('sessions' in source) {
    for (const session of source.sessions) yield factOf(session);
    return;
  }
  const { file, starts, lengths } = source;
  const heads = source.files.map(
    ({ fd, memory, words }) => new Heads(fd === undefined ? { whole: memory } : { open: () => fd }, words),
  );
  for (const [i, number] of file.entries()) {
    const found = heads[number];
    if (found !== undefined) yield factIn(found.at(starts[i] ?? 0, lengths[i] ?? 0));
  }
}
