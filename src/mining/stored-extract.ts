// An extract as bytes, and as an object that reads its parts back when they are asked for; what it answers is what was put in, and never held for long.
import { UserError } from '../base/errors.ts';
import { type Packed, UNPACK_HINT } from '../store/packs.ts';
import type { Action, Evaluated, Extract } from './extract-types.ts';
import type { Facts, Marks } from './fact-types.ts';
import { factsIn } from './facts/facts.ts';
import { marksIn } from './facts/marks.ts';
import { type Columns, columnsOf, type Loose, type Own, ownOf, type Reader, storedActions } from './stored-action.ts';

/** What stays in memory of every session. */
type Kept = Omit<Extract, 'actions' | 'turns' | 'sketch' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;
/** What is read when something of it is asked for. */
type Rest = Pick<Extract, 'turns' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;
interface Meta {
  kept: Kept;
  /** True where it was graded. */
  graded: boolean;
  size: Size;
  /** How many numbers there are of each of its marks, in their order. */
  marks: [number, number, number, number];
  /** Bytes of its facts, its columns and its rest. Marks come before, what the actions have of their own after them. */
  sizes: [number, number, number];
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
  const facts = Buffer.from(JSON.stringify(factsIn(extract)));
  const own = actions.map((action) => JSON.stringify(ownOf(action)));
  const lengths = own.map((text) => Buffer.byteLength(text));
  const columns = Buffer.from(JSON.stringify(columnsOf(actions, lengths)));
  const rest = Buffer.from(JSON.stringify({ turns, prompt, evaluations, loaded, heldOut } satisfies Loose<Rest>));
  const [a, b, c, d] = marks.map((numbers) => numbers.length);
  const meta: Meta = {
    kept,
    graded: evaluations !== undefined,
    size: sizeOf(extract),
    marks: [a ?? 0, b ?? 0, c ?? 0, d ?? 0],
    sizes: [facts.length, columns.length, rest.length],
  };
  return { meta, bytes: Buffer.concat([...marks.map(bytesOf), facts, columns, rest, Buffer.from(own.join(''))]) };
}

function bytesOf(numbers: Uint32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** What follows from the session alone; read where it is stored, else found out once. */
export function factsOf(extract: Extract): Facts {
  return isStored(extract) ? extract[SLOT].facts() : once(FACTS, extract, factsIn);
}

/** What its copies and the sessions of its task are found by. */
export function marksOf(extract: Extract): Marks {
  return isStored(extract) ? extract[SLOT].marks() : once(MARKS, extract, marksIn);
}

/** How long it is, without reading it. */
export function sizeOf(extract: Extract): Size {
  if (isStored(extract)) return extract[SLOT].size;
  const { actions, turns } = extract;
  return { calls: actions.length, worked: actions.filter((a) => a.status === 'ok').length, turns: turns.length };
}

const FACTS = new WeakMap<Extract, Facts>();
const MARKS = new WeakMap<Extract, Marks>();

function once<T>(known: WeakMap<Extract, T>, extract: Extract, make: (extract: Extract) => T): T {
  const found = known.get(extract) ?? make(extract);
  known.set(extract, found);
  return found;
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

/** The extract of a block that `packExtract` made; undefined for anything else. Its parts throw UserError where the block became unreadable. */
export function openExtract(packed: Packed, shelf: Shelf): Extract | undefined {
  const { meta } = packed;
  if (!isMeta(meta)) return undefined;
  for (const field of SHARED) {
    const text = meta.kept[field];
    if (text !== undefined) meta.kept[field] = shelf.name(text);
  }
  // Its getters stand in the prototype: a hundred thousand objects with getters of their own would cost a kilobyte each.
  return Object.assign(Object.create(PARTS), meta.kept, { [SLOT]: new Slot(packed, meta, shelf) });
}

// What many sessions have in common.
const SHARED = ['tool', 'project', 'task', 'agent', 'model', 'by', 'label'] as const;

function isMeta(meta: unknown): meta is Meta {
  return meta !== null && typeof meta === 'object' && 'kept' in meta && 'sizes' in meta && 'marks' in meta;
}

const SLOT = Symbol('where its parts are');

interface Placed {
  [SLOT]: Slot;
}

const PARTS = {
  get actions(): Action[] {
    return slotOf(this).actions();
  },
  get turns() {
    return slotOf(this).rest().turns;
  },
  get sketch(): number[] {
    return Array.from(slotOf(this).marks().sketch);
  },
  get prompt() {
    return slotOf(this).rest().prompt;
  },
  get loaded() {
    return slotOf(this).rest().loaded;
  },
  get heldOut() {
    return slotOf(this).rest().heldOut;
  },
  get evaluations(): Evaluated[] | undefined {
    return slotOf(this).evaluations();
  },
  toJSON(): object {
    return { ...this, ...slotOf(this).rest(), sketch: this.sketch, actions: slotOf(this).actions() };
  },
};

function isStored(extract: Extract): extract is Extract & Placed {
  return SLOT in extract;
}

function slotOf(extract: object): Slot {
  return (extract as Placed)[SLOT]; // only `openExtract` makes them
}

/** An extract with other fields, whose parts stay where they are. */
export function altered(
  extract: Extract,
  changes: Partial<Loose<Pick<Extract, 'outcome' | 'evaluations' | 'label'>>>,
): Extract {
  const own = Object.getOwnPropertyDescriptors(extract);
  const copy: Extract = Object.create(Object.getPrototypeOf(extract), own);
  for (const [key, value] of Object.entries(changes))
    Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

// One session's parts, as far as they were read.
class Slot implements Reader {
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
    return parsed<Facts>(this.#packed.read(this.#start(0), this.#meta.sizes[0]));
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
    this.#actions ??= storedActions(parsed<Columns>(this.#packed.read(this.#start(1), this.#meta.sizes[1])), this);
    return this.#actions;
  }

  rest(): Rest {
    this.#hold();
    this.#rest ??= parsed<Rest>(this.#packed.read(this.#start(2), this.#meta.sizes[2]));
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
    const start = this.#start(3);
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

  // Where its facts, columns, rest or the actions' own begin.
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
