// An extract as bytes, and as an object that reads its parts back when they are asked for; what it answers is what was put in, and never held for long.
import { UserError } from '../base/errors.ts';
import { type Packed, UNPACK_HINT } from '../store/packs.ts';
import type { Action, Evaluated, Extract } from './extract-types.ts';
import { type Columns, columnsOf, type Loose, type Own, ownOf, type Reader, storedActions } from './stored-action.ts';

/** What stays in memory of every session. */
type Kept = Omit<Extract, 'actions' | 'turns' | 'sketch' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;
/** What is read when something of it is asked for. */
type Rest = Pick<Extract, 'turns' | 'sketch' | 'prompt' | 'evaluations' | 'loaded' | 'heldOut'>;
interface Meta {
  kept: Kept;
  /** True where it was graded. */
  graded: boolean;
  /** Bytes of its columns and of its rest; what the actions have of their own follows. */
  sizes: [number, number];
}

/** The extract as a value to keep in memory and bytes to keep on the disk. */
export function packExtract(extract: Extract): { meta: unknown; bytes: Buffer } {
  const { actions, turns, sketch, prompt, evaluations, loaded, heldOut, ...kept } = extract;
  const own = actions.map((action) => Buffer.from(JSON.stringify(ownOf(action))));
  const columns = Buffer.from(
    JSON.stringify(
      columnsOf(
        actions,
        own.map((bytes) => bytes.length),
      ),
    ),
  );
  const rest = Buffer.from(
    JSON.stringify({ turns, sketch, prompt, evaluations, loaded, heldOut } satisfies Loose<Rest>),
  );
  const sizes: Meta['sizes'] = [columns.length, rest.length];
  const meta: Meta = { kept, graded: evaluations !== undefined, sizes };
  return { meta, bytes: Buffer.concat([columns, rest, ...own]) };
}

/** What holds the parts of extracts that were read last: so many sessions, the oldest of them given up first. */
export class Shelf {
  readonly #slots: Slot[] = [];
  readonly #size: number;
  #next = 0;

  constructor(size = 256) {
    this.#size = size;
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
  // Its getters stand in the prototype: a hundred thousand objects with getters of their own would cost a kilobyte each.
  return Object.assign(Object.create(PARTS), meta.kept, { [SLOT]: new Slot(packed, meta, shelf) });
}

function isMeta(meta: unknown): meta is Meta {
  return meta !== null && typeof meta === 'object' && 'kept' in meta && 'sizes' in meta && 'graded' in meta;
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
  get sketch() {
    return slotOf(this).rest().sketch;
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
    return { ...this, ...slotOf(this).rest(), actions: slotOf(this).actions() };
  },
};

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
  readonly #own = new Map<number, Own>();

  constructor(packed: Packed, meta: Meta, shelf: Shelf) {
    this.#packed = packed;
    this.#meta = meta;
    this.#shelf = shelf;
  }

  actions(): Action[] {
    this.#hold();
    this.#actions ??= storedActions(parsed<Columns>(this.#packed.read(0, this.#meta.sizes[0])), this);
    return this.#actions;
  }

  rest(): Rest {
    this.#hold();
    const [columns, rest] = this.#meta.sizes;
    this.#rest ??= parsed<Rest>(this.#packed.read(columns, rest));
    return this.#rest;
  }

  evaluations(): Evaluated[] | undefined {
    return this.#meta.graded ? this.rest().evaluations : undefined;
  }

  own(from: number, length: number): Own {
    this.#hold();
    const known = this.#own.get(from);
    if (known !== undefined) return known;
    const start = this.#meta.sizes[0] + this.#meta.sizes[1];
    this.#bytes ??= this.#packed.read(start, this.#packed.length - start);
    const own = parsed<Own>(this.#bytes.subarray(from, from + length));
    this.#own.set(from, own);
    return own;
  }

  giveUp(): void {
    this.#isHeld = false;
    this.#actions = undefined;
    this.#rest = undefined;
    this.#bytes = undefined;
    this.#own.clear();
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
