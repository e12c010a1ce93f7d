// Work that followed a person's word that something is wrong or lacking, beside work after other words of theirs; never counts a session that failed in the end.
import type { Action, Extract, Turn } from '../extract-types.ts';
import { nextTurnStep, workAround } from '../lanes.ts';
import { sizeOf, turnsAmidWorkOf } from '../stored-extract.ts';
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
export interface Stretches {
  wishes: Wish[];
  others: Revision[];
}

export function stretchesAfterTurns(sessions: readonly Extract[]): Stretches {
  const found = known.get(sessions) ?? stretchesIn(sessions);
  known.set(sessions, found);
  return found;
}

// Silence is explained from the same stretches.
const known = new WeakMap<readonly Extract[], Stretches>();

function stretchesIn(sessions: readonly Extract[]): Stretches {
  const wishes: Wish[] = [];
  const others: Revision[] = [];
  for (const session of sessions) {
    // Most sessions have only a first turn, with no work before it.
    if (session.outcome === 'fail' || sizeOf(session).later === 0) continue;
    const { turns } = session;
    for (const place of turnsAmidWorkOf(session)) {
      const turn = turns[place];
      if (turn === undefined) continue;
      const until = nextTurnStep(turns, turn);
      const stretch = new Stretch(session, turn, until);
      const said = turn.borrowed === true ? undefined : shortfallIn(turn.text, turn.afterInterrupt);
      if (said === undefined) others.push(stretch);
      else wishes.push(new Wished(session, turn, until, said));
    }
  }
  return { wishes, others };
}

// The work before and after a turn in its lane, looked up when it is asked for: there may be as many as turns, each with the whole session before it.
class Stretch implements Revision {
  readonly session: Extract;
  readonly #lane: string;
  readonly #from: number;
  readonly #until: number;

  constructor(session: Extract, { lane, step }: Turn, until: number) {
    this.session = session;
    this.#lane = lane;
    this.#from = step;
    this.#until = until;
  }

  get before(): Action[] {
    return this.#around().before;
  }

  get between(): Action[] {
    return this.#around().between;
  }

  #around(): { before: Action[]; between: Action[] } {
    return workAround(this.session.actions, { lane: this.#lane, step: this.#from }, this.#until);
  }
}

class Wished extends Stretch implements Wish {
  readonly turn: Turn;
  readonly sentence: string;
  readonly words: ReadonlyMap<string, 1 | -1>;

  constructor(session: Extract, turn: Turn, until: number, { sentence, words }: Pick<Wish, 'sentence' | 'words'>) {
    super(session, turn, until);
    this.turn = turn;
    this.sentence = sentence;
    this.words = words;
  }
}
