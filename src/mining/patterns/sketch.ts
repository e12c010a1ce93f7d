// Counts sessions by hash in memory of fixed size, never too few; keeps no pattern.

/** How many sessions showed something may be overestimated where hashes meet, never underestimated. */
export interface Sketch {
  /** Counts the session once for this hash, if its sessions come one after the other. */
  add(hash: number, session: number): void;
  atMost(hash: number): number;
}

const MOST_CELLS = 2 ** 22;

/**
 * One row of a count-min sketch (Cormode & Muthukrishnan 2005) whose cells remember the last session, so that they count sessions.
 * @param expected about how many different hashes will come; past four million cells they share
 */
export function newSketch(expected: number): Sketch {
  const cells = Math.min(MOST_CELLS, 2 ** Math.ceil(Math.log2(expected + 2)));
  const counts = new Uint32Array(cells);
  const last = new Int32Array(cells).fill(-1);
  const mask = cells - 1;
  return {
    add(hash, session) {
      const cell = hash & mask;
      if (last[cell] === session) return;
      last[cell] = session;
      counts[cell] = (counts[cell] ?? 0) + 1;
    },
    atMost: (hash) => counts[hash & mask] ?? 0,
  };
}

/** The hash of a path that goes on with `token`: never 0, the same on every machine. */
export function hashAfter(hash: number, token: number): number {
  let h = Math.imul(hash ^ Math.imul(token + 1, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0 || 1;
}
