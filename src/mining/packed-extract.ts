// An extract as bytes, and the parts of it as far as they were read back; what is read is given up again.
import { UserError } from '../base/errors.ts';
import { type PackedBytes, UNPACK_HINT } from '../store/pack-blocks.ts';
import type { Action, Evaluated, Extract } from './extract-types.ts';
import type { Doings, ErrorFact, Given, Marks, RunsFact } from './fact-types.ts';
import { factsIn } from './facts/facts.ts';
import { marksIn } from './facts/marks.ts';
import { turnsAmidWork } from './lanes.ts';
import { type Columns, columnsOf, type Loose, type Own, ownOf, type Reader, storedActions } from './stored-action.ts';

/** What stays in memory of every session. */
type Kept = Omit<Extract, 'actions' | 'turns' | 'sketch' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;
/** What is read when something of it is asked for. */
type Rest = Pick<Extract, 'turns' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'> & {
  /** Places of the turns with work before and after them in their lane. */
  amid: number[];
};
/** What is kept in memory beside the bytes. */
export interface Meta {
  kept: Kept;
  /** True where it was graded. */
  graded: boolean;
  size: Size;
  /** How many numbers there are of each of its marks, in their order. */
  marks: [number, number, number, number];
  /** Bytes of each of its `PARTS`. Marks come before, what the actions have of their own after them. */
  sizes: number[];
}

/** How long a session is. */
export interface Size {
  calls: number;
  /** Calls that worked. */
  worked: number;
  turns: number;
  /** Turns without the first where that came before all work. */
  later: number;
}

/** What is read by itself, in the order in which it lies there: errors, other facts that are folded, facts of calls, and the session. */
const PARTS = ['errors', 'doings', 'given', 'steps', 'columns', 'rest'] as const;
/** The actions' own come last. */
type Part = (typeof PARTS)[number];

/** The extract as a value to keep in memory and bytes to keep on the disk. */
export function packExtract(extract: Extract): { meta: unknown; bytes: Buffer } {
  const { actions, turns, sketch, prompt, evaluations, loaded, heldOut, ...kept } = extract;
  const { steps: stepMarks, stepKeys, promptKeys } = marksIn(extract);
  const marks = [sketch, stepMarks, stepKeys, promptKeys].map((numbers) => Uint32Array.from(numbers));
  const { errors, first, shown, steps, ...doings } = factsIn(extract);
  const own = actions.map((action) => JSON.stringify(ownOf(action)));
  const lengths = own.map((text) => Buffer.byteLength(text));
  const rest: Loose<Rest> = { turns, prompt, evaluations, loaded, heldOut, amid: turnsAmidWork(extract) };
  const parts: Record<Part, unknown> = {
    errors,
    doings,
    given: { first, shown } satisfies Given,
    steps,
    columns: columnsOf(actions, lengths),
    rest,
  };
  const written = PARTS.map((part) => Buffer.from(JSON.stringify(parts[part])));
  const [a, b, c, d] = marks.map((numbers) => numbers.length);
  const meta: Meta = {
    kept,
    graded: evaluations !== undefined,
    size: sizeIn(extract),
    marks: [a ?? 0, b ?? 0, c ?? 0, d ?? 0],
    sizes: written.map((part) => part.length),
  };
  return { meta, bytes: Buffer.concat([...marks.map(bytesOf), ...written, Buffer.from(own.join(''))]) };
}

