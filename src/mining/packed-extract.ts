// An extract as bytes, and the parts of it as far as they were read back; what is read is given up again.
import { UserError } from '../base/errors.ts';
import type { NewBlock, Packed } from '../store/pack-blocks.ts';
import { UNPACK_HINT } from '../store/pack-stretch.ts';
import type { Asked } from './asked-types.ts';
import { differencesOf, type Kept, type Said } from './extract-key.ts';
import type { Action, Evaluated, Extract } from './extract-types.ts';
import type { Doings, ErrorFact, Failure, Given, Marks, RunsFact } from './fact-types.ts';
import { factsIn } from './facts/facts.ts';
import { marksIn } from './facts/marks.ts';
import { newFailures } from './facts/read-facts.ts';
import * as stored from './packed-head.ts';
import { type Columns, columnsOf, type Loose, type Own, ownOf, type Reader, storedActions } from './stored-action.ts';

/** What is read when something of it is asked for. */
type Rest = Pick<Extract, 'turns' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;
/**
 * The numbers of its block: its size, the bytes of its columns and of what is read of the session as a whole, whether it was graded, and
 * whether it can be told without reading that no entry was loaded or held out.
 */
const [CALLS, WORKED, TURNS, LATER, COLUMNS, REST, GRADED, UNBRIEFED] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** How long a session is. */
export interface Size {
  calls: number;
  /** Calls that worked. */
  worked: number;
  turns: number;
  /** Turns without the first where that came before all work. */
  later: number;
}

/** An extract as it is kept, but for what the index says of it. */
export interface PackedExtract extends NewBlock {
  meta: Kept;
}

/** The extract as a value to keep in memory and bytes to keep on the disk: a head, and as its body columns, the rest, and the actions' own. */
export function packExtract(extract: Extract): PackedExtract {
  const { actions, turns, sketch: _, prompt, evaluations, loaded, heldOut, ...kept } = extract;
  const own = actions.map((action) => JSON.stringify(ownOf(action)));
  const lengths = own.map((text) => Buffer.byteLength(text));
  const rest: Loose<Rest> = { turns, prompt, evaluations, loaded, heldOut };
  const body = [JSON.stringify(columnsOf(actions, lengths)), JSON.stringify(rest), own.join('')].map((text) =>
    Buffer.from(text),
  );
  const marks = marksIn(extract);
  const head = stored.headOfExtract(marks, factsIn(extract));
  const { calls, worked, turns: said, later } = sizeIn(extract);
  const [columns, others] = [body[0]?.length ?? 0, body[1]?.length ?? 0];
  const unbriefed = loaded === undefined && heldOut === undefined;
  return {
    meta: kept,
    numbers: [calls, worked, said, later, columns, others, evaluations === undefined ? 0 : 1, unbriefed ? 1 : 0],
    marks: stored.packedMarks(marks),
    words: head.words,
    head: head.bytes.length,
    bytes: Buffer.concat([head.bytes, ...body]),
  };
}

/** Without what the index says of the session. */
export function thinned({ meta, ...block }: PackedExtract, entry: Said): NewBlock {
  return { ...block, meta: differencesOf(meta, entry) };
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

/** What holds the parts of those that were read last: so many sessions, the oldest given up first. */
export class Shelf {
  readonly #slots: Slot[] = [];
  readonly #size: number;
  readonly #names = new Map<string, string>();
  #next = 0;
  /** Errors in the same words share them. */
  readonly failures = newFailures();

  constructor(size = 256) {
    this.#size = size;
  }

  /** The same text, one for all sessions. */
  name(text: string): string {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    this.#names.set(text, text);
    return text;
  }

  hold(slot: Slot): void {
    this.#slots[this.#next]?.giveUp();
    this.#slots[this.#next] = slot;
    this.#next = (this.#next + 1) % this.#size;
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
  readonly packed: Packed;
  readonly #shelf: Shelf;
  #held: Held | undefined;

  constructor(packed: Packed, shelf: Shelf) {
    this.packed = packed;
    this.#shelf = shelf;
  }

  get size(): Size {
    const { packed } = this;
    const [calls, worked] = [packed.number(CALLS), packed.number(WORKED)];
    return { calls, worked, turns: packed.number(TURNS), later: packed.number(LATER) };
  }

  // Facts and marks are looked at once and not held.
  doings(): Doings {
    return stored.doingsIn(this.packed.head(), this.#shelf.failures);
  }

  errors(): ErrorFact[] {
    return stored.errorsIn(this.packed.head(), this.#shelf.failures);
  }

  failures(): Failure[] {
    return stored.failuresIn(this.packed.head(), this.#shelf.failures);
  }

  given(): Given {
    return stored.givenIn(this.packed.head());
  }

  steps(): RunsFact {
    return stored.stepsIn(this.packed.head());
  }

  asked(): Asked {
    return stored.askedIn(this.packed.head());
  }

  marks(): Marks {
    return new stored.StoredMarks(this.packed);
  }

  actions(): Action[] {
    const held = this.#hold();
    held.actions ??= storedActions(this.#parsed<Columns>(0, this.packed.number(COLUMNS)), this);
    return held.actions;
  }

  rest(): Rest {
    const held = this.#hold();
    held.rest ??= this.#parsed<Rest>(this.packed.number(COLUMNS), this.packed.number(REST));
    return held.rest;
  }

  evaluations(): Evaluated[] | undefined {
    return this.packed.number(GRADED) === 1 ? this.rest().evaluations : undefined;
  }

  /** Entries that were in its prompt, and those that a draw kept out. */
  briefing(): Pick<Rest, 'loaded' | 'heldOut'> {
    return this.packed.number(UNBRIEFED) === 1 ? {} : this.rest();
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
    const start = this.packed.number(COLUMNS) + this.packed.number(REST);
    if (held.bytes === undefined && (held.own?.size ?? 0) < FEW) return this.packed.read(start + from, length);
    held.bytes ??= Buffer.from(this.packed.read(start, this.packed.length - start));
    return held.bytes.subarray(from, from + length);
  }

  #parsed<T>(from: number, length: number): T {
    return parsed<T>(this.packed.read(from, length));
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

// Of our own printing, so its shape is known; only a damaged disk makes anything else of it.
function parsed<T>(bytes: Buffer): T {
  try {
    return JSON.parse(bytes.toString()) as T;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError({ what: 'the cache of what was mined is damaged', hint: UNPACK_HINT });
  }
}
