// An extract as an object that reads its parts back when they are asked for; what it answers is what was put in, and never held for long.
import type { HeadPlace, Packed } from '../store/pack-blocks.ts';
import type { Asked } from './asked-types.ts';
import { type Identity, keptOf, keyOf } from './extract-key.ts';
import type { Action, Evaluated, Extract } from './extract-types.ts';
import type { Doings, ErrorFact, Facts, Failure, Given, Marks, RunsFact } from './fact-types.ts';
import { factsIn } from './facts/facts.ts';
import { marksIn } from './facts/marks.ts';
import { isMeta, type Shelf, type Size, Slot, sizeIn } from './packed-extract.ts';
import type { Loose } from './stored-action.ts';

/** The extract of a block that `packExtract` made of that session; undefined for anything else. Its parts throw UserError where the block became unreadable. */
export function openExtract(packed: Packed, entry: Identity, shelf: Shelf, key = keyOf(entry)): Extract | undefined {
  const { meta } = packed;
  if (!isMeta(meta)) return undefined;
  const kept = keptOf(meta.kept, entry);
  for (const field of SHARED) {
    const text = kept[field];
    if (text !== undefined) kept[field] = shelf.name(text);
  }
  // Its getters stand in the prototype: a hundred thousand objects with getters of their own would cost a kilobyte each.
  return Object.assign(Object.create(PARTS), kept, { [SLOT]: new Slot(packed.bytes, meta, shelf, key) });
}

// What many sessions have in common.
const SHARED = ['tool', 'project', 'task', 'agent', 'model', 'by', 'label'] as const;

const SLOT = Symbol('where its parts are');
const ALTERED = Symbol('what was altered');

interface Placed {
  [SLOT]: Slot;
  [ALTERED]?: string;
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
  if (!isStored(copy)) return copy;
  const told = JSON.stringify(Object.entries(changes).map(([key, value]) => [key, value ?? null]));
  return Object.assign(copy, { [ALTERED]: `${copy[ALTERED] ?? ''} ${told}` });
}

/** Tells a stored extract from all others by what it is made of, and by what was altered since; undefined for one that is not stored. */
export function identityOf(extract: Extract): string | undefined {
  return isStored(extract) ? `${extract[SLOT].key}${extract[ALTERED] ?? ''}` : undefined;
}

/** What follows from the session alone; read where it is stored, else found out once. */
export function factsOf(extract: Extract): Facts {
  return isStored(extract)
    ? { ...doingsOf(extract), ...givenOf(extract), steps: stepsOf(extract), ...askedOf(extract) }
    : once(FACTS, extract, factsIn);
}

/** Of its facts those that are folded. */
export function doingsOf(extract: Extract): Doings {
  return isStored(extract) ? extract[SLOT].doings() : factsOf(extract);
}

/** The calls that speak for it. */
export function givenOf(extract: Extract): Given {
  return isStored(extract) ? extract[SLOT].given() : factsOf(extract);
}

/** Its runs of equal steps. */
export function stepsOf(extract: Extract): RunsFact {
  return isStored(extract) ? extract[SLOT].steps() : factsOf(extract).steps;
}

/** Where these and its marks lie, for another thread; undefined where it is not stored. */
export function placeOf(extract: Extract): HeadPlace | undefined {
  return isStored(extract) ? extract[SLOT].place() : undefined;
}

/** What people and verdicts asked for in it, and what was done then. */
export function askedOf(extract: Extract): Asked {
  return isStored(extract) ? extract[SLOT].asked() : factsOf(extract);
}

/** Its errors alone, which cost less to read than all of its facts. */
export function errorsOf(extract: Extract): ErrorFact[] {
  return isStored(extract) ? extract[SLOT].errors() : factsOf(extract).errors;
}

/** What failed alone, error by error, which costs less still; of stored sessions errors in the same words share one object. */
export function failuresOf(extract: Extract): readonly Failure[] {
  return isStored(extract) ? extract[SLOT].failures() : factsOf(extract).errors;
}

/** What its copies and the sessions of its task are found by. */
export function marksOf(extract: Extract): Marks {
  return isStored(extract) ? extract[SLOT].marks() : once(MARKS, extract, marksIn);
}

/** The first of these. @param sheet memory for it, which it takes where it is read: good until the next one is */
export function sketchOf(extract: Extract, sheet: Uint32Array): ArrayLike<number> {
  return isStored(extract) ? extract[SLOT].sketch(sheet) : extract.sketch;
}

/** How long it is, without reading it. */
export function sizeOf(extract: Extract): Size {
  if (isStored(extract)) return extract[SLOT].size;
  return sizeIn(extract);
}

const FACTS = new WeakMap<Extract, Facts>();
const MARKS = new WeakMap<Extract, Marks>();

function once<T>(known: WeakMap<Extract, T>, extract: Extract, make: (extract: Extract) => T): T {
  const found = known.get(extract) ?? make(extract);
  known.set(extract, found);
  return found;
}
