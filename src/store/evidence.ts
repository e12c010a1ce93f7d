// Resolves the spans that a lesson cites against the stored sessions: found and unchanged, changed, or not on this machine.
import { join } from 'node:path';
import { groupBy } from '../base/collections.ts';
import type { Span } from '../domain/card.ts';
import { occursIn } from '../domain/quote.ts';
import type { Layout } from './layout.ts';
import type { IndexEntry } from './session-index.ts';
import { readTranscript } from './transcript-read.ts';

export type Verified = 'here' | 'not on this machine' | 'mismatch';

/** A span with what became of it. `line` is the 1-based line of the session file that holds the event. */
export interface CheckedSpan extends Span {
  verified: Verified;
  file?: string;
  line?: number;
}

/**
 * Checks spans: `here` if the event's stored line has the cited hash and holds the quote, `mismatch` if the session is
 * here but the line is gone, changed, or never said so, `not on this machine` if the session is not stored here.
 */
export function checkSpans(layout: Layout, index: readonly IndexEntry[], spans: readonly Span[]): CheckedSpan[] {
  const bySession = groupBy(spans, (span) => span.session);
  const checked = new Map<Span, CheckedSpan>();
  for (const [id, cited] of bySession) {
    const entry = index.find((s) => s.id === id);
    for (const span of cited)
      checked.set(span, { ...span, verified: entry === undefined ? 'not on this machine' : 'mismatch' });
    if (entry !== undefined) checkSession(join(layout.sessions, entry.path), cited, checked);
  }
  return spans.flatMap((span) => checked.get(span) ?? []);
}

function checkSession(file: string, cited: readonly Span[], checked: Map<Span, CheckedSpan>): void {
  const wanted = groupBy(cited, (span) => span.event);
  for (const stored of readTranscript(file)) {
    if (stored.kind === 'bad') continue;
    for (const span of wanted.get(stored.event.id) ?? []) {
      const holds = stored.sha256 === span.sha256 && occursIn(stored.event, span.quote);
      checked.set(span, { ...span, verified: holds ? 'here' : 'mismatch', file, line: stored.line });
    }
  }
}
