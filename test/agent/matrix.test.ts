// Every fault of the model's side at several places of a session: it ends as it should, nothing done is lost, and it goes on.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StopReason } from '../../src/domain/events.ts';
import type { WrittenTurn } from '../../src/domain/script.ts';
import type { Patience } from '../../src/model/silence.ts';
import * as f from '../support/messages-server/faults.ts';
import { type Desk, eventsOf, faultsOfSession, makeDesk } from '../support/run-session.ts';

let desk: Desk;
beforeEach(() => {
  desk = makeDesk();
});
afterEach(() => desk.remove());

const SCRIPT: WrittenTurn[] = [
  {
    thinking: 'Three things.',
    text: 'I look first.',
    tools: [
      { name: 'look', input: { n: 'a' } },
      { name: 'look', input: { n: 'b' } },
      { name: 'count', input: { n: '1' } },
    ],
  },
  { text: 'One more.', tools: [{ name: 'count', input: { n: '2' } }] },
  { thinking: 'All there.', text: 'Counted.' },
];
const ALL = ['look a', 'look b', 'count 1', 'count 2'];

interface Row {
  name: string;
  fault: () => f.Fault;
  /** How often it comes in a row; default once. */
  times?: number;
  /** Where the first stretch ends; default it recovers by itself. */
  stop?: StopReason;
  patience?: Partial<Patience>;
  /** It does no harm, so nothing is asked twice. */
  tolerated?: true;
}

const SHORT: Partial<Patience> = { headersMs: 400, bytesMs: 400, eventsMs: 400 };
const rows: Row[] = [
  { name: '429 with retry-after: 2', fault: () => f.rateLimited({ 'retry-after': '2' }) },
  { name: '429 with retry-after: 3600', fault: () => f.rateLimited({ 'retry-after': '3600' }) },
  { name: '429 with a date', fault: () => f.rateLimited({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }) },
  { name: '429 with a negative retry-after', fault: () => f.rateLimited({ 'retry-after': '-7' }) },
  { name: '429 with junk', fault: () => f.rateLimited({ 'retry-after': 'soon' }) },
  { name: '529 twice', fault: f.overloaded, times: 2 },
  { name: '529 beyond all patience', fault: f.overloaded, times: 4, stop: 'retries_exhausted' },
  { name: '500 as a page', fault: () => f.htmlError(500) },
  { name: '502 as a page', fault: () => f.htmlError(502) },
  { name: '504 as a page', fault: () => f.htmlError(504) },
  { name: '500 with x-should-retry: false', fault: () => f.shouldRetry(500, false), stop: 'retries_exhausted' },
  {
    name: '402 for a spend limit',
    fault: () => f.spendLimit('workspace_spend_limit_reached'),
    stop: 'retries_exhausted',
  },
  {
    name: '429 for a spend limit',
    fault: () => f.spendLimit('organization_spend_limit_reached', 429),
    stop: 'retries_exhausted',
  },
  { name: '400 for pairing', fault: f.unpaired, stop: 'retries_exhausted' },
  { name: '413 with nothing to shorten', fault: f.tooLarge, stop: 'retries_exhausted' },
  { name: '400 for context with nothing to shorten', fault: f.contextExceeded, stop: 'retries_exhausted' },
  { name: '401', fault: f.badKey, stop: 'retries_exhausted' },
  { name: '403', fault: () => f.status(403, 'permission_error', 'Not you.'), stop: 'retries_exhausted' },
  { name: '404', fault: () => f.status(404, 'not_found_error', 'model: gone'), stop: 'retries_exhausted' },
  {
    name: '400 of another kind',
    fault: () => f.status(400, 'invalid_request_error', 'No.'),
    stop: 'retries_exhausted',
  },
  { name: 'an error event first', fault: () => f.errorEvent('nothing') },
  { name: 'an error event after text', fault: () => f.errorEvent('text') },
  { name: 'an error event after thinking', fault: () => f.errorEvent('thinking') },
  { name: 'an error event within a call', fault: () => f.errorEvent('tool_use') },
  {
    name: 'an error event of a kind that lasts',
    fault: () => f.errorEvent('text', 'invalid_request_error', 'No.'),
    stop: 'retries_exhausted',
  },
  { name: 'a reset before the headers', fault: () => f.cut('before headers') },
  { name: 'a reset after the headers', fault: () => f.cut('after headers') },
  { name: 'a reset within a block', fault: () => f.cut({ bytes: 900 }) },
  { name: 'a reset after the stop reason', fault: () => ({ ...f.endsEarly(), cut: { bytes: 1_000_000 } }) },
  { name: 'a clean end without message_stop', fault: () => f.endsEarly(), tolerated: true },
  { name: 'a clean end in the middle', fault: () => f.endsEarly(4) },
  { name: 'a clean end after the headers', fault: () => f.endsEarly(0) },
  { name: 'no headers', fault: () => f.stall(-1), patience: SHORT },
  { name: 'silence', fault: () => f.stall(3), patience: SHORT },
  { name: 'silence again and again', fault: () => f.stall(3), times: 2, stop: 'retries_exhausted', patience: SHORT },
  { name: 'nothing but pings', fault: () => f.stall(3, { pingEveryMs: 40 }), patience: SHORT },
  { name: 'pings, then the rest', fault: () => f.stall(3, { pingEveryMs: 20, forMs: 100 }), tolerated: true },
  { name: 'a drip', fault: () => f.drip(97, 1), tolerated: true },
  { name: '200 as JSON', fault: f.jsonAnswer, stop: 'retries_exhausted' },
  { name: '200 as a page', fault: f.htmlAnswer, stop: 'retries_exhausted' },
  { name: '200 without a body', fault: () => f.emptyAnswer() },
  { name: 'events without names', fault: f.dataOnly, stop: 'retries_exhausted' },
  { name: 'an error in unnamed data', fault: () => f.errorInData() },
  { name: 'another content type', fault: () => f.wrongContentType(), tolerated: true },
  { name: 'no usage', fault: () => f.withoutUsage(), tolerated: true },
  { name: 'an unknown event', fault: f.unknownEvent, tolerated: true },
  { name: 'an unknown delta', fault: f.unknownDelta, tolerated: true },
  { name: 'every event twice', fault: () => f.duplicated('content_block_start'), tolerated: true },
  { name: 'broken JSON in the stream', fault: () => f.malformed(4) },
  { name: 'blocks without an index', fault: () => f.indexes('missing'), tolerated: true },
  { name: 'text in a thinking block', fault: () => f.mismatched({ type: 'text_delta', text: '' }), tolerated: true },
  { name: 'content before the start', fault: f.contentBeforeStart, tolerated: true },
];

