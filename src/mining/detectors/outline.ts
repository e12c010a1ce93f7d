// A finding about outcomes in plain values, which name sessions by their places: it can be kept, and holds nothing of a session; weighs nothing.
import type { KeptValue } from '../../store/kept.ts';
import type { Action, Extract } from '../extract-types.ts';
import { type Quote, quoteCall, quoteEnding } from '../quotes.ts';
import { type Finding, type Outline, type Places, type Said, type Seen, timeOf } from './detector.ts';
import { againstAt, seenAt } from './seen.ts';

const DAY = 86_400_000; // milliseconds
const UNDATED = -(2 ** 31);

/** Takes down sessions one after the other. */
export class SeenList {
  readonly #numbers: { session: number; call: number; day: number; wasted: number }[] = [];

  add(place: number, session: Extract, call: number, wasted: number): void {
    const { at } = timeOf(session, session.actions[call]);
    const ms = at === undefined ? Number.NaN : Date.parse(at);
    this.#numbers.push({ session: place, call, day: Number.isFinite(ms) ? Math.floor(ms / DAY) : UNDATED, wasted });
  }

  seen(): Seen {
    return {
      ...placesOf(this.#numbers),
      days: Int32Array.from(this.#numbers, ({ day }) => day),
      wasted: Float64Array.from(this.#numbers, ({ wasted }) => wasted),
    };
  }
}

/** @param spots by session and call */
export function placesOf(spots: readonly { session: number; call: number }[]): Places {
  return {
    sessions: Int32Array.from(spots, ({ session }) => session),
    calls: Int32Array.from(spots, ({ call }) => call),
  };
}

/** The finding, with the sessions that were compared. */
export function findingOf({ quote, seen, against, ...rest }: Outline, sessions: readonly Extract[]): Finding {
  const quoted = quoteBy(quote);
  const dates = new Map<number, string>();
  const dateOf = (day: number) => {
    const date = dates.get(day) ?? new Date(day * DAY).toISOString();
    dates.set(day, date);
    return date;
  };
  const at = (place: number) => {
    const session = sessions[place];
    if (session === undefined) throw new Error('an outline names sessions that were compared');
    return session;
  };
  return {
    ...rest,
    sightings: Array.from(seen.sessions, (place, i) => {
      const day = seen.days[i] ?? UNDATED;
      const spot = { place: seen.calls[i] ?? 0, ...(day !== UNDATED && { at: dateOf(day) }) };
      return seenAt(at(place), spot, { events: 1, wasted: seen.wasted[i] ?? 0 }, quoted);
    }),
    against: Array.from(against.sessions, (place, i) => againstAt(at(place), against.calls[i] ?? 0, quoted)),
  };
}

function quoteBy(quote: Outline['quote']): (action: Action) => Quote {
  return 'ending' in quote ? quoteEnding : (action) => quoteCall(action, quote.argument);
}

/** What was said, as a cache keeps it. */
export function keptOf({ found, silence }: Said): KeptValue {
  const columns: KeptValue['columns'] = {};
  const outlines = found.map(({ seen, against, ...rest }, i) => {
    for (const [name, column] of Object.entries(seen)) columns[`${i} seen ${name}`] = column;
    for (const [name, column] of Object.entries(against)) columns[`${i} against ${name}`] = column;
    return rest;
  });
  return { value: { outlines, silence }, columns };
}

/** Read back; undefined for what nobody kept so. */
export function saidIn({ value, columns }: KeptValue): Said | undefined {
  const { outlines, silence } = value as { outlines: Omit<Outline, 'seen' | 'against'>[]; silence?: string };
  const found: Outline[] = [];
  for (const [i, rest] of outlines.entries()) {
    const places = (what: string) => ({
      sessions: int32(columns[`${i} ${what} sessions`]),
      calls: int32(columns[`${i} ${what} calls`]),
    });
    const wasted = columns[`${i} seen wasted`];
    const seen = { ...places('seen'), days: int32(columns[`${i} seen days`]) };
    if (!(wasted instanceof Float64Array)) return undefined;
    found.push({ ...rest, seen: { ...seen, wasted }, against: places('against') });
  }
  return { found, ...(silence !== undefined && { silence }) };
}

function int32(column: unknown): Int32Array {
  return column instanceof Int32Array ? column : new Int32Array(0);
}
