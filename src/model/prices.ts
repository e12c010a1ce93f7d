// What models cost, as a dated table, and what a request came to; guesses no price that is not published.
import type { Price } from '../domain/run-settings.ts';
import type { Usage } from './model.ts';

/** The day up to which the prices below were looked up. */
export const PRICES_AS_OF = '2026-11-10';

/** What a request of the Message Batches API costs, as a part of its usual price; cached tokens as well. */
export const BATCH_SHARE = 0.5;

/** A prompt longer than `over` tokens (cached ones counted) is billed at other prices, all of it. */
interface Row extends Price {
  long?: { over: number } & Price;
}

/**
 * Dollars per million tokens, as Anthropic publishes them for its own API
 * (https://platform.claude.com/docs/en/about-claude/pricing). Cache writes are those that live five minutes.
 * Not in the table, since no published price was found: claude-mythos-5-2, claude-mythos-preview.
 */
const TABLE: Readonly<Record<string, Row>> = {
  'claude-fable-5-2': { input: 8, output: 40, cache_read: 0.2 },
  'claude-fable-5-1': { input: 10, output: 50, cache_read: 0.25 },
  'claude-mythos-5-1': { input: 10, output: 50, cache_read: 0.25 },
  'claude-fable-5': { input: 10, output: 50 },
  'claude-mythos-5': { input: 10, output: 50 },
  'claude-opus-5-5': { input: 4, output: 20, cache_read: 0.2 },
  'claude-opus-5': { input: 5, output: 25 },
  'claude-opus-4-8': { input: 5, output: 25 },
  'claude-opus-4-7': { input: 5, output: 25 },
  'claude-opus-4-6': { input: 5, output: 25 },
  'claude-opus-4-5': { input: 5, output: 25 },
  'claude-opus-4-1': { input: 15, output: 75 },
  'claude-sonnet-5-5': { input: 2, output: 10, cache_read: 0.1 },
  'claude-sonnet-5': { input: 2, output: 10 },
  'claude-sonnet-4-6': { input: 3, output: 15 },
  'claude-sonnet-4-5': { input: 3, output: 15 },
  'claude-haiku-5-5': { input: 0.1, output: 0.5, long: { over: 100_000, input: 0.5, output: 2.5 } },
  'claude-haiku-4-5': { input: 1, output: 5 },
};

// What reading and writing the cache costs where a price does not say, as a part of the price of input.
const CACHE_READ = 0.1;
const CACHE_WRITE = 1.25;

/**
 * Dollars for the tokens of ONE request (some models price long prompts otherwise, so sums of requests come out wrong).
 * Undefined where the price is not known, or the server did not say what it counted and the price is not zero.
 * @param overrides settings' prices by model id; they come before the table, and a dated id (`…-20251001`) falls back to its family
 */
export function costOf(model: string, usage: Usage, overrides: Record<string, Price>): number | undefined {
  const row = priceOf(model, overrides);
  if (row === undefined) return undefined;
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage;
  const prompt = input_tokens + cache_read_input_tokens + cache_creation_input_tokens;
  const price = row.long !== undefined && prompt > row.long.over ? row.long : row;
  const { input, output, cache_read = input * CACHE_READ, cache_write = input * CACHE_WRITE } = price;
  if (!usage.known) return [input, output, cache_read, cache_write].every((part) => part === 0) ? 0 : undefined;
  const millionths =
    input_tokens * input +
    output_tokens * output +
    cache_read_input_tokens * cache_read +
    cache_creation_input_tokens * cache_write;
  return millionths / 1e6;
}

function priceOf(model: string, overrides: Record<string, Price>): Row | undefined {
  const family = model.replace(/-(?:20\d{6}|latest)$/, '');
  for (const table of [overrides, TABLE])
    for (const id of [model, family]) if (Object.hasOwn(table, id)) return table[id];
  return undefined;
}
