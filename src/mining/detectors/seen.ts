// One session in which a finding was seen, of which no call is held: what a card shows of it is read when it is asked for.
import type { Action, Extract } from '../extract-types.ts';
import type { Spot } from '../fact-types.ts';
import type { Quote } from '../quotes.ts';
import type { Sighting } from './detector.ts';

/** How often something happened in a session, and what it cost. */
export interface Tally {
  events: number;
  wasted: number;
  words?: 'outside' | 'local';
}

/** The sighting of what began with the call at a spot of the session. */
export function seenAt(session: Extract, spot: Spot, tally: Tally, quote: (action: Action) => Quote): Sighting {
  return new SeenAt(session, spot, tally, quote);
}

/** A session that speaks against a finding, by one of its calls. */
export function againstAt(
  session: Extract,
  place: number,
  quote: (action: Action) => Quote,
): { session: Extract; quote: Quote } {
  return new SeenAt(session, { place }, { events: 1, wasted: 0 }, quote);
}

// A hundred thousand of them stay in memory.
class SeenAt implements Sighting {
  readonly session: Extract;
  readonly events: number;
  readonly wasted: number;
  declare readonly at?: string;
  declare readonly words?: 'outside' | 'local';
  readonly #place: number;
  readonly #quote: (action: Action) => Quote;

  constructor(session: Extract, { place, at = session.at }: Spot, tally: Tally, quote: (action: Action) => Quote) {
    this.session = session;
    this.events = tally.events;
    this.wasted = tally.wasted;
    if (at !== undefined) this.at = at;
    if (tally.words !== undefined) this.words = tally.words;
    this.#place = place;
    this.#quote = quote;
  }

  get action(): Action {
    const action = this.session.actions[this.#place];
    if (action === undefined) throw new Error('a fact names a call of its session');
    return action;
  }

  get quote(): Quote {
    return this.#quote(this.action);
  }
}
