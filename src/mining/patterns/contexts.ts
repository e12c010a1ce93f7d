// What follows at once, told apart by the last few runs up to each run: most runs have that in common with many others; knows no pattern.
import { hashWith } from '../../base/hash.ts';
import type { Runs } from './runs.ts';

/** Runs have the same context where the last `longest` runs of their lanes up to them are of the same kinds and sizes. */
export interface Contexts {
  longest: number;
  /** By run: the number of its context. They are numbered in the order in which they first appear. */
  of: Uint32Array;
  /** By context: the first run that has it, and how many sessions have it. */
  first: Uint32Array;
  sessions: Uint32Array;
}

export function contextsOf(runs: Runs, longest: number): Contexts {
  const of = new Uint32Array(runs.kind.length);
  let first = new Uint32Array(1024);
  let sessions = new Uint32Array(1024);
  let last = new Int32Array(1024).fill(-1);
  let slots = new Int32Array(4096).fill(-1);
  let count = 0;
  for (let session = 0; session + 1 < runs.starts.length; session++) {
    const end = runs.starts[session + 1] ?? 0;
    for (let i = runs.starts[session] ?? 0; i < end; i++) {
      const slot = slotOf(i);
      let context = slots[slot] ?? -1;
      if (context < 0) {
        context = count++;
        if (context === first.length) grow();
        first[context] = i;
        slots[slot] = context;
        if (count * 2 > slots.length) rehash();
      }
      of[i] = context;
      if (last[context] === session) continue;
      last[context] = session;
      sessions[context] = (sessions[context] ?? 0) + 1;
    }
  }
  return { longest, of, first: first.slice(0, count), sessions: sessions.slice(0, count) };

  // The slot of the run's context, or the free one where it belongs.
  function slotOf(run: number): number {
    const mask = slots.length - 1;
    let slot = hashOf(runs, run, longest) & mask;
    for (;;) {
      const context = slots[slot] ?? -1;
      if (context < 0 || areAlike(runs, first[context] ?? 0, run, longest)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  function grow(): void {
    const longer = <T extends Uint32Array | Int32Array>(copy: T, list: T) => {
      copy.set(list);
      return copy;
    };
    first = longer(new Uint32Array(2 * count), first);
    sessions = longer(new Uint32Array(2 * count), sessions);
    last = longer(new Int32Array(2 * count).fill(-1), last);
  }

  function rehash(): void {
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let context = 0; context < count; context++) slots[slotOf(first[context] ?? 0)] = context;
  }
}

function hashOf({ kind, size, opens }: Runs, run: number, longest: number): number {
  let hash = 0;
  for (let i = run; i > run - longest; i--) {
    hash = hashWith(hash, 4 * (kind[i] ?? 0) + (size[i] ?? 0) + 1);
    if (opens[i] === 1) break;
  }
  return hash;
}

function areAlike({ kind, size, opens }: Runs, a: number, b: number, longest: number): boolean {
  for (let back = 0; back < longest; back++) {
    const [i, j] = [a - back, b - back];
    if (kind[i] !== kind[j] || size[i] !== size[j]) return false;
    if (back + 1 < longest && opens[i] !== opens[j]) return false;
    if (opens[i] === 1) return true;
  }
  return true;
}
