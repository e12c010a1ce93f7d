// The marks and the head of a stored extract, which is its facts; what is read of them is not held.
import type { Marked, Packed } from '../store/pack-blocks.ts';
import type { Head } from '../store/pack-heads.ts';
import { damaged } from '../store/pack-stretch.ts';
import type { Asked } from './asked-types.ts';
import type { Doings, ErrorFact, Facts, Failure, Given, Marks, RunsFact } from './fact-types.ts';
import { readAsked, writeAsked } from './facts/asked-bytes.ts';
import { FactReader } from './facts/fact-reader.ts';
import { FactWriter } from './facts/fact-writer.ts';
import { type Failures, readDoings, readErrors, readFailures, readGiven, readRuns } from './facts/read-facts.ts';
import { writeDoings, writeErrors, writeGiven, writeRuns } from './facts/write-facts.ts';

/**
 * A head begins with numbers of 32 bits, the lowest byte first: how many steps it has, and the bytes of each part. Then come the
 * steps, numbers of the same kind, and the parts.
 */
const PARTS = ['errors', 'doings', 'given', 'steps', 'asked'] as const;
const STEPS = 1;
const NUMBERS = 4 * (STEPS + PARTS.length); // bytes

/** @returns the words that its bytes refer to, too */
export function headOfExtract({ steps }: Marks, facts: Facts): { words: string[]; bytes: Buffer } {
  const words = new Map<string, number>();
  const parts = [
    written(words, (to) => writeErrors(to, facts.errors)),
    written(words, (to) => writeDoings(to, facts)),
    written(words, (to) => writeGiven(to, facts)),
    written(words, (to) => writeRuns(to, facts.steps)),
    written(words, (to) => writeAsked(to, facts)),
  ];
  const sizes = [steps, ...parts].map(({ length }) => length);
  return { words: [...words.keys()], bytes: Buffer.concat([...[sizes, steps].map(bytesOf), ...parts]) };
}

function written(words: Map<string, number>, write: (to: FactWriter) => void): Buffer {
  const writer = new FactWriter(words);
  write(writer);
  return writer.bytes;
}

// Some are signed.
function bytesOf(numbers: ArrayLike<number>): Buffer {
  const bytes = Buffer.allocUnsafe(4 * numbers.length);
  for (let i = 0; i < numbers.length; i++) bytes.writeUInt32LE((numbers[i] ?? 0) >>> 0, 4 * i);
  return bytes;
}

// One for all heads: each is read before the next one.
const reader = new FactReader();

/** What failed alone, error by error, which costs less to read than the errors. */
export function failuresIn(head: Head, failures: Failures): Failure[] {
  return readFailures(partOf(head, 'errors'), failures);
}

export function errorsIn(head: Head, failures: Failures): ErrorFact[] {
  return readErrors(partOf(head, 'errors'), failures);
}

export function doingsIn(head: Head, failures: Failures): Doings {
  const errors = readErrors(partOf(head, 'errors'), failures);
  return { ...readDoings(partOf(head, 'doings')), errors };
}

export function givenIn(head: Head): Given {
  return readGiven(partOf(head, 'given'));
}

export function stepsIn(head: Head): RunsFact {
  return readRuns(partOf(head, 'steps'));
}

export function askedIn(head: Head): Asked {
  return readAsked(partOf(head, 'asked'));
}

function partOf(head: Head, part: (typeof PARTS)[number]): FactReader {
  let from = NUMBERS + 4 * numberIn(head, 0);
  for (let i = 0; i < PARTS.indexOf(part); i++) from += numberIn(head, STEPS + i);
  return reader.begin(head, from);
}

function numberIn({ bytes, from, end }: Head, i: number): number {
  const at = from + 4 * i;
  if (at + 4 > end) throw damaged();
  return bytes.readUInt32LE(at);
}

/** The steps of a session, which only those that may be copies are compared by. */
export function markedSteps(head: Head): Uint32Array {
  const length = numberIn(head, 0);
  let at = head.from + NUMBERS;
  if (at + 4 * length > head.end) throw damaged();
  const numbers = new Uint32Array(length);
  for (let i = 0; i < length; i++, at += 4) numbers[i] = head.bytes.readUInt32LE(at);
  return numbers;
}

/** The marks that are looked at of all sessions: how many there are of each list, and these one after the other. */
export function packedMarks({ sketch, stepKeys, promptKeys }: Marks): Uint32Array {
  const lists = [sketch, stepKeys, promptKeys].map((list) => Array.from(list));
  return Uint32Array.from([...lists.map(({ length }) => length), ...lists.flat()]);
}

const LISTS = { sketch: 0, stepKeys: 1, promptKeys: 2 } as const;
const COUNTS = 3;

/** Where one of these lists begins and ends. */
export function markedList({ numbers, from, end }: Marked, list: keyof typeof LISTS): Marked {
  let start = from + COUNTS;
  for (let i = 0; i < LISTS[list]; i++) start += numbers[from + i] ?? 0;
  const stop = start + (numbers[from + LISTS[list]] ?? 0);
  if (stop > end) throw damaged();
  return { numbers, from: start, end: stop };
}

/** Each is read when it is asked for, into memory of its own. */
export class StoredMarks implements Marks {
  readonly #packed: Pick<Packed, 'head' | 'marks'>;

  constructor(packed: Pick<Packed, 'head' | 'marks'>) {
    this.#packed = packed;
  }

  get sketch(): Uint32Array {
    return this.#list('sketch');
  }

  get steps(): Uint32Array {
    return markedSteps(this.#packed.head());
  }

  get stepKeys(): Uint32Array {
    return this.#list('stepKeys');
  }

  get promptKeys(): Uint32Array {
    return this.#list('promptKeys');
  }

  #list(list: keyof typeof LISTS): Uint32Array {
    const { numbers, from, end } = markedList(this.#packed.marks(), list);
    return numbers.slice(from, end);
  }
}
