// The head of a stored extract: its marks and its facts; what is read of it is not held.
import { damaged, type Head } from '../store/pack-heads.ts';
import type { Doings, ErrorFact, Facts, Failure, Given, Marks, RunsFact } from './fact-types.ts';
import { FactReader } from './facts/fact-reader.ts';
import { FactWriter } from './facts/fact-writer.ts';
import { type Failures, readDoings, readErrors, readFailures, readGiven, readRuns } from './facts/read-facts.ts';
import { writeDoings, writeErrors, writeGiven, writeRuns } from './facts/write-facts.ts';

/**
 * A head begins with numbers of 32 bits, the lowest byte first: how many there are of each of the marks, and the bytes of each part.
 * Then come the marks, as the machine keeps numbers, and the parts.
 */
const PARTS = ['errors', 'doings', 'given', 'steps'] as const;
const MARKS = 4;
const NUMBERS = 4 * (MARKS + PARTS.length); // bytes

/** @returns the words that its bytes refer to, too */
export function headOfExtract(
  { sketch, steps: stepMarks, stepKeys, promptKeys }: Marks,
  facts: Facts,
): { words: string[]; bytes: Buffer } {
  const words = new Map<string, number>();
  const marks = [sketch, stepMarks, stepKeys, promptKeys].map((numbers) => Uint32Array.from(numbers));
  const parts = [
    written(words, (to) => writeErrors(to, facts.errors)),
    written(words, (to) => writeDoings(to, facts)),
    written(words, (to) => writeGiven(to, facts)),
    written(words, (to) => writeRuns(to, facts.steps)),
  ];
  const numbers = Buffer.allocUnsafe(NUMBERS);
  const sizes = [...marks, ...parts].map(({ length }) => length);
  for (const [i, size] of sizes.entries()) numbers.writeUInt32LE(size, 4 * i);
  return { words: [...words.keys()], bytes: Buffer.concat([numbers, ...marks.map(bytesOf), ...parts]) };
}

function written(words: Map<string, number>, write: (to: FactWriter) => void): Buffer {
  const writer = new FactWriter(words);
  write(writer);
  return writer.bytes;
}

function bytesOf(numbers: Uint32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
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

/** In memory of their own. */
export function marksIn(head: Head): Marks {
  const [a, b, c, d] = [numberIn(head, 0), numberIn(head, 1), numberIn(head, 2), numberIn(head, 3)];
  const start = head.from + NUMBERS;
  const length = a + b + c + d;
  if (start + 4 * length > head.end) throw damaged();
  const numbers = new Uint32Array(length);
  bytesOf(numbers).set(head.bytes.subarray(start, start + 4 * length));
  return new StoredMarks(numbers, [a, a + b, a + b + c]);
}

// Most who ask need one or two of them.
class StoredMarks implements Marks {
  readonly #numbers: Uint32Array;
  readonly #ends: readonly [number, number, number];

  constructor(numbers: Uint32Array, ends: readonly [number, number, number]) {
    this.#numbers = numbers;
    this.#ends = ends;
  }

  get sketch(): Uint32Array {
    return this.#numbers.subarray(0, this.#ends[0]);
  }

  get steps(): Uint32Array {
    return this.#numbers.subarray(this.#ends[0], this.#ends[1]);
  }

  get stepKeys(): Uint32Array {
    return this.#numbers.subarray(this.#ends[1], this.#ends[2]);
  }

  get promptKeys(): Uint32Array {
    return this.#numbers.subarray(this.#ends[2]);
  }
}
