// Who took the steps of a sequence, who did not, and who cannot be asked; and what the tasks of both came to.
import type { TwoByTwo } from '../../statistics/two-by-two.ts';
import type { Run } from './runs.ts';
import type { Sequence } from './sequences.ts';

/** By place of the run: 1 took the steps, 0 did not, −1 is shorter than nine tenths of those that did. */
export function sidesOf(runs: readonly Run[], { ends }: Sequence): Int8Array {
  const completed = [...ends].map(([run, end]) => runs[run]?.at[end] ?? 0).sort((a, b) => a - b);
  const landmark = completed[Math.floor(completed.length * 0.1)] ?? 0;
  return Int8Array.from(runs, ({ length }, run) => (ends.has(run) ? 1 : length < landmark ? -1 : 0));
}

/** By stratum: a, b took the steps and passed, or failed; c, d did not. Whoever cannot be asked is in none. */
export function tablesOf(runs: readonly Run[], sides: Int8Array): Map<string, TwoByTwo> {
  const tables = new Map<string, TwoByTwo>();
  runs.forEach(({ stratum, passed }, run) => {
    const side = sides[run];
    if (side === -1) return;
    const table = tables.get(stratum) ?? { a: 0, b: 0, c: 0, d: 0 };
    tables.set(stratum, table);
    table[side === 1 ? (passed ? 'a' : 'b') : passed ? 'c' : 'd']++;
  });
  return tables;
}
