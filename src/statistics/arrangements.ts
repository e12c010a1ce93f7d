// Every way, or many random ways, to deal out labels anew within blocks; never moves a label from one block to another.
import { type Random, shuffle } from './random.ts';

/** How much work a permutation test may do, and with which numbers. */
export interface Draws {
  /** Where there are at most so many distinct arrangements, all of them are visited; default 5,000. */
  exactUpTo?: number;
  /** Random arrangements otherwise. */
  draws: number;
  random: Random;
}

/** Which arrangements were visited: all of them, the given one among them, or `visited` random ones. */
export interface Visits {
  exact: boolean;
  visited: number;
}

const EXACT_UP_TO = 5000;

/**
 * Calls `visit` with rearranged labels, in the order of the sessions; the array is the same each time and must not be kept.
 * Where all are visited the order of the sessions does not matter; the random ones depend on it, so callers that promise equal
 * answers sort their sessions first.
 * @param blocks the block of each session; labels move within blocks only
 * @param labels the label of each session: whole numbers
 */
export function forEachArrangement(
  blocks: ArrayLike<number>,
  labels: ArrayLike<number>,
  { exactUpTo = EXACT_UP_TO, draws, random }: Draws,
  visit: (labels: Int32Array) => void,
): Visits {
  const out = Int32Array.from(labels);
  const { sessions, dealt, starts } = mixedBlocks(blocks, labels);
  const show = () => {
    for (let i = 0; i < sessions.length; i++) out[sessions[i] ?? 0] = dealt[i] ?? 0;
    visit(out);
  };
  const wheels = () => Array.from(starts.subarray(1), (end, segment) => dealt.subarray(starts[segment], end));
  if (countUpTo(dealt, starts, exactUpTo) <= exactUpTo) return { exact: true, visited: visitAll(wheels(), show) };
  for (let draw = 0; draw < draws; draw++) {
    for (let segment = 0; segment + 1 < starts.length; segment++)
      shuffle(dealt, random, starts[segment], starts[segment + 1]);
    show();
  }
  return { exact: false, visited: draws };
}

/** Blocks with more than one label, one after the other: their sessions, the labels dealt to them, ascending at first, and where each begins. */
interface Mixed {
  sessions: Uint32Array;
  dealt: Int32Array;
  starts: Uint32Array;
}

function mixedBlocks(blocks: ArrayLike<number>, labels: ArrayLike<number>): Mixed {
  const members = new Map<number, number[]>();
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i] ?? 0;
    const list = members.get(block);
    if (list === undefined) members.set(block, [i]);
    else list.push(i);
  }
  const sessions = new Uint32Array(blocks.length);
  const dealt = new Int32Array(blocks.length);
  const starts = [0];
  let next = 0;
  for (const list of members.values()) {
    if (list.every((i) => labels[i] === labels[list[0] ?? 0])) continue;
    for (const [k, i] of list.entries()) {
      sessions[next + k] = i;
      dealt[next + k] = labels[i] ?? 0;
    }
    dealt.subarray(next, next + list.length).sort();
    next += list.length;
    starts.push(next);
  }
  return { sessions: sessions.slice(0, next), dealt: dealt.slice(0, next), starts: Uint32Array.from(starts) };
}

// Product of the multinomial coefficients; stops counting once it is past `limit`.
function countUpTo(dealt: Int32Array, starts: Uint32Array, limit: number): number {
  let count = 1;
  for (let segment = 0; segment + 1 < starts.length; segment++) {
    const [from, to] = [starts[segment] ?? 0, starts[segment + 1] ?? 0];
    let same = 0;
    for (let i = from; i < to; i++) {
      same = i > from && dealt[i] === dealt[i - 1] ? same + 1 : 1;
      count = (count * (i - from + 1)) / same;
    }
    if (count > limit) return count;
  }
  return count;
}

// Like the wheels of a counter: a block that has been through all its orders starts over and moves the next one.
function visitAll(wheels: readonly Int32Array[], show: () => void): number {
  for (let visited = 1; ; visited++) {
    show();
    let wheel = 0;
    while (wheel < wheels.length && !advance(wheels[wheel])) wheel++;
    if (wheel === wheels.length) return visited;
  }
}

// The next order of the labels, lexicographically; after the last one, the first again and false.
function advance(dealt: Int32Array | undefined): boolean {
  if (dealt === undefined) return false;
  const at = (i: number) => dealt[i] ?? 0;
  let pivot = dealt.length - 2;
  while (pivot >= 0 && at(pivot) >= at(pivot + 1)) pivot--;
  if (pivot >= 0) {
    let next = dealt.length - 1;
    while (at(next) <= at(pivot)) next--;
    const kept = at(pivot);
    dealt[pivot] = at(next);
    dealt[next] = kept;
  }
  dealt.subarray(pivot + 1).reverse();
  return pivot >= 0;
}
