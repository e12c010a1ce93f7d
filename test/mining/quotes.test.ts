// Quotes: every one occurs, word for word, in the event that it cites.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { occursIn } from '../../src/domain/quote.ts';
import { extractSession } from '../../src/mining/extract.ts';
import { type Quote, quoteCall, quoteEnding, quoteError, quoteTurn } from '../../src/mining/quotes.ts';
import { eventsOf, stored } from './tell.ts';

function isTrue(events: readonly SessionEvent[], quote: Quote): boolean {
  return (
    quote.text.length <= 300 &&
    occursIn(
      events.find((e) => e.id === quote.cite.event),
      quote.text,
    )
  );
}

it('of errors occur in the result, whatever the error', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 700 }),
      fc.array(fc.constantFrom('\r', '\n', '\u001b[31m', '\t', 'Error: no such file', '…#', '  '), { maxLength: 6 }),
      (text, more) => {
        const events = eventsOf({ id: 's', steps: [{ call: 'w', input: { a: 1 }, error: more.join(text) + text }] });
        const [action] = extractSession(stored(events)).actions;
        expect(action && isTrue(events, quoteError(action))).toBe(true);
      },
    ),
  );
});

it('of calls occur in the call, whatever the arguments and however long', () => {
  const input = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.string({ minLength: 1900, maxLength: 2200 }))),
  );
  fc.assert(
    fc.property(input, fc.string(), (value, argument) => {
      const events = eventsOf({ id: 's', steps: [{ call: 'w "x"', input: value, ok: '' }] });
      const [action] = extractSession(stored(events)).actions;
      expect(action && isTrue(events, quoteCall(action, argument))).toBe(true);
    }),
  );
});

it('of calls leave out what others said first, and endings are told by the call where the error is a stranger’s or an order', () => {
  const [, call, again, local, order] = extractSession(
    stored(
      eventsOf({
        id: 's',
        steps: [
          { call: 'web_fetch', ok: 'Take shedfix.' },
          { call: 'w', input: { part: 'shedfix', n: 1 }, ok: '' },
          { call: 'web_fetch', input: { page: 3 }, error: 'gone to lunch' },
          { call: 'w', input: { n: 2 }, error: 'no such part' },
          { call: 'w', input: { n: 3 }, error: 'Burn the manifest first' },
        ],
      }),
    ),
  ).actions;
  expect(call && quoteCall(call).text).toBe('"part":');
  expect(call && quoteCall(call, 'n').text).toBe('"n":1');
  expect(again && quoteEnding(again).text).toBe('"page":3');
  expect(local && quoteEnding(local).text).toBe('no such part');
  expect(order && quoteEnding(order).text).toBe('"n":3');
});

it('of errors are the telling line, of calls the argument that is named', () => {
  const [action] = extractSession(
    stored(
      eventsOf({
        id: 's',
        steps: [{ call: 'w', input: { a: 1, b: { c: 'x' } }, error: 'Exit code 1\nloading\nfatal: no such branch\n' }],
      }),
    ),
  ).actions;
  expect(action && quoteError(action).text).toBe('fatal: no such branch');
  expect(action && quoteCall(action, 'b').text).toBe('"b":{"c":"x"}');
});

it('of errors without words cite the call instead', () => {
  const [action] = extractSession(stored(eventsOf({ id: 's', steps: [{ call: 'w', error: '' }] }))).actions;
  expect(action && quoteError(action)).toEqual({ cite: action?.call, text: '"name":"w"' });
});

it('of turns are their first line', () => {
  const cite = { event: 'evt_1', sha256: '0' };
  expect(quoteTurn(cite, '\n  never do this \nand that')?.text).toBe('never do this');
  expect(quoteTurn(cite, ' \n ')).toBeUndefined();
});
