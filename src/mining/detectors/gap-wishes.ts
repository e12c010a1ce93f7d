// Work that followed a person's word that something is wrong or lacking, beside work after other words of theirs; never counts a session that failed in the end.
import type { Extract, Turn } from '../extract-types.ts';
import type { Revision } from './gap-choice.ts';
import { shortfallIn } from './shortfall.ts';

/** A revision that a person asked for. */
export interface Wish extends Revision {
  turn: Turn;
  /** The sentence that says what is wrong or lacking, and its content words. */
  sentence: string;
  words: ReadonlyMap<string, 1 | -1>;
}

/** Stretches of work after words that the work falls short, and after other turns. */
export function stretchesAfterTurns(sessions: readonly Extract[]): { wishes: Wish[]; others: Revision[] } {
  const wishes: Wish[] = [];
  const others: Revision[] = [];
  for (const session of sessions) {
    if (session.outcome === 'fail') continue;
    for (const turn of session.turns) {
      const lane = session.actions.filter((a) => a.lane === turn.lane);
      const until =
        session.turns.find((t) => t.lane === turn.lane && t.step > turn.step)?.step ?? Number.POSITIVE_INFINITY;
      const before = lane.filter((a) => a.step < turn.step);
      const between = lane.filter((a) => a.step > turn.step && a.step < until);
      if (before.length === 0 || between.length === 0) continue;
      const found = turn.borrowed === true ? undefined : shortfallIn(turn.text, turn.afterInterrupt);
      if (found === undefined) others.push({ session, before, between });
      else wishes.push({ session, before, between, turn, ...found });
    }
  }
  return { wishes, others };
}
