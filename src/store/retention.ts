// Which sessions have been kept long enough, which have been warned about, and which may go; plans only, removes nothing.
import { join } from 'node:path';
import { parseDuration } from '../base/time.ts';
import type { Settings } from '../domain/settings.ts';
import type { Layout } from './layout.ts';
import { readTimes, writeTimes } from './removal.ts';
import type { IndexEntry } from './session-index.ts';

export interface RetentionPlan {
  /** Old, and warned about for the first time now: may go from `from` on. */
  warn: { session: IndexEntry; from: string }[];
  /** Warned about before; the time is not up. */
  waiting: { session: IndexEntry; from: string }[];
  /** Old, warned about long enough, cited by nothing. */
  remove: IndexEntry[];
  /** Old, but a lesson cites them: they stay. */
  cited: IndexEntry[];
  /** No date in them, so nobody can say how old they are: they stay. */
  undated: number;
}

/**
 * Sorts the sessions by what their age asks for. A session counts from its last event. Pure.
 * @param warned when each session was warned about (RFC 3339), by id
 */
export function planRetention(
  sessions: readonly IndexEntry[],
  retention: Settings['retention'],
  known: { warned: ReadonlyMap<string, string>; cited: ReadonlySet<string>; now: Date },
): RetentionPlan {
  const plan: RetentionPlan = { warn: [], waiting: [], remove: [], cited: [], undated: 0 };
  const keep = parseDuration(retention.sessions) ?? Number.POSITIVE_INFINITY;
  const pause = parseDuration(retention.warn) ?? Number.POSITIVE_INFINITY;
  const now = known.now.getTime();
  for (const session of sessions) {
    const last = Date.parse(session.last_at ?? session.at ?? '');
    if (Number.isNaN(last)) plan.undated++;
    if (Number.isNaN(last) || now - last <= keep) continue;
    // A warning from the future was given by a clock that went wrong: it is given again.
    const before = Date.parse(known.warned.get(session.id) ?? '');
    const since = Number.isNaN(before) || before > now ? undefined : before;
    const from = new Date((since ?? now) + pause).toISOString();
    if (known.cited.has(session.id)) plan.cited.push(session);
    else if (since === undefined) plan.warn.push({ session, from });
    else if (now - since < pause) plan.waiting.push({ session, from });
    else plan.remove.push(session);
  }
  return plan;
}

/** When each session was warned about, by id. Unreadable or missing: empty, so everybody is warned again. */
export function readWarnings(layout: Layout): Map<string, string> {
  return readTimes(join(layout.state, 'retention.json'));
}

/** Records the warnings of a plan; those of sessions that are no longer old, or that are cited or gone, are dropped. */
export function recordWarnings(layout: Layout, plan: RetentionPlan, now: Date): void {
  const before = readWarnings(layout);
  const kept = plan.waiting.map(({ session }): [string, string] => [
    session.id,
    before.get(session.id) ?? now.toISOString(),
  ]);
  const fresh = plan.warn.map(({ session }): [string, string] => [session.id, now.toISOString()]);
  writeTimes(join(layout.state, 'retention.json'), new Map([...kept, ...fresh]));
}
