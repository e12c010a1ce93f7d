// Holm's step-down correction: p values that hold for a whole family at once; a pure function, which decides nothing.

/** Adjusted p values (Holm 1979) in the order given: rejecting those at or below a level errs with that probability over the family. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, i) => ({ p, i })).sort((a, b) => a.p - b.p);
  const out = ps.map(() => 1);
  let least = 0;
  order.forEach(({ p, i }, rank) => {
    least = Math.max(least, Math.min(1, p * (ps.length - rank)));
    out[i] = least;
  });
  return out;
}
