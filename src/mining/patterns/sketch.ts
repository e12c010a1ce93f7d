// Counts sessions by hash in memory of fixed size, never too few; keeps no pattern.

/** How many sessions showed something may be overestimated where hashes meet, never underestimated. */
export interface Sketch {
  /** Counts the session once for this hash, if its sessions come one after the other. */
  add(hash: number, session: number): void;
  /** Counts so many sessions for this hash, whoever they are. */
  addMany(hash: number, sessions: number): void;
  atMost(hash: number): number;
}

const MOST_CELLS = 2 ** 22;
const RECENT = 2 ** 12;
/** More are not told apart: patterns need far fewer. */
const MOST_COUNTED = 2 ** 16 - 1;

/**
 * One row of a count-min sketch (Cormode & Muthukrishnan 2005) that counts a session once for a hash where its calls are near each other.
 * @param expected about how many different hashes will come; past four million cells they share
 */
export function newSketch(expected: number): Sketch {
  const cells = Math.min(MOST_CELLS, 2 ** Math.ceil(Math.log2(expected + 2)));
  const counts = new Uint16Array(cells);
  const mask = cells - 1;
  // What was added last: small enough to be near at hand, unlike the cells. What falls out of it may be counted twice.
  const hashes = new Uint32Array(RECENT);
  const sessions = new Int32Array(RECENT).fill(-1);
  return {
    add(hash, session) {
      const slot = (hash >>> 20) & (RECENT - 1);
      if (hashes[slot] === hash && sessions[slot] === session) return;
      hashes[slot] = hash;
      sessions[slot] = session;
      const count = counts[hash & mask] ?? 0;
      if (count < MOST_COUNTED) counts[hash & mask] = count + 1;
    },
    addMany(hash, more) {
      counts[hash & mask] = Math.min(MOST_COUNTED, (counts[hash & mask] ?? 0) + more);
    },
    atMost(hash) {
      const count = counts[hash & mask] ?? 0;
      return count < MOST_COUNTED ? count : Number.POSITIVE_INFINITY;
    },
  };
}

/** The hash of a path that goes on with `token`: never 0, the same on every machine. */
export function hashAfter(hash: number, token: number): number {
  let h = Math.imul(hash ^ Math.imul(token + 1, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0 || 1;
}
