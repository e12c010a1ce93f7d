// Where the facts of many sessions are read from, by this thread or as plain values by another; looks at no fact itself.
import { readInto } from '../store/read-at.ts';
import type { Extract } from './extract-types.ts';
import type { Given, RunsFact } from './fact-types.ts';
import { parsed } from './packed-extract.ts';
import { givenOf, placeOf, stepsOf } from './stored-extract.ts';

/** A part of the facts of some sessions, in their order. */
export type FactSource = StoredFacts | { sessions: readonly Extract[] };

/** Plain values: open files of this process, as long as the extracts are held that lie in them, or what is in memory. */
interface StoredFacts {
  /** By session: a file, or `IN_MEMORY`; where the part begins there, and its length. */
  files: Int32Array;
  starts: Float64Array;
  lengths: Uint32Array;
  memory: Uint8Array;
}

const IN_MEMORY = -1;

/** @param part which of their facts will be read */
export function sourceOf(sessions: readonly Extract[], part: 'given' | 'steps'): FactSource {
  const count = sessions.length;
  const files = new Int32Array(count).fill(IN_MEMORY);
  const starts = new Float64Array(count);
  const lengths = new Uint32Array(count);
  const memory: Buffer[] = [];
  let held = 0;
  for (const [i, session] of sessions.entries()) {
    const place = placeOf(session, part);
    if (place === undefined) return { sessions };
    lengths[i] = place.length;
    if (Buffer.isBuffer(place)) {
      starts[i] = held;
      held += place.length;
      memory.push(Buffer.from(place));
    } else {
      files[i] = place.fd;
      starts[i] = place.position;
    }
  }
  return { files, starts, lengths, memory: new Uint8Array(Buffer.concat(memory)) };
}

/** True where another thread can read it. */
export function isPlain(source: FactSource): boolean {
  return 'files' in source;
}

export function givenIn(source: FactSource): Generator<Given> {
  return factsIn(source, givenOf);
}

export function stepsIn(source: FactSource): Generator<RunsFact> {
  return factsIn(source, stepsOf);
}

// Throws UserError where a file became unreadable.
function* factsIn<Fact>(source: FactSource, factOf: (session: Extract) => Fact): Generator<Fact> {
  if ('sessions' in source) {
    for (const session of source.sessions) yield factOf(session);
    return;
  }
  const { files, starts, lengths, memory } = source;
  const inMemory = Buffer.from(memory.buffer, memory.byteOffset, memory.length);
  const sheet = Buffer.allocUnsafeSlow(lengths.reduce((most, length) => Math.max(most, length), 0));
  for (const [i, file] of files.entries()) {
    const [start, length] = [starts[i] ?? 0, lengths[i] ?? 0];
    const bytes = file === IN_MEMORY ? inMemory.subarray(start, start + length) : sheet.subarray(0, length);
    if (file !== IN_MEMORY) readInto(file, bytes, start);
    yield parsed<Fact>(bytes);
  }
}
