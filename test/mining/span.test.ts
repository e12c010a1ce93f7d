// When a session began and ended: the least and the greatest of its dates, grades and what is no date left out.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { spanOf } from '../../src/mining/span.ts';

const event = (at: string | undefined, type = 'user.message') =>
  ({ id: 'evt_x', type, content: [], ...(at !== undefined && { at }) }) as SessionEvent;

it('is that of the sorted dates, in whatever order the events come', () => {
  const time = fc.option(
    fc.oneof(
      fc.integer({ min: 0, max: 50 }).map((minute) => new Date(Date.UTC(2026, 2, 1, 9, minute)).toISOString()),
      fc.constantFrom('', 'soon', '2026-13-45', '9', '2026-03-01T10:00:00+02:00'),
    ),
    { nil: undefined },
  );
  const type = fc.constantFrom('user.message', 'span.outcome_evaluation_end');
  fc.assert(
    fc.property(fc.array(fc.tuple(time, type)), (events) => {
      const dates = events
        .flatMap(([at, of]) => (at === undefined || of !== 'user.message' ? [] : [at]))
        .filter((at) => Number.isFinite(Date.parse(at)))
        .sort();
      const expected = dates.length === 0 ? undefined : { first: dates[0], last: dates.at(-1) };
      expect(spanOf(events.map(([at, of]) => event(at, of)))).toEqual(expected);
    }),
  );
});
