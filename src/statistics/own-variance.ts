// The variance that a column has by its own tables, under every arrangement: that of the sessions it compares, without those it leaves out; scores nothing.
import { LANES } from './lanes.ts';
import type { Column } from './stratified-scores.ts';

/** By arrangement: the standard deviation of Σa − ΣE over the sessions that a column compares. Kept until the next call only. */
export type OwnSpreads = (column: Column) => Float64Array;

/** Compared sessions by block, of blocks with more than one of them; and m(n − m) of each under every arrangement, where m have the outcome. */
interface Compared {
  sides: Uint8Array;
  blocks: { sessions: number[]; products: Products }[];
}

/**
 * V of the Cochran-Mantel-Haenszel test, Σ n₁n₀m₁m₀ / (n²(n−1)) over blocks, with n, m₁ and m₀ of the compared sessions alone. A
 * column that leaves sessions out compares more or fewer with the outcome under each arrangement, so its variance changes with it;
 * scaled by it, a score says as much where the sessions left out all fail as where they do not. Rows are sessions, strata blocks.
 * @param words as in `laneSums`: bit k of `words[r][i]` is the outcome of session i under arrangement 32 r + k
 * @param visited how many arrangements there are
 */
export function ownSpreads(blocks: Int32Array, words: readonly Int32Array[], visited: number): OwnSpreads {
  let compared: Compared | undefined;
  const spreads = new Float64Array(visited);
  return ({ exposed, left = NONE }) => {
    const sides = sidesOf(blocks.length, exposed, left);
    // Neighbouring columns mostly cut the same sessions in two at another place.
    if (compared === undefined || !areCompared(compared.sides, sides))
      compared = comparedIn(blocks, sides, words, visited);
    const parts = compared.blocks.flatMap(({ sessions, products }) => {
      const n = sessions.length;
      const n1 = sessions.reduce((count, i) => count + (sides[i] === EXPOSED ? 1 : 0), 0);
      const weight = (n1 * (n - n1)) / (n * n * (n - 1));
      return weight === 0 ? [] : [{ weight, products }];
    });
    // Some arrangements at a time, so that what is added up stays near at hand.
    for (let from = 0; from < visited; from += STRIP) addParts(parts, spreads, from, Math.min(visited, from + STRIP));
    return spreads;
  };
}

const STRIP = 256;

function addParts(
  parts: readonly { weight: number; products: Products }[],
  spreads: Float64Array,
  from: number,
  to: number,
): void {
  spreads.fill(0, from, to);
  for (const { weight, products } of parts)
    for (let k = from; k < to; k++) spreads[k] = (spreads[k] ?? 0) + weight * (products[k] ?? 0);
  for (let k = from; k < to; k++) spreads[k] = Math.sqrt(spreads[k] ?? 0);
}

const NONE = new Uint32Array(0);
const EXPOSED = 1;
const LEFT = 2;

function sidesOf(sessions: number, exposed: Uint32Array, left: Uint32Array): Uint8Array {
  const sides = new Uint8Array(sessions);
  for (let k = 0; k < exposed.length; k++) sides[exposed[k] ?? 0] = EXPOSED;
  for (let k = 0; k < left.length; k++) sides[left[k] ?? 0] = LEFT;
  return sides;
}

function areCompared(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if ((a[i] === LEFT) !== (b[i] === LEFT)) return false;
  return true;
}

function comparedIn(blocks: Int32Array, sides: Uint8Array, words: readonly Int32Array[], visited: number): Compared {
  const members = new Map<number, number[]>();
  for (let i = 0; i < sides.length; i++) {
    if (sides[i] === LEFT) continue;
    const block = blocks[i] ?? 0;
    const list = members.get(block);
    if (list === undefined) members.set(block, [i]);
    else list.push(i);
  }
  const groups = [...members.values()].filter((sessions) => sessions.length > 1);
  return { sides, blocks: groups.map((sessions) => ({ sessions, products: productsOf(sessions, words, visited) })) };
}

/** m(n − m) by arrangement; sessions are counted in binary, a plane of bits a digit, as in `laneSums`. */
function productsOf(sessions: readonly number[], words: readonly Int32Array[], visited: number): Products {
  const n = sessions.length;
  const products = n * n < 2 ** 18 ? new Uint16Array(visited) : new Float64Array(visited);
  const planes = new Int32Array(32);
  for (const [r, word] of words.entries()) {
    const digits = countInPlanes(sessions, word, planes);
    const first = r * LANES;
    const last = Math.min(LANES, visited - first);
    for (let lane = 0; lane < last; lane++) {
      let m = 0;
      for (let p = digits - 1; p >= 0; p--) m = (m << 1) | (((planes[p] ?? 0) >>> lane) & 1);
      products[first + lane] = m * (n - m);
    }
  }
  return products;
}

/** Whole numbers; in two bytes where they fit, since with many blocks a search spends its time on fetching them. */
type Products = Uint16Array | Float64Array;

// Returns the number of digits.
function countInPlanes(sessions: readonly number[], word: Int32Array, planes: Int32Array): number {
  let digits = 0;
  planes.fill(0);
  for (let k = 0; k < sessions.length; k++) {
    let rest = word[sessions[k] ?? 0] ?? 0;
    for (let p = 0; rest !== 0; p++) {
      const plane = planes[p] ?? 0;
      planes[p] = plane ^ rest;
      rest &= plane;
      if (p >= digits) digits = p + 1;
    }
  }
  return digits;
}
