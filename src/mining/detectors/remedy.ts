// Weighs how sessions got past one error and names what most of them did; counts sessions, never events.
import { canonicalJson } from '../../base/hash.ts';
import { binomialTwoSided } from '../../statistics/binomial.ts';
import { isRecord, likeness, pointerOf, printChange, topKey, valueAt } from '../arguments.ts';
import { uncut } from '../shrink.ts';
import { firstOf } from './pivot.ts';
import type { Repaired, Vote } from './repair.ts';

/** What most repairs had in common. Neither `argument` nor `first`: nothing stands out. */
export interface Remedy {
  argument?: { pointer: string; sessions: number; from: string; to: string };
  first?: { tool: string; sessions: number };
  /** Sessions that called the tool again after the error. */
  tried: number;
  /**
   * Exact two-sided binomial p, one pair a session. A repaired session is a pair of one failing and one working call; it is
   * discordant either way by construction, and votes for the argument if the working call changed it, against it if
   * not. The null hypothesis is that both are equally likely. Absent where the argument is all that the call has.
   */
  p?: number;
  doubt?: string;
}

/** Over the repairs: in how many an argument changed, was mentioned by the error, changed in vain; and how alike its values were in sum. */
interface Tally {
  sessions: number;
  mentioned: number;
  inVain: number;
  alike: number;
}

const MIN_SUPPORT = 3; // what two sessions did is an anecdote, however many failed

/** The remedy of one template's votes: the argument that changed in more than half of the repairs, and the tool that came first in more than half. */
export function choose(votes: readonly Vote[]): Remedy {
  const tried = votes.filter((v) => v.aftermath.tries.length > 0).length;
  const repaired = votes.flatMap((vote) =>
    vote.aftermath.fix === undefined ? [] : [{ vote, fix: vote.aftermath.fix }],
  );
  if (repaired.length === 0) {
    return tried >= 2
      ? { tried }
      : {
          tried,
          doubt: `only ${tried} of ${votes.length} sessions called the tool again, so nothing is known about a remedy`,
        };
  }
  const first = firstOf(repaired);
  const argument = argumentOf(repaired);
  const sole = argument !== undefined && repaired.every(({ fix }) => isSole(fix.input));
  return {
    tried,
    ...(first && { first }),
    ...(argument && { argument }),
    ...(argument && !sole && { p: Number(binomialTwoSided(argument.sessions, repaired.length).toPrecision(6)) }),
    ...doubtOf(repaired, { ...(first && { first }), ...(argument && { argument }) }),
  };
}

function doubtOf(
  repaired: readonly Repaired[],
  { first, argument }: Pick<Remedy, 'first' | 'argument'>,
): { doubt?: string } {
  const support = Math.max(first?.sessions ?? 0, argument?.sessions ?? 0);
  if (support > 0 && support < MIN_SUPPORT)
    return { doubt: `only ${support} of the ${MIN_SUPPORT} sessions that are needed got past the error in this way` };
  if (first !== undefined && first.sessions >= MIN_SUPPORT) return {};
  if (argument !== undefined) {
    const { pointer } = argument;
    const telling = repaired.filter(
      (r) => r.vote.aftermath.changed.includes(pointer) && isAdjustment(r, pointer),
    ).length;
    return telling * 2 > repaired.length || recurs(repaired, pointer)
      ? {}
      : { doubt: 'the calls that worked were other calls altogether, so they show no remedy' };
  }
  const unchanged = repaired.filter((r) => r.vote.aftermath.changed.length === 0).length;
  return {
    doubt:
      unchanged * 2 > repaired.length
        ? 'the error passed by itself: the same call worked later'
        : 'no change is common to most repairs',
  };
}

// The same new value in most repairs, whatever else was in the calls: `safe` for `fast`.
function recurs(repaired: readonly Repaired[], pointer: string): boolean {
  const seen = new Map<string, number>();
  for (const { vote, fix } of repaired) {
    if (!vote.aftermath.changed.includes(pointer)) continue;
    const value = canonicalJson(valueAt(fix.input, pointer));
    seen.set(value, (seen.get(value) ?? 0) + 1);
  }
  return Math.max(0, ...seen.values()) * 2 > repaired.length;
}

