// Amounts of money and rough counts of tokens, as people read them.
import { expect, it } from 'vitest';
import { dollars, roughTokens } from '../../src/base/text.ts';

it.each([
  [0, '$0.00'],
  [2.5, '$2.50'],
  [1204, '$1,204.00'],
  [0.01, '$0.01'],
  [0.0031, '$0.0031'],
  [0.000012, '$0.000012'],
])('%d is %s', (usd, text) => expect(dollars(usd)).toBe(text));

it('counts four characters a token, the last begun one too', () => {
  expect([0, 1, 4, 5].map((n) => roughTokens('x'.repeat(n)))).toEqual([0, 1, 1, 2]);
});
