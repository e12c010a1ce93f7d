// What calls cost: shares of the requests that made them, and nothing where the transcript does not tell.
import { expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { extractSession } from '../../src/mining/extract.ts';
import { eventsOf, stored } from './tell.ts';

const end = (usage: Record<string, unknown>, more = {}): SessionEvent => ({
  id: `evt_end-${JSON.stringify(usage).length}`,
  type: 'span.model_request_end',
  usage,
  ...more,
});

function spentIn(...ends: SessionEvent[]): unknown[] {
  const [header, ...calls] = eventsOf({ id: 's1', steps: [{ call: 'a' }, { call: 'b' }] });
  if (header === undefined) throw new Error('a told session has a header');
  return extractSession(stored([header, ...calls, ...ends])).actions.map((a) => a.spent);
}

it('the calls of one answer share its request, without what was read from a cache', () => {
  const usage = {
    input_tokens: 100,
    output_tokens: 40,
    cache_read_input_tokens: 9000,
    cache_creation_input_tokens: 60,
  };
  expect(spentIn(end(usage))).toEqual([{ tokens: 100 }, { tokens: 100 }]);
  expect(spentIn(end(usage, { cost_usd: 0.02 }))).toEqual([
    { tokens: 100, usd: 0.01 },
    { tokens: 100, usd: 0.01 },
  ]);
});

it('nothing is known without usage, with a foreign one, or from a line that was copied', () => {
  expect(spentIn()).toEqual([undefined, undefined]);
  expect(spentIn(end({ output_tokens: 'many' }))).toEqual([undefined, undefined]);
  expect(spentIn(end({ output_tokens: 40 }, { copied: true }))).toEqual([undefined, undefined]);
});