function bytesOf(numbers: Uint32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** How long an extract is that is whole in memory. */
export function sizeIn({ actions, turns }: Extract): Size {
  return {
    calls: actions.length,
    worked: actions.filter((a) => a.status === 'ok').length,
    turns: turns.length,
    later: turns[0]?.afterActions === 0 ? turns.length - 1 : turns.length,
  };
}

/** True for what `packExtract` keeps in memory. */
export function isMeta(meta: unknown): meta is Meta {
  return meta !== null && typeof meta === 'object' && 'kept' in meta && 'sizes' in meta && 'marks' in meta;
}

/** Numbers that are kept of a session: its size, how many of each mark, the bytes of its parts, and whether it was graded. */
const NUMBERS = 4 + 4 + PARTS.length + 1;
const [MARKS, SIZES, GRADED] = [4, 8, 8 + PARTS.length];

/** What holds numbers of all extracts, and the parts of those that were read last: so many sessions, the oldest given up first. */
export class Shelf {
  readonly #slots: Slot[] = [];
  readonly #size: number;
  readonly #names = new Map<string, string>();
  #next = 0;
  #numbers = new Uint32Array(NUMBERS * 256);
  #count = 0;

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

  /** Keeps the numbers of a session, and says where. */
  keep({ size, marks, sizes, graded }: Meta): number {
    const at = this.#count++ * NUMBERS;
    if (at === this.#numbers.length) {
      const more = new Uint32Array(2 * at);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    this.#numbers.set([size.calls, size.worked, size.turns, size.later, ...marks, ...sizes, graded ? 1 : 0], at);
    return at;
  }

  number(at: number): number {
    return this.#numbers[at] ?? 0;
  }
}

/** What was read of a session. */
interface Held {
  actions?: Action[];
  rest?: Rest;
  bytes?: Buffer;
  own?: Map<number, Own>;
}

/** One session's parts, as far as they were read. */
export class Slot implements Reader {
  readonly #packed: PackedBytes;
  readonly #shelf: Shelf;
  readonly #at: number;
  #held: Held | undefined;

  constructor(packed: PackedBytes, meta: Meta, shelf: Shelf) {
    this.#packed = packed;
    this.#shelf = shelf;
    this.#at = shelf.keep(meta);
  }

  get size(): Size {
    const [calls, worked, turns, later] = [this.#number(0), this.#number(1), this.#number(2), this.#number(3)];
    return { calls, worked, turns, later };
  }

  // Facts and marks are looked at once and not held.
  doings(): Doings {
    return { ...this.#parsed<Omit<Doings, 'errors'>>('doings'), errors: this.errors() };
  }

  errors(): ErrorFact[] {
    return this.#parsed<ErrorFact[]>('errors');
  }

  given(): Given {
    return this.#parsed<Given>('given');
  }

  steps(): RunsFact {
    return this.#parsed<RunsFact>('steps');
  }

  /** Where a part lies, for another thread; its bytes where it lies nowhere but in memory. */
  place(part: Part): { fd: number; position: number; length: number } | Buffer {
    const { from, length } = this.#where(part);
    const place = this.#packed.place?.();
    return place === undefined
      ? this.#packed.read(from, length)
      : { fd: place.fd, position: place.position + from, length };
  }

  marks(): Marks {
    const [a, b, c, d] = [MARKS, MARKS + 1, MARKS + 2, MARKS + 3].map((n) => this.#number(n));
    const ends = [a ?? 0, (a ?? 0) + (b ?? 0), (a ?? 0) + (b ?? 0) + (c ?? 0)] as const;
    const length = ends[2] + (d ?? 0);
    const numbers = new Uint32Array(length);
    bytesOf(numbers).set(this.#packed.read(0, 4 * length));
    return {
      sketch: numbers.subarray(0, ends[0]),
      steps: numbers.subarray(ends[0], ends[1]),
      stepKeys: numbers.subarray(ends[1], ends[2]),
      promptKeys: numbers.subarray(ends[2]),
    };
  }

  sketch(): Uint32Array {
    const numbers = new Uint32Array(this.#number(MARKS));
    bytesOf(numbers).set(this.#packed.read(0, 4 * numbers.length));
    return numbers;
  }

  actions(): Action[] {
    const held = this.#hold();
    held.actions ??= storedActions(this.#parsed<Columns>('columns'), this);
    return held.actions;
  }

  rest(): Rest {
    const held = this.#hold();
    held.rest ??= this.#parsed<Rest>('rest');
    return held.rest;
  }

  evaluations(): Evaluated[] | undefined {
    return this.#number(GRADED) === 1 ? this.rest().evaluations : undefined;
  }

  own(from: number, length: number): Own {
    const held = this.#hold();
    held.own ??= new Map();
    const known = held.own.get(from);
    if (known !== undefined) return known;
    const own = parsed<Own>(this.#ownBytes(held, from, length));
    held.own.set(from, own);
    return own;
  }

  giveUp(): void {
    this.#held = undefined;
  }

  // Often one or two actions are looked at, and sometimes all of them.
  #ownBytes(held: Held, from: number, length: number): Buffer {
    const start = this.#where('own').from;
    if (held.bytes === undefined && (held.own?.size ?? 0) < FEW) return this.#packed.read(start + from, length);
    held.bytes ??= Buffer.from(this.#packed.read(start, this.#packed.length - start));
    return held.bytes.subarray(from, from + length);
  }

  #parsed<T>(part: Part): T {
    const { from, length } = this.#where(part);
    return parsed<T>(this.#packed.read(from, length));
  }

  #where(part: Part | 'own'): { from: number; length: number } {
    const end = part === 'own' ? PARTS.length : PARTS.indexOf(part);
    let from = 0;
    for (let i = 0; i < 4; i++) from += 4 * this.#number(MARKS + i);
    for (let i = 0; i < end; i++) from += this.#number(SIZES + i);
    return { from, length: part === 'own' ? this.#packed.length - from : this.#number(SIZES + end) };
  }

  #number(which: number): number {
    return this.#shelf.number(this.#at + which);
  }

  #hold(): Held {
    if (this.#held === undefined) {
      this.#held = {};
      this.#shelf.hold(this);
    }
    return this.#held;
  }
}

const FEW = 3;

/** A part that was read. Of our own printing, so its shape is known; only a damaged disk makes anything else of it. Throws UserError then. */
export function parsed<T>(bytes: Buffer): T {
  try {
    return JSON.parse(bytes.toString()) as T;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError({ what: 'the cache of what was mined is damaged', hint: UNPACK_HINT });
  }
}
