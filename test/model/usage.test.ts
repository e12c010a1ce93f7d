// What servers say that a request took: only what can be true is believed, and whatever is believed can be put into the ledger.
import { describe, expect, it } from 'vitest';
import { chargeSchema } from '../../src/domain/spend.ts';
import { addReported, noUsage } from '../../src/model/usage.ts';

describe('reported tokens', () => {
  it('are the last total that was told of each kind', () => {
    const first = addReported(noUsage(), { input_tokens: 12, output_tokens: 1 });
    expect(addReported(first, { output_tokens: 40 })).toMatchObject({
      input_tokens: 12,
      output_tokens: 40,
      known: true,
    });
  });

  it('count as not reported where they cannot be true', () => {
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '12', null, {}])
      expect(addReported(noUsage(), { input_tokens: value })).toEqual(noUsage());
    expect(addReported(noUsage(), 'many')).toEqual(noUsage());
  });

  it('are whole, as the ledger has them, where a server of another make tells a part', () => {
    const { input_tokens, output_tokens } = addReported(noUsage(), { input_tokens: 11.5, output_tokens: 2.0001 });
    expect([input_tokens, output_tokens]).toEqual([12, 3]);
    const charge = { at: '2026-01-01T00:00:00.000Z', session: 's', role: 'agent', model: 'm', usd: null };
    expect(chargeSchema.safeParse({ ...charge, input_tokens, output_tokens }).success).toBe(true);
  });
});