// Ties go to the argument that the error text mentions, then to the one that tries in vain changed less often, then to the one whose
// values stay more alike: an argument that differs in every call (a comment, say) explains nothing.
function argumentOf(repaired: readonly Repaired[]): Remedy['argument'] {
  const pointers = new Set(repaired.flatMap((r) => r.vote.aftermath.changed));
  const ranked = [...pointers]
    .map((pointer) => ({ pointer, ...tallyOf(repaired, pointer) }))
    .filter((t) => t.sessions * 2 > repaired.length)
    .sort(
      (a, b) =>
        b.sessions - a.sessions ||
        b.mentioned - a.mentioned ||
        a.inVain - b.inVain ||
        b.alike - a.alike ||
        (a.pointer < b.pointer ? -1 : 1),
    );
  const [best] = ranked;
  if (best === undefined) return undefined;
  return { pointer: best.pointer, sessions: best.sessions, ...clearest(repaired, best.pointer) };
}

function tallyOf(repaired: readonly Repaired[], pointer: string): Tally {
  let sessions = 0;
  let mentioned = 0;
  let inVain = 0;
  let alike = 0;
  for (const { vote, fix } of repaired) {
    const before = valueAt(vote.error.input, pointer);
    if (vote.aftermath.changed.includes(pointer)) {
      sessions++;
      const { from, to } = printChange(before, valueAt(fix.input, pointer), 2000);
      alike += likeness(from, to);
      if (mentions(vote.error.error ?? '', before)) mentioned++;
    }
    const vain = vote.aftermath.tries.filter((t) => t !== fix);
    if (vain.some((t) => JSON.stringify(valueAt(t.input, pointer)) !== JSON.stringify(before))) inVain++;
  }
  return { sessions, mentioned, inVain, alike };
}

// Whether an error quotes the value that it complains about; of a long text its first line is enough.
function mentions(error: string, value: unknown): boolean {
  const text = typeof value === 'string' ? (uncut(value).trim().split('\n')[0] ?? '').slice(0, 100) : '';
  return text.length >= 3 && error.includes(text);
}

// The pair seen in most sessions; among those the one most alike, then the shortest, then the first by code units.
function clearest(repaired: readonly Repaired[], pointer: string): { from: string; to: string } {
  const pairs = new Map<string, { from: string; to: string; seen: number }>();
  for (const { vote, fix } of repaired) {
    if (!vote.aftermath.changed.includes(pointer)) continue;
    const { from, to } = printChange(valueAt(vote.error.input, pointer), valueAt(fix.input, pointer));
    const key = JSON.stringify([from, to]);
    pairs.set(key, { from, to, seen: (pairs.get(key)?.seen ?? 0) + 1 });
  }
  const ranked = [...pairs].sort(
    ([a, x], [b, y]) =>
      y.seen - x.seen || likeness(y.from, y.to) - likeness(x.from, x.to) || a.length - b.length || (a < b ? -1 : 1),
  );
  const [, best] = ranked[0] ?? [];
  return best === undefined ? { from: '', to: '' } : { from: best.from, to: best.to };
}

// The same job tried again rather than another one: most other arguments stayed, or the value itself was only adjusted. Switches are not
// counted, since they stay from job to job.
function isAdjustment({ vote, fix }: Repaired, pointer: string): boolean {
  const before = vote.error.input;
  const others = argumentsOf(before, fix.input).filter((key) => key !== topKey(pointer));
  const kept = others.filter(
    (key) => canonicalJson(valueAt(before, pointerOf(key))) === canonicalJson(valueAt(fix.input, pointerOf(key))),
  );
  if (kept.length > 0 && kept.length * 2 >= others.length) return true;
  const [from, to] = [valueAt(before, pointer), valueAt(fix.input, pointer)];
  if (typeof from === 'string' && typeof to === 'string') return likeness(from, to) >= 0.3;
  return others.length === 0 && typeof from === typeof to;
}

// Top keys of either input whose values can tell jobs apart.
function argumentsOf(a: unknown, b: unknown): string[] {
  const keys = [a, b].flatMap((input) => (isRecord(input) ? Object.keys(input) : []));
  const tells = (input: unknown, key: string) =>
    !['boolean', 'undefined'].includes(typeof valueAt(input, pointerOf(key)));
  return [...new Set(keys)].filter((key) => tells(a, key) || tells(b, key));
}

function isSole(input: unknown): boolean {
  return !isRecord(input) || Object.keys(input).length <= 1;
}
