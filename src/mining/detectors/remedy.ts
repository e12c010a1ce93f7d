// Weighs how sessions got past one error and names what most of them did; counts sessions, never events.
import { count } from '../../base/text.ts';
import { binomialTwoSided } from '../../statistics/binomial.ts';
import { changeRate, doubtAbout, type Habits } from './habits.ts';
import { firstOf } from './pivot.ts';
import type { Presence } from './presence.ts';
import type { VoteTally } from './tally.ts';
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

const LUCK = 1 / 8; // of the sessions that tried; where no more than these, and fewer than three, got past an error, nothing is known to help
const MIN_SUPPORT = 3; // what two sessions did is an anecdote, however many failed

/**
 * The remedy of one template's votes: the argument that changed in more than half of the repairs, and the tool that came first in
 * more than half; or waiting, where the same call worked later at least half as often as either was seen.
 */
export function choose(tally: VoteTally, habits: Habits, presence: Presence): Remedy {
  const { tried } = tally;
  const cure = cureOf(tally, { habits, presence });
  const waiting = waitingOf(tally.again);
  if (waiting === undefined) return cure;
  const support = cure.doubt === undefined ? Math.max(cure.first?.sessions ?? 0, cure.argument?.sessions ?? 0) : 0;
  if (waiting.heals && waiting.waited.worked * 2 >= support) return { tried, waited: waiting.waited };
  return waiting.doubt !== undefined && support === 0 ? { ...cure, doubt: waiting.doubt } : cure;
}

function cureOf(tally: VoteTally, { habits, presence }: { habits: Habits; presence: Presence }): Remedy {
  const { tried, repaired } = tally;
  if (repaired === 0) return unrepaired(tally);
  if (repaired < MIN_SUPPORT && repaired <= tried * LUCK) return { tried, deadEnd: true };
  const first = firstOf(tally, presence);
  const argument = argumentOf(tally, habits);
  const isSole = tally.sole === repaired;
  return {
    tried,
    ...(first && { first }),
    ...(argument && { argument }),
    ...(argument && !isSole && { p: Number(binomialTwoSided(argument.sessions, repaired).toPrecision(6)) }),
    ...doubtOf(tally, { ...(first && { first }), ...(argument && { argument }) }, habits),
  };
}

function unrepaired({ votes, tried, again }: VoteTally): Remedy {
  const healed = again.filter((a) => a.worked).length;
  if (healed > 0) return { tried, doubt: `the same call worked much later in ${count(healed, 'session')}` };
  if (tried >= MIN_SUPPORT) return { tried, deadEnd: true };
  const doubt = `only ${tried} of ${votes} sessions called the tool again, so nothing is known about a remedy`;
  return { tried, doubt };
}

function doubtOf(
  { changes, repaired, same }: VoteTally,
  { first, argument }: Pick<Remedy, 'first' | 'argument'>,
  habits: Habits,
): { doubt?: string } {
  const support = Math.max(first?.sessions ?? 0, argument?.sessions ?? 0);
  if (support > 0 && support < MIN_SUPPORT)
    return { doubt: `only ${support} of the ${MIN_SUPPORT} sessions that are needed got past the error in this way` };
  if (first !== undefined && first.sessions >= MIN_SUPPORT) return {};
  const tally = argument && changes.get(argument.pointer);
  if (argument !== undefined && tally !== undefined) {
    const doubt = doubtAbout(argument.pointer, tally, repaired, habits);
    return doubt === undefined ? {} : { doubt };
  }
  return {
    doubt:
      same * 2 > repaired
        ? 'the error passed by itself: the same call worked later'
        : 'no change is common to most repairs',
  };
}

// An argument that differs in every call (a comment, say) explains nothing: one whose value the error text quotes comes first, then the one
// that changed most beyond what it does between ordinary calls, then the one that tries in vain changed less often.
function argumentOf({ changes, repaired }: VoteTally, habits: Habits): Remedy['argument'] {
  const ranked = [...changes]
    .filter(([, tally]) => tally.sessions * 2 > repaired)
    .map(([pointer, tally]) => ({
      pointer,
      tally,
      isQuoted: tally.quoted * 2 > repaired,
      lift: tally.sessions / repaired - changeRate(habits, pointer),
    }))
    .sort(
      (a, b) =>
        Number(b.isQuoted) - Number(a.isQuoted) ||
        b.lift - a.lift ||
        a.tally.inVain - b.tally.inVain ||
        b.tally.alike - a.tally.alike ||
        (a.pointer < b.pointer ? -1 : 1),
    );
  const [best] = ranked;
  if (best === undefined) return undefined;
  const { sessions, clearest, local } = best.tally;
  return { pointer: best.pointer, sessions, ...clearest(), borrowed: local === 0 };
}
