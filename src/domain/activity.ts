// What went on in the sessions that a dream read, finding or not: which tools were called and which entries loaded, by day, and which hurt.
import type { HoldoutEffect } from './counters.ts';

/** Days are YYYY-MM-DD in UTC; undated sessions are left out. */
export interface Activity {
  /** The oldest and newest day of a session read; absent where none is dated. */
  oldest?: string;
  newest?: string;
  /** By tool: the last day of each session that called it, oldest first. */
  tools: ReadonlyMap<string, readonly string[]>;
  /** By entry: the newest day of a session that had it loaded. */
  loaded: ReadonlyMap<string, string>;
  /** Entries that hurt, where a draw kept them out of some sessions: compared within tasks. */
  hurts?: ReadonlyMap<string, HoldoutEffect>;
}