describe('whatever the server does', () => {
  for (const row of rows) {
    for (const at of [0, 1, 2]) {
      it(`${row.name}, at request ${at + 1}`, async () => {
        const times = row.times ?? 1;
        const hit = (n: number) => n >= at && n < at + times;
        const fault = (n: number) => (hit(n) ? row.fault() : undefined);
        const { server, model } = await desk.world(SCRIPT, { fault, ...(row.patience && { patience: row.patience }) });
        const first = await desk.start(model);
        expect(first.stop_reason, first.why).toBe(row.stop ?? 'end_turn');
        expect(faultsOfSession(desk, first.path)).toEqual([]);
        expect(first.never_started).toBe(at === 0 && eventsOf(first.path, 'session.error').some(isConfig));
        if (row.stop === undefined)
          expect(eventsOf(first.path, 'session.status_rescheduled')).toHaveLength(row.tolerated ? 0 : times);
        let last = first;
        if (row.stop !== undefined) {
          expect(eventsOf(first.path, 'session.error')).toHaveLength(1);
          expect(desk.ran).toEqual([[], ALL.slice(0, 3), ALL][at]);
          last = await desk.resume(model, first.path);
        }
        expect(last).toMatchObject({ stop_reason: 'end_turn', text: 'Counted.' });
        expect([...desk.ran].sort()).toEqual([...ALL].sort());
        expect(faultsOfSession(desk, last.path)).toEqual([]);
        expect(server.prefixBreaks).toEqual([]);
        expect(server.requests.filter((r) => r.refused)).toEqual([]);
      });
    }
  }
});

function isConfig({ error }: { [key: string]: unknown }): boolean {
  return (error as { failure?: string } | undefined)?.failure === 'config';
}
