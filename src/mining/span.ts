// When a session began and ended, by the times that its events carry; reads no clock, and believes no time that is none.
import type { SessionEvent } from '../domain/events.ts';

/** The least and the greatest of the times by code unit, as they are written; undefined where no event is dated. */
export function spanOf(events: readonly SessionEvent[]): { first: string; last: string } | undefined {
  let span: { first: string; last: string } | undefined;
  for (const { at, type } of events) {
    // A grade is given whenever somebody asks for it: it dates nothing that happened in the session.
    if (at === undefined || type.startsWith('span.outcome_evaluation')) continue;
    // Most events lie between others, and reading a date takes long.
    if (span !== undefined && at >= span.first && at <= span.last) continue;
    if (!Number.isFinite(Date.parse(at))) continue;
    span ??= { first: at, last: at };
    if (at < span.first) span.first = at;
    if (at > span.last) span.last = at;
  }
  return span;
}
