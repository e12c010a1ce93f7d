// An extract as an object that reads its parts back when they are asked for; what it answers is what was put in, and never held for long.
import { type Key, keyText } from '../base/hash.ts';
import type { HeadPlace, Marked, Packed } from '../store/pack-blocks.ts';
import type { Asked } from './asked-types.ts';
import { type Differences, keptOf, type Said } from './extract-key.ts';
import type { Action, Evaluated, Extract } from './extract-types.ts';
import type { Doings, ErrorFact, Facts, Failure, Given, Marks, RunsFact } from './fact-types.ts';
import { factsIn } from './facts/facts.ts';
import { marksIn } from './facts/marks.ts';
import { type Shelf, type Size, Slot, sizeIn } from './packed-extract.ts';
import { markedList } from './packed-head.ts';
import type { Loose } from './stored-action.ts';

/** The extract of a block that `packExtract` made of that session. Its parts throw UserError where the block became unreadable. */
export function openExtract(packed: Packed, entry: Said, shelf: Shelf): Extract {
  // Its getters stand in the prototype: a hundred thousand objects with getters of their own would cost a kilobyte each.
  const extract = keptOf(packed.meta as Differences, entry, new Opened(packed, shelf));
  for (const field of SHARED) {
    const text = extract[field];
    if (text !== undefined) extract[field] = shelf.name(text);
  }
  return extract as Extract; // its getters stand for the other fields
}

// What many sessions have in common.
const SHARED = ['tool', 'project', 'task', 'agent', 'model', 'by', 'label'] as const;

const SLOT = Symbol('where its parts are');
const ALTERED = Symbol('what was altered');

interface Placed {
  [SLOT]: Slot;
  [ALTERED]?: string;
}

class Opened implements Placed {
  readonly [SLOT]: Slot;

  constructor(packed: Packed, shelf: Shelf) {
    this[SLOT] = new Slot(packed, shelf);
  }

  get actions(): Action[] {
    return this[SLOT].actions();
  }

  get turns() {
    return this[SLOT].rest().turns;
  }

  get sketch(): number[] {
    return Array.from(this[SLOT].marks().sketch);
  }

  get prompt() {
    return this[SLOT].rest().prompt;
  }

  get loaded() {
    return this[SLOT].briefing().loaded;
  }

  get heldOut() {
    return this[SLOT].briefing().heldOut;
  }

  get evaluations(): Evaluated[] | undefined {
    return this[SLOT].evaluations();
  }

  toJSON(): object {
    return { ...this, ...this[SLOT].rest(), sketch: this.sketch, actions: this[SLOT].actions() };
  }
}

function isStored(extract: Extract): extract is Extract & Placed {
  return SLOT in extract;
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
  return isStored(extract) ? `${keyText(extract[SLOT].packed.key)}${extract[ALTERED] ?? ''}` : undefined;
}

/** The key of what follows from a stored extract alone, whatever was altered since: outcomes are no part of that. Undefined for one that is not stored. */
export function keyIn(extract: Extract): Key | undefined {
  return isStored(extract) ? extract[SLOT].packed.key : undefined;
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

/** Where these lie, for another thread; undefined where it is not stored. */
export function placeOf(extract: Extract): HeadPlace | undefined {
  return isStored(extract) ? extract[SLOT].packed.headPlace() : undefined;
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

/** One list of these, where it lies: good until the marks of another session are read. */
export function markedOf(extract: Extract, list: 'sketch' | 'stepKeys' | 'promptKeys'): Marked {
  if (isStored(extract)) return markedList(extract[SLOT].packed.marks(), list);
  const numbers = Uint32Array.from(marksOf(extract)[list]);
  return { numbers, from: 0, end: numbers.length };
}

/** The places of the extracts in the order in which they are stored: in it the marks of all are read fastest. */
export function inStoredOrder(extracts: readonly Extract[]): Uint32Array {
  const count = extracts.length;
  // Place by place in a number, since numbers sort ten times as fast as what has to be compared.
  const order = Float64Array.from(extracts, (extract, i) => {
    const place = isStored(extract) ? extract[SLOT].packed.place : 0;
    return place * count + i;
  }).sort();
  return Uint32Array.from(order, (place) => place % count);
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
