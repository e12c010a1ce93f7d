// An extract as bytes, and the parts of it as far as they were read back; what is read is given up again.
import { UserError } from '../base/errors.ts';
import { type Packed, UNPACK_HINT } from '../store/packs.ts';
import type { Action, Evaluated, Extract } from './extract-types.ts';
import type { ErrorFact, Facts, Marks } from './fact-types.ts';
import { factsIn } from './facts/facts.ts';
import { marksIn } from './facts/marks.ts';
import { type Columns, columnsOf, type Loose, type Own, ownOf, type Reader, storedActions } from './stored-action.ts';

/** What stays in memory of every session. */
type Kept = Omit<Extract, 'actions' | 'turns' | 'sketch' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;
/** What is read when something of it is asked for. */
type Rest = Pick<Extract, 'turns' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;
/** What is kept in memory beside the bytes. */
export interface Meta {
  kept: Kept;
  /** True where it was graded. */
  graded: boolean;
  size: Size;
  /** How many numbers there are of each of its marks, in their order. */
  marks: [number, number, number, number];
  /** Bytes of its errors, its other facts, its columns and its rest. Marks come before, what the actions have of their own after them. */
  sizes: [number, number, number, number];
}

/** How long a session is. */
export interface Size {
  calls: number;
  /** Calls that worked. */
  worked: number;
  turns: number;
}

/** The extract as a value to keep in memory and bytes to keep on the disk. */
export function packExtract(extract: Extract): { meta: unknown; bytes: Buffer } {
  const { actions, turns, sketch, prompt, evaluations, loaded, heldOut, ...kept } = extract;
  const { steps, stepKeys, promptKeys } = marksIn(extract);
  const marks = [sketch, steps, stepKeys, promptKeys].map((numbers) => Uint32Array.from(numbers));
  const { errors, ...others } = factsIn(extract);
  const facts = [errors, others].map((part) => Buffer.from(JSON.stringify(part)));
  const own = actions.map((action) => JSON.stringify(ownOf(action)));
  const lengths = own.map((text) => Buffer.byteLength(text));
  const columns = Buffer.from(JSON.stringify(columnsOf(actions, lengths)));
  const rest = Buffer.from(JSON.stringify({ turns, prompt, evaluations, loaded, heldOut } satisfies Loose<Rest>));
  const [a, b, c, d] = marks.map((numbers) => numbers.length);
  const meta: Meta = {
    kept,
    graded: evaluations !== undefined,
    size: sizeIn(extract),
    marks: [a ?? 0, b ?? 0, c ?? 0, d ?? 0],
    sizes: [facts[0]?.length ?? 0, facts[1]?.length ?? 0, columns.length, rest.length],
  };
  return { meta, bytes: Buffer.concat([...marks.map(bytesOf), ...facts, columns, rest, Buffer.from(own.join(''))]) };
}

function bytesOf(numbers: Uint32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** How long an extract is that is whole in memory. */
export function sizeIn({ actions, turns }: Extract): Size {
  return { calls: actions.length, worked: actions.filter((a) => a.status === 'ok').length, turns: turns.length };
}

/** True for what `packExtract` keeps in memory. */
export function isMeta(meta: unknown): meta is Meta {
  return meta !== null && typeof meta === 'object' && 'kept' in meta && 'sizes' in meta && 'marks' in meta;
}

/** What holds the parts of extracts that were read last: so many sessions, the oldest of them given up first. */
export class Shelf {
  readonly #slots: Slot[] = [];
  readonly #size: number;
  readonly #names = new Map<string, string>();
  #next = 0;

  constructor(size = 256) {
    this.#size = size;
  }

  /** The same text, one for all sessions. */
  name(text: string): string {
    const known = this.#names.get(text) ?? text;
    this.#names.set(text, known);
    return known;
  }

  hold(slot: Slot): void {
    this.#slots[this.#next]?.giveUp();
    this.#slots[this.#next] = slot;
    this.#next = (this.#next + 1) % this.#size;
  }
}

/** One session's parts, as far as they were read. */
export class Slot implements Reader {
  readonly #packed: Packed;
  readonly #meta: Meta;
  readonly #shelf: Shelf;
  #isHeld = false;
  #actions: Action[] | undefined;
  #rest: Rest | undefined;
  #bytes: Buffer | undefined;
  #own: Map<number, Own> | undefined;

  constructor(packed: Packed, meta: Meta, shelf: Shelf) {
    this.#packed = packed;
    this.#meta = meta;
    this.#shelf = shelf;
  }

  get size(): Size {
    return this.#meta.size;
  }

  // Facts and marks are folded once and not held.
  facts(): Facts {
    const others = parsed<Omit<Facts, 'errors'>>(this.#packed.read(this.#start(1), this.#meta.sizes[1]));
    return { ...others, errors: this.errors() };
  }

  errors(): ErrorFact[] {
    return parsed<ErrorFact[]>(this.#packed.read(this.#start(0), this.#meta.sizes[0]));
  }

  marks(): Marks {
    const lengths = this.#meta.marks;
    const bytes = this.#packed.read(0, this.#start(0));
    const numbers = new Uint32Array(bytes.length / 4);
    bytesOf(numbers).set(bytes);
    const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, n) => sum + n, 0));
    const [a, b, c, d] = [ends[0] ?? 0, ends[1] ?? 0, ends[2] ?? 0, ends[3] ?? 0];
    return {
      sketch: numbers.subarray(0, a),
      steps: numbers.subarray(a, b),
      stepKeys: numbers.subarray(b, c),
      promptKeys: numbers.subarray(c, d),
    };
  }

  actions(): Action[] {
    this.#hold();
    this.#actions ??= storedActions(parsed<Columns>(this.#packed.read(this.#start(2), this.#meta.sizes[2])), this);
    return this.#actions;
  }

  rest(): Rest {
    this.#hold();
    this.#rest ??= parsed<Rest>(this.#packed.read(this.#start(3), this.#meta.sizes[3]));
    return this.#rest;
  }

  evaluations(): Evaluated[] | undefined {
    return this.#meta.graded ? this.rest().evaluations : undefined;
  }

  own(from: number, length: number): Own {
    this.#hold();
    this.#own ??= new Map();
    const known = this.#own.get(from);
    if (known !== undefined) return known;
    const start = this.#start(4);
    this.#bytes ??= Buffer.from(this.#packed.read(start, this.#packed.length - start));
    const own = parsed<Own>(this.#bytes.subarray(from, from + length));
    this.#own.set(from, own);
    return own;
  }

  giveUp(): void {
    this.#isHeld = false;
    this.#actions = undefined;
    this.#rest = undefined;
    this.#bytes = undefined;
    this.#own = undefined;
  }

  // Where its errors, other facts, columns, rest or the actions' own begin.
  #start(part: number): number {
    const { marks, sizes } = this.#meta;
    let start = 4 * (marks[0] + marks[1] + marks[2] + marks[3]);
    for (let i = 0; i < part; i++) start += sizes[i] ?? 0;
    return start;
  }

  #hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#shelf.hold(this);
  }
}

// Of our own printing, so its shape is known; only a damaged disk makes anything else of it.
function parsed<T>(bytes: Buffer): T {
  try {
    return JSON.parse(bytes.toString()) as T;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError({ what: 'the cache of what was mined is damaged', hint: UNPACK_HINT });
  }
}
