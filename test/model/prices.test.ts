// What a request costs: published prices, cached tokens, long prompts, settings' own prices, and what is not known.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../src/model/model.ts';
import { costOf, PRICES_AS_OF } from '../../src/model/prices.ts';

const usage = (input: number, output: number, read = 0, write = 0, known = true): Usage => ({
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: read,
  cache_creation_input_tokens: write,
  known,
});
const M = 1_000_000;

describe('the table', () => {
  it('carries the day it was made', () => {
    expect(PRICES_AS_OF).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  // The columns of the published table: input, output, cache hit, five-minute cache write.
  it.each([
    ['claude-sonnet-5-5', 2, 10, 0.1, 2.5],
    ['claude-opus-5-5', 4, 20, 0.2, 5],
    ['claude-fable-5-2', 8, 40, 0.2, 10],
    ['claude-fable-5-1', 10, 50, 0.25, 12.5],
    ['claude-opus-4-8', 5, 25, 0.5, 6.25],
    ['claude-sonnet-4-6', 3, 15, 0.3, 3.75],
    ['claude-haiku-4-5-20251001', 1, 5, 0.1, 1.25],
    ['claude-sonnet-4-5-20250929', 3, 15, 0.3, 3.75],
    ['claude-opus-4-5-latest', 5, 25, 0.5, 6.25],
  ])('%s', (model, input, output, read, write) => {
    expect(costOf(model, usage(M, 0), {})).toBeCloseTo(input, 10);
    expect(costOf(model, usage(0, M), {})).toBeCloseTo(output, 10);
    expect(costOf(model, usage(0, 0, M), {})).toBeCloseTo(read, 10);
    expect(costOf(model, usage(0, 0, 0, M), {})).toBeCloseTo(write, 10);
  });

  it('prices a long prompt of claude-haiku-5-5 otherwise, its output and cached tokens included', () => {
    expect(costOf('claude-haiku-5-5', usage(1000, 1000, 99_000), {})).toBeCloseTo((100 + 500 + 990) / M, 12);
    expect(costOf('claude-haiku-5-5', usage(1001, 1000, 99_000), {})).toBeCloseTo((500.5 + 2500 + 4950) / M, 12);
  });

  it.each(['llama3.1:8b', 'claude-mythos-preview', 'scripted:demo.yaml', 'claude-opus-9', 'constructor', '__proto__'])(
    'does not know %s, which is not the same as free',
    (model) => {
      expect(costOf(model, usage(1000, 1000), {})).toBeUndefined();
    },
  );
});

describe('prices of the settings', () => {
  it('come before the table, also for dated ids, and may be zero', () => {
    const overrides = { 'claude-haiku-4-5': { input: 7, output: 0 }, local: { input: 0, output: 0 } };
    expect(costOf('claude-haiku-4-5', usage(M, M), overrides)).toBeCloseTo(7, 10);
    expect(costOf('claude-haiku-4-5-20251001', usage(M, 0), overrides)).toBeCloseTo(7, 10);
    expect(costOf('local', usage(M, M, M, M), overrides)).toBe(0);
    expect(costOf('local', usage(0, 0, 0, 0, false), overrides)).toBe(0);
  });

  it('say what the cache costs, or leave it to the usual parts of the price of input', () => {
    expect(costOf('m', usage(0, 0, M, M), { m: { input: 10, output: 1, cache_read: 3, cache_write: 4 } })).toBeCloseTo(
      7,
      10,
    );
    expect(costOf('m', usage(0, 0, M, M), { m: { input: 10, output: 1 } })).toBeCloseTo(13.5, 10);
  });
});

it('tokens that the server did not count have no known cost', () => {
  expect(costOf('claude-sonnet-5-5', usage(0, 0, 0, 0, false), {})).toBeUndefined();
});

it('a request never costs less for more tokens, and never less than nothing', () => {
  const tokens = fc.nat(500_000);
  fc.assert(
    fc.property(
      fc.constantFrom('claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-4-8'),
      fc.tuple(tokens, tokens, tokens, tokens),
      fc.tuple(tokens, tokens, tokens, tokens),
      (model, [a, b, c, d], [e, f, g, h]) => {
        const less = costOf(model, usage(a, b, c, d), {}) ?? Number.NaN;
        const more = costOf(model, usage(a + e, b + f, c + g, d + h), {}) ?? Number.NaN;
        expect(less).toBeGreaterThanOrEqual(0);
        expect(more).toBeGreaterThanOrEqual(less);
      },
    ),
  );
});
