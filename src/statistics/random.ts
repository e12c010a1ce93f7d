// Pseudo-random numbers from a seed, the same on every machine; never draws from the system, and is no source of secrets.
import { sha256 } from '../base/hash.ts';

/** A stream of independent uniform 32-bit words. A method, so that `Math.random` is not taken for one by mistake. */
export interface Random {
  /** The next whole number, 0 … 2³² − 1. */
  word(): number;
}

const WORDS = 2 ** 32;

/**
 * xoshiro128** 1.1 (Blackman & Vigna 2018), its four words of state being the first 128 bits of SHA-256 of the seed, big-endian.
 * Equal seeds give equal streams; a number is the same seed as its decimal text.
 */
export function seeded(seed: string | number): Random {
  const digest = sha256(String(seed));
  const state = (i: number) => Number.parseInt(digest.slice(8 * i, 8 * i + 8), 16) | 0;
  let [a, b, c, d] = [state(0), state(1), state(2), state(3)];
  return {
    word() {
      const out = Math.imul(rotated(Math.imul(b, 5), 7), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = rotated(d, 11);
      return out >>> 0;
    },
  };
}

// Those of small numbers, which are asked for millions of times.
const SHARES = Float64Array.from({ length: 256 }, (_, below) => Math.floor(WORDS / below));

/** Uniform whole number, 0 … `below` − 1, without bias. `below` is a whole number, 1 … 2³². */
export function uniformInt(random: Random, below: number): number {
  // Words past the last whole multiple would favour small numbers, so they are drawn again.
  const share = below < SHARES.length ? (SHARES[below] ?? 0) : Math.floor(WORDS / below);
  const limit = share * below;
  let word = random.word();
  while (word >= limit) word = random.word();
  return Math.floor(word / share);
}

/** Uniform number strictly between 0 and 1: the middle of one of 2³² equal steps. */
export function uniform(random: Random): number {
  return (random.word() + 0.5) / WORDS;
}

/** Shuffles places `from` … `to` − 1 in place, every order equally likely (Fisher & Yates, as by Durstenfeld 1964). */
export function shuffle(list: Numbers, random: Random, from = 0, to = list.length): void {
  for (let last = to - 1; last > from; last--) {
    const other = from + uniformInt(random, last - from + 1);
    const kept = list[last] ?? 0;
    list[last] = list[other] ?? 0;
    list[other] = kept;
  }
}

/** An array or a typed array of numbers. */
interface Numbers {
  readonly length: number;
  [place: number]: number;
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
