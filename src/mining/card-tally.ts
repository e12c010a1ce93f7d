// What is counted of the sightings of a finding, in one walk over them; judges nothing.
import type { Sighting } from './detectors/detector.ts';

/** What is counted of sightings. */
export interface Tally {
  sessions: number;
  /** Sessions by task, people, and sessions by tool. */
  perTask: Map<string, number>;
  people: Set<string>;
  byTool: Map<string, number>;
  /** How many there were on each day, and what happened on it. */
  byDay: Map<string, { sightings: number; events: number }>;
  events: number;
  /** The most that happened in one session. */
  most: number;
  wasted: number;
}

/** @param sightings those of one session next to each other */
export function tallyOf(sightings: readonly Sighting[], taskOf: (session: string) => string): Tally {
  const tally = newTally();
  let last: string | undefined;
  let inSession = 0;
  for (const sighting of sightings) {
    const { session, tool, by } = sighting.session;
    const task = taskOf(session);
    tally.perTask.set(task, (tally.perTask.get(task) ?? 0) + 1);
    if (session !== last) {
      tally.sessions++;
      tally.byTool.set(tool, (tally.byTool.get(tool) ?? 0) + 1);
      inSession = 0;
    }
    last = session;
    if (by !== undefined) tally.people.add(by);
    inSession += sighting.events;
    tally.events += sighting.events;
    tally.most = Math.max(tally.most, inSession);
    tally.wasted += sighting.wasted;
    noteDay(tally.byDay, sighting);
  }
  return tally;
}

function newTally(): Tally {
  return {
    sessions: 0,
    perTask: new Map(),
    people: new Set(),
    byTool: new Map(),
    byDay: new Map(),
    events: 0,
    most: 0,
    wasted: 0,
  };
}

function noteDay(byDay: Tally['byDay'], sighting: Sighting): void {
  const day = dayOf(sighting);
  if (day === undefined) return;
  const known = byDay.get(day);
  if (known === undefined) byDay.set(day, { sightings: 1, events: sighting.events });
  else {
    known.sightings++;
    known.events += sighting.events;
  }
}

// UTC, and only where there is a readable date: an undated session counts no day.
function dayOf({ at }: Sighting): string | undefined {
  if (at !== undefined && PLAIN.test(at)) return at.slice(0, 10);
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : undefined;
}

// Times in UTC on days that every month has: nearly all times, of which the day can be told at once.
const PLAIN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
