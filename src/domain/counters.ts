// What became of sessions that had an entry in their prompt, and of those that a draw kept it out of; plain data, no behaviour.

/** Sessions of one kind; the newer ones count more, the half of a session each 90 days. */
export interface Tally {
  sessions: number;
  /** Decayed numbers of those that passed and failed. */
  passed: number;
  failed: number;
}

/** A comparison within tasks of sessions that had the entry with sessions that were drawn to go without. */
export interface HoldoutEffect {
  /** Tasks with graded sessions on both sides, and those sessions. */
  tasks: number;
  with: number;
  without: number;
  /** Mean over tasks of (rate with − rate without), weighted by how much each task can tell; shares. */
  difference: number;
  /** Two-sided permutation within tasks, and the same after Holm over all entries compared. */
  p: number;
  holm: number;
  effect: 'helps' | 'hurts' | 'undecided';
}

export interface EntryCounter {
  entry: string;
  /** Sessions that loaded it: seen with, which proves nothing about it. */
  with: Tally;
  /** The newest day that loaded it. */
  last?: string;
  /** Only where a hold-out was set. */
  holdout?: HoldoutEffect;
}
