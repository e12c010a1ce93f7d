// Weighs how sessions got past one error and names what most of them did; counts sessions, never events.
import { count } from '../../base/text.ts';
import { binomialTwoSided } from '../../statistics/binomial.ts';
import { difference, isRecord, likeness, printChange, valueAt } from '../arguments.ts';
import type { Action } from '../extract-types.ts';
import { wholly } from '../stored-action.ts';
import { changeRate, doubtAbout, type Habits, quotes } from './habits.ts';
import { firstOf } from './pivot.ts';
import type { Presence } from './presence.ts';
import type { Repaired, Vote } from './repair.ts';
import { type Waiting, waitingOf } from './waiting.ts';

/** What most repairs had in common. Neither `argument` nor `first`: nothing stands out. */
export interface Remedy {
  /** `borrowed`: every session that shows the new value had it from an outside tool. `from` and `to` are absent where a tool’s answer supplied them. */
  argument?: { pointer: string; sessions: number; from?: string; to?: string; borrowed: boolean };
  first?: { tool: string; sessions: number };
  /** The error healed by itself: the very same call worked later. */
  waited?: Waiting['waited'];
  /** True where nothing got past the error, or as good as nothing, though enough sessions tried. */
  deadEnd?: true;
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

interface Tally {
  /** Repairs in which the argument changed. */
  sessions: number;
  /** Whether most errors quote its failing value. */
  quoted: boolean;
  /** Share of repairs in which it changed, less the share of ordinary calls. */
  lift: number;
  /** Repairs in which tries in vain had changed it too. */
  inVain: number;
  /** Sum of likenesses of its old and new values. */
  alike: number;
}

const LUCK = 1 / 8; // of the sessions that tried; where no more than these, and fewer than three, got past an error, nothing is known to help
const MIN_SUPPORT = 3; // what two sessions did is an anecdote, however many failed

/**
 * The remedy of one template's votes: the argument that changed in more than half of the repairs, and the tool that came first in
 * more than half; or waiting, where the same call worked later at least half as often as either was seen.
 */
export function choose(votes: readonly Vote[], habits: Habits, presence: Presence): Remedy {
  const tried = votes.filter((v) => v.aftermath.tries.length > 0).length;
  const cure = cureOf(votes, { habits, presence }, tried);
  const waiting = waitingOf(votes);
  if (waiting === undefined) return cure;
  const support = cure.doubt === undefined ? Math.max(cure.first?.sessions ?? 0, cure.argument?.sessions ?? 0) : 0;
  if (waiting.heals && waiting.waited.worked * 2 >= support) return { tried, waited: waiting.waited };
  return waiting.doubt !== undefined && support === 0 ? { ...cure, doubt: waiting.doubt } : cure;
}

function cureOf(
  votes: readonly Vote[],
  { habits, presence }: { habits: Habits; presence: Presence },
  tried: number,
): Remedy {
  const repaired = read(votes);
  if (repaired.length === 0) return unrepaired(votes, tried);
  if (repaired.length < MIN_SUPPORT && repaired.length <= tried * LUCK) return { tried, deadEnd: true };
  const first = firstOf(repaired, presence);
  const argument = argumentOf(repaired, habits);
  const sole = argument !== undefined && repaired.every(({ fix }) => isSole(fix.input));
  return {
    tried,
    ...(first && { first }),
    ...(argument && { argument }),
    ...(argument && !sole && { p: Number(binomialTwoSided(argument.sessions, repaired.length).toPrecision(6)) }),
    ...doubtOf(repaired, { ...(first && { first }), ...(argument && { argument }) }, habits),
  };
}

// The votes that got past the error. Each is looked at once for every argument, and reading its calls anew each time would cost more than
// all the rest; where there are very many, they would take too much room.
function read(votes: readonly Vote[]): Repaired[] {
  const hold = votes.length <= MOST_HELD ? wholly : (action: Action) => action;
  return votes.flatMap((vote) => {
    const { fix, tries } = vote.aftermath;
    if (fix === undefined) return [];
    const worked = hold(fix);
    const held = tries.map((t) => (t === fix ? worked : hold(t)));
    return [
      {
        vote: { ...vote, error: hold(vote.error), aftermath: { ...vote.aftermath, fix: worked, tries: held } },
        fix: worked,
      },
    ];
  });
}

const MOST_HELD = 20_000;

function unrepaired(votes: readonly Vote[], tried: number): Remedy {
  const healed = votes.filter((v) => v.again?.worked !== undefined).length;
  if (healed > 0) return { tried, doubt: `the same call worked much later in ${count(healed, 'session')}` };
  if (tried >= MIN_SUPPORT) return { tried, deadEnd: true };
  const doubt = `only ${tried} of ${votes.length} sessions called the tool again, so nothing is known about a remedy`;
  return { tried, doubt };
}

function doubtOf(
  repaired: readonly Repaired[],
  { first, argument }: Pick<Remedy, 'first' | 'argument'>,
  habits: Habits,
): { doubt?: string } {
  const support = Math.max(first?.sessions ?? 0, argument?.sessions ?? 0);
  if (support > 0 && support < MIN_SUPPORT)
    return { doubt: `only ${support} of the ${MIN_SUPPORT} sessions that are needed got past the error in this way` };
  if (first !== undefined && first.sessions >= MIN_SUPPORT) return {};
  if (argument !== undefined) {
    const doubt = doubtAbout(argument.pointer, repaired, habits);
    return doubt === undefined ? {} : { doubt };
  }
  const unchanged = repaired.filter((r) => r.vote.aftermath.changed.length === 0).length;
  return {
    doubt:
      unchanged * 2 > repaired.length
        ? 'the error passed by itself: the same call worked later'
        : 'no change is common to most repairs',
  };
}

// An argument that differs in every call (a comment, say) explains nothing: one whose value the error text quotes comes first, then the one
// that changed most beyond what it does between ordinary calls, then the one that tries in vain changed less often.
function argumentOf(repaired: readonly Repaired[], habits: Habits): Remedy['argument'] {
  const pointers = new Set(repaired.flatMap((r) => r.vote.aftermath.changed));
  const ranked = [...pointers]
    .map((pointer) => ({ pointer, ...tallyOf(repaired, pointer, habits) }))
    .filter((t) => t.sessions * 2 > repaired.length)
    .sort(
      (a, b) =>
        Number(b.quoted) - Number(a.quoted) ||
        b.lift - a.lift ||
        a.inVain - b.inVain ||
        b.alike - a.alike ||
        (a.pointer < b.pointer ? -1 : 1),
    );
  const [best] = ranked;
  if (best === undefined) return undefined;
  return { pointer: best.pointer, sessions: best.sessions, ...clearest(repaired, best.pointer) };
}

function tallyOf(repaired: readonly Repaired[], pointer: string, habits: Habits): Tally {
  let quoted = 0;
  let inVain = 0;
  let alike = 0;
  const changing = repaired.filter(({ vote }) => vote.aftermath.changed.includes(pointer));
  for (const { vote, fix } of changing) {
    const before = valueAt(vote.error.input, pointer);
    const { from, to } = printChange(before, valueAt(fix.input, pointer), 2000);
    alike += likeness(from, to);
    if (quotes(vote.error.error ?? '', before)) quoted++;
    const vain = vote.aftermath.tries.filter((t) => t !== fix);
    if (vain.some((t) => difference(vote.error.input, t.input).includes(pointer))) inVain++;
  }
  const sessions = changing.length;
  const lift = sessions / repaired.length - changeRate(habits, pointer);
  return { sessions, quoted: quoted * 2 > repaired.length, lift, inVain, alike };
}

// The pair seen in most sessions; among those the one most alike, then the shortest, then the first by code units. A value that
// a tool's answer showed first is whoever's wrote that answer, and is no example.
function clearest(repaired: readonly Repaired[], pointer: string): { from?: string; to?: string; borrowed: boolean } {
  const changing = repaired.filter(({ vote }) => vote.aftermath.changed.includes(pointer));
  const local = changing.filter(({ fix }) => !isAmong(fix.borrowed, pointer));
  const own = local.filter(({ vote: { error }, fix }) =>
    [error.borrowed, error.shown, fix.shown].every((pointers) => !isAmong(pointers, pointer)),
  );
  const pairs = new Map<string, { from: string; to: string; seen: number }>();
  // What came from outside alone is told for the gate's sake, and shown by nobody.
  for (const { vote, fix } of local.length === 0 ? changing : own) {
    const { from, to } = printChange(valueAt(vote.error.input, pointer), valueAt(fix.input, pointer));
    const key = JSON.stringify([from, to]);
    pairs.set(key, { from, to, seen: (pairs.get(key)?.seen ?? 0) + 1 });
  }
  const ranked = [...pairs].sort(
    ([a, x], [b, y]) =>
      y.seen - x.seen || likeness(y.from, y.to) - likeness(x.from, x.to) || a.length - b.length || (a < b ? -1 : 1),
  );
  const [, best] = ranked[0] ?? [];
  return { ...(best && { from: best.from, to: best.to }), borrowed: local.length === 0 };
}

function isAmong(pointers: readonly string[] | undefined, pointer: string): boolean {
  return pointers?.some((p) => p === pointer || p.startsWith(`${pointer}/`) || pointer.startsWith(`${p}/`)) ?? false;
}

function isSole(input: unknown): boolean {
  return !isRecord(input) || Object.keys(input).length <= 1;
}
