// Work that followed what a person said, of which no call is read and little held: what was newly done is a fact of the session, looked up when it is asked for.
import type { DeedFact, WorkFact } from '../asked-types.ts';
import type { Extract } from '../extract-types.ts';
import { shortfallIn } from '../facts/shortfall.ts';
import type { Quote } from '../quotes.ts';
import { askedOf } from '../stored-extract.ts';
import type { Done, Revision } from './gap-control.ts';
import { quoteOf, type Signs, type TurnPlace, turnAt } from './said.ts';

/** A revision that a person asked for. */
export interface Asking extends Revision {
  /** Place of the turn. */
  place: number;
  /** As the turn tells it. */
  at?: string;
  /** The sentence that says what is wrong or lacking. */
  quote: Quote;
}

/** One whose sentence was found by its words. */
export interface Wish extends Asking {
  words: Signs;
}

/** The work after a turn, up to the next one; there may be as many as turns. */
export class WorkAt implements Done, TurnPlace {
  readonly session: Extract;
  readonly place: number;

  constructor({ session, place }: TurnPlace) {
    this.session = session;
    this.place = place;
  }

  get deeds(): DeedFact[] {
    const found = workAfter(this);
    if (found === undefined) throw new Error('work that was found once is found again');
    return found.deeds;
  }
}

export class WishAt extends WorkAt implements Wish {
  declare readonly at?: string;
  readonly calls: number;
  readonly call: number;
  readonly words: Signs;

  constructor(turn: TurnPlace, { calls, call }: WorkFact, words: Signs) {
    super(turn);
    if (turn.at !== undefined) this.at = turn.at;
    this.calls = calls;
    this.call = call;
    this.words = words;
  }

  get quote(): Quote {
    const { text, afterInterrupt } = turnAt(this);
    const found = shortfallIn(text, afterInterrupt);
    if (found === undefined) throw new Error('what was found once is found again');
    return quoteOf(this, found.sentence);
  }
}

/** The work that followed a turn, where there was work before it as well. */
export function workAfter({ session, place }: TurnPlace): WorkFact | undefined {
  if (last?.session !== session)
    last = { session, works: new Map(askedOf(session).turns.map((turn) => [turn.place, turn.work])) };
  return last.works.get(place);
}

// One turn of a session is asked for after the other.
let last: { session: Extract; works: ReadonlyMap<number, WorkFact | undefined> } | undefined;
