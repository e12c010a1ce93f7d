// The newest evidence for an entry in force that a branch and a model may be shown; reads nothing, decides nothing about the entry.
import type { Card } from '../domain/card.ts';
import { gate } from './gate.ts';
import type { Policy } from './policy.ts';
import { asShown } from './shown-card.ts';
import type { StandingEntry } from './standing.ts';

/** What today's sessions showed, where that passes the gate; else what the newest dream recorded. Undefined where none did. */
export function newestCard(
  { card }: StandingEntry,
  current: ReadonlyMap<string, Card>,
  policy: Policy | undefined,
): Card | undefined {
  const today = card && current.get(card.fingerprint);
  return today !== undefined && gate(today, policy) === undefined ? asShown(today) : card;
}
