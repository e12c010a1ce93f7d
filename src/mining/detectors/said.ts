// What a person said that may be a wish; of a hundred thousand only the words that set them apart are held, and the sentence is read when it is asked for.
import type { SayingFact } from '../asked-types.ts';
import type { Extract, Turn } from '../extract-types.ts';
import { sayingIn } from '../facts/corrective.ts';
import { type Quote, quoteTurn } from '../quotes.ts';

/** Content words, each wanted (+1) or unwanted (-1). */
export type Signs = ReadonlyMap<string, 1 | -1>;

/** Something that a person said which may be a wish. */
export interface Said {
  session: Extract;
  sentence: string;
  words: Signs;
  /** See `sayingIn`. */
  points: number;
  /** Calls since a person spoke last. */
  since: number;
  quote: Quote;
  /** RFC 3339; empty where the session is undated. */
  at: string;
  event: string;
}

/** In the order in which they were said, the undated first. */
export function inTime<T extends Said>(said: readonly T[]): T[] {
  return [...said].sort((a, b) => {
    if (a.at !== b.at) return a.at < b.at ? -1 : 1;
    if (a.session.session !== b.session.session) return a.session.session < b.session.session ? -1 : 1;
    return a.event < b.event ? -1 : 1;
  });
}

/** A turn of a session. */
export interface TurnPlace {
  session: Extract;
  place: number;
  /** As the turn tells it. */
  at?: string | undefined;
}

export function turnAt({ session, place }: TurnPlace): Turn {
  const turn = session.turns[place];
  if (turn === undefined) throw new Error('a fact names a turn of its session');
  return turn;
}

/** Quotes a sentence of a turn. */
export function quoteOf(turn: TurnPlace, sentence: string): Quote {
  const quote = quoteTurn(turnAt(turn).cite, sentence);
  if (quote === undefined) throw new Error('a sentence with words in it can be quoted');
  return quote;
}

export class SaidAt implements Said, TurnPlace {
  readonly session: Extract;
  readonly place: number;
  readonly at: string;
  readonly words: Signs;
  readonly points: number;
  readonly since: number;

  constructor({ session, place, at }: TurnPlace, { points, since }: SayingFact, words: Signs) {
    this.session = session;
    this.place = place;
    this.at = at ?? session.at ?? '';
    this.words = words;
    this.points = points;
    this.since = since;
  }

  get sentence(): string {
    const { text, afterInterrupt } = turnAt(this);
    const found = sayingIn(text, afterInterrupt);
    if (found === undefined) throw new Error('what was found once is found again');
    return found.sentence;
  }

  get quote(): Quote {
    return quoteOf(this, this.sentence);
  }

  get event(): string {
    return turnAt(this).cite.event;
  }
}
