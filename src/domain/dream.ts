// A dream: what it read, what it would change and why not more; plain data, decided before anything is written.
import type { Card, EntryKind, Grade, Span } from './card.ts';

export type DreamStatus = 'pending' | 'running' | 'completed' | 'failed' | 'canceled' | 'skipped';
export type ChangeKind = 'add' | 'edit' | 'merge' | 'retire';

/** One learned change: one commit on the review branch. */
export interface LearnedChange {
  change: ChangeKind;
  entry: string;
  playbook: string;
  kind: EntryKind;
  grade: Grade;
  title: string;
  /** Section text after the change; absent for `retire`. */
  section?: string;
  /** Entries that a `merge` takes the place of. */
  replaces?: string[];
  /** For a change of a note: its path below `.agentmem` and its whole text afterwards; then there is no section. */
  file?: { path: string; text: string };
  /** Front matter and title for a playbook that does not exist yet. */
  preamble?: string;
  /** First line of the commit message. */
  subject: string;
  /** Body of the commit message. */
  body: string;
  card?: Card;
  sessions: number;
  tasks: number;
  evidence: Span[];
}

/** A card that no playbook may hold, and the rule that says so. */
export interface Quarantined {
  card: Card;
  reason: string;
}

/** A finding that was not proposed, and why (already in force, waiting on a branch, turned down, over a cap). */
export interface Withheld {
  claim: string;
  reason: string;
  fingerprint: string;
}

/** A family of findings that stayed silent, and why. */
export interface Silence {
  family: string;
  reason: string;
}
