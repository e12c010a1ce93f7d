// The recipe that people reach for first: Fisher's exact test over all sessions pooled, for every run of one to three calls, with Benjamini-Hochberg; shares no code with the miner.
import { callsOf, type Draft } from './transcript.ts';

export interface GramCounts {
  passed: number;
  failed: number;
  /** Sessions that show the run of calls, by outcome. */
  grams: Map<string, { passed: number; failed: number }>;
}

const SEPARATOR = ' > ';
const LEAST = 5;

export function noCounts(): GramCounts {
  return { passed: 0, failed: 0, grams: new Map() };
}

/** Adds one session; without an outcome it counts for nothing. */
export function countGrams(counts: GramCounts, draft: Draft): void {
  if (draft.pass === undefined) return;
  const side = draft.pass ? 'passed' : 'failed';
  counts[side]++;
  const tokens = callsOf(draft).map((c) => (c.failed === undefined ? c.tool : `${c.tool}!`));
  const seen = new Set<string>();
  for (let length = 1; length <= 3; length++)
    for (let i = 0; i + length <= tokens.length; i++) seen.add(tokens.slice(i, i + length).join(SEPARATOR));
  for (const gram of seen) {
    const known = counts.grams.get(gram) ?? { passed: 0, failed: 0 };
    known[side]++;
    counts.grams.set(gram, known);
  }
}

/** Runs of calls that the recipe takes for causes, with the sign of their effect. */
export function naiveClaims(
  { passed, failed, grams }: GramCounts,
  rate = 0.05,
): { tools: string[]; better: boolean }[] {
  const tested = [...grams]
    .filter(([, n]) => n.passed + n.failed >= LEAST)
    .map(([gram, n]) => ({ gram, n, p: fisher(n.passed, n.failed, passed - n.passed, failed - n.failed) }))
    .sort((a, b) => a.p - b.p);
  const last = tested.findLastIndex(({ p }, i) => p <= (rate * (i + 1)) / tested.length);
  return tested.slice(0, last + 1).map(({ gram, n }) => ({
    tools: gram.split(SEPARATOR),
    better: n.passed * (failed - n.failed) > n.failed * (passed - n.passed),
  }));
}

/** Two-sided Fisher's exact test (1935) of a 2 × 2 table: the chance, margins given, of a table no likelier than this one. */
export function fisher(a: number, b: number, c: number, d: number): number {
  const [row, column, n] = [a + b, a + c, a + b + c + d];
  const at = (x: number) => logChoose(column, x) + logChoose(n - column, row - x) - logChoose(n, row);
  const observed = at(a) + 1e-7;
  let p = 0;
  for (let x = Math.max(0, row + column - n); x <= Math.min(row, column); x++) {
    const chance = at(x);
    if (chance <= observed) p += Math.exp(chance);
  }
  return Math.min(1, p);
}

const logFactorials = [0];
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? 0;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}
