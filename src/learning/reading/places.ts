// Whether a place that a reader cited is there: session, event, speaker, quote; believes no pointer of a model.

import { occursIn } from '../../domain/quote.ts';
import type { Cited, Digest, Passage } from '../../domain/reading.ts';
import type { Place } from './answers.ts';

const LEAST_LETTERS = 6;

/** The rule that a place breaks, and why. */
export interface BadPlace {
  rule: 'session' | 'event' | 'speaker' | 'quote';
  reason: string;
}

/** The place in the store; `by` is whose words may be cited. Hash and event were compared when the digest was made. */
export function findPlace(
  { session, event, quote }: Place,
  digests: readonly Digest[],
  by: Passage['by'],
): Cited | BadPlace {
  const digest = /^s[1-9]\d{0,3}$/.test(session) ? digests[Number(session.slice(1)) - 1] : undefined;
  if (digest === undefined) return { rule: 'session', reason: 'it cites a session that was not shown' };
  const passage = digest.passages.get(event);
  if (passage === undefined) return { rule: 'event', reason: 'it cites an event that the session does not have' };
  if (passage.by !== by)
    return {
      rule: 'speaker',
      reason:
        by === 'person'
          ? 'it cites words that no person said about work that had begun'
          : 'it cites something that is no call',
    };
  const text = quote.trim();
  // A single word of a person stands everywhere, and shows nothing.
  const least = by === 'person' ? LEAST_LETTERS : 1;
  const isTelling = (text.match(/[\p{L}\p{N}]/gu) ?? []).length >= least;
  const stands = isTelling && passage.shown.includes(text) && occursIn(passage.stored, text);
  if (!stands) return { rule: 'quote', reason: 'a quote that does not stand in the event that it cites' };
  return { session: digest.session, event: passage.event, quote: text };
}
