// The head of a stored extract: its marks and its facts; what is read of it is not held.
import { damaged, type Head } from '../store/pack-heads.ts';
import type { Asked } from './asked-types.ts';
import type { Doings, ErrorFact, Facts, Failure, Given, Marks, RunsFact } from './fact-types.ts';
import { readAsked, writeAsked } from './facts/asked-bytes.ts';
import { FactReader } from './facts/fact-reader.ts';
import { FactWriter } from './facts/fact-writer.ts';
import { type Failures, readDoings, readErrors, readFailures, readGiven, readRuns } from './facts/read-facts.ts';
import { writeDoings, writeErrors, writeGiven, writeRuns } from './facts/write-facts.ts';

/**
 * A head begins with numbers of 32 bits, the lowest byte first: how many there are of each of the marks, and the bytes of each part.
 * Then come the marks, numbers of the same kind, and the parts.
 */
const PARTS = ['errors', 'doings', 'given', 'steps', 'asked'] as const;
const MARKS = 4;
const NUMBERS = 4 * (MARKS + PARTS.length); // bytes

/** @returns the words that its bytes refer to, too */
export function headOfExtract(
  { sketch, steps: stepMarks, stepKeys, promptKeys }: Marks,
  facts: Facts,
): { words: string[]; bytes: Buffer } {
  const words = new Map<string, number>();
  const marks = [sketch, stepMarks, stepKeys, promptKeys];
  const parts = [
    written(words, (to) => writeErrors(to, facts.errors)),
    written(words, (to) => writeDoings(to, facts)),
    written(words, (to) => writeGiven(to, facts)),
    written(words, (to) => writeRuns(to, facts.steps)),
    written(words, (to) => writeAsked(to, facts)),
  ];
  const sizes = [...marks, ...parts].map(({ length }) => length);
  return { words: [...words.keys()], bytes: Buffer.concat([...[sizes, ...marks].map(bytesOf), ...parts]) };
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
  let from = NUMBERS;
  for (let i = 0; i < MARKS; i++) from += 4 * numberIn(head, i);
  for (let i = 0; i < PARTS.indexOf(part); i++) from += numberIn(head, MARKS + i);
  return reader.begin(head, from);
}

function numberIn({ bytes, from, end }: Head, i: number): number {
  const at = from + 4 * i;
  if (at + 4 > end) throw damaged();
  return bytes.readUInt32LE(at);
}

const MARK = { sketch: 0, steps: 1, stepKeys: 2, promptKeys: 3 } as const;

/** Each is read when it is asked for, into memory of its own. */
export class StoredMarks implements Marks {
  readonly #head: () => Head;

  constructor(head: () => Head) {
    this.#head = head;
  }

  get sketch(): Uint32Array {
    return markIn(this.#head(), 'sketch');
  }

  get steps(): Uint32Array {
    return markIn(this.#head(), 'steps');
  }

  get stepKeys(): Uint32Array {
    return markIn(this.#head(), 'stepKeys');
  }

  get promptKeys(): Uint32Array {
    return markIn(this.#head(), 'promptKeys');
  }
}

/** @param sheet memory for it, where that is long enough */
export function markIn(head: Head, mark: keyof typeof MARK, sheet?: Uint32Array): Uint32Array {
  const which = MARK[mark];
  const length = numberIn(head, which);
  let at = head.from + NUMBERS;
  for (let i = 0; i < which; i++) at += 4 * numberIn(head, i);
  if (at + 4 * length > head.end) throw damaged();
  const numbers = sheet !== undefined && sheet.length >= length ? sheet.subarray(0, length) : new Uint32Array(length);
  for (let i = 0; i < length; i++, at += 4) numbers[i] = head.bytes.readUInt32LE(at);
  return numbers;
}
