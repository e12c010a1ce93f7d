// What each tool call cost, as far as the transcript tells: its share of the request that made it; prices nothing itself.
import { isToolUse } from '../domain/events.ts';
import type { Placed } from '../store/conversation.ts';
import type { StoredEvent } from '../store/transcript-read.ts';
import type { Spent } from './extract-types.ts';

const TOKENS = ['input_tokens', 'cache_creation_input_tokens', 'output_tokens'];

/** By event id of the call. The calls of one answer share its request equally; tokens read from a cache are not counted. */
export function spendingOf(placed: readonly Placed<StoredEvent>[]): Map<string, Spent> {
  const spending = new Map<string, Spent>();
  const open = new Map<string, string[]>();
  for (const { item, lane } of placed) {
    const { event } = item;
    if (isToolUse(event)) open.set(lane, [...(open.get(lane) ?? []), event.id]);
    if (event.type !== 'span.model_request_end' || !('usage' in event)) continue;
    const calls = open.get(lane) ?? [];
    open.delete(lane);
    const tokens = tokensIn(event.usage);
    const usd = 'cost_usd' in event && typeof event.cost_usd === 'number' ? event.cost_usd : undefined;
    if (tokens === 0 || 'copied' in event) continue;
    for (const call of calls)
      spending.set(call, {
        tokens: Math.round(tokens / calls.length),
        ...(usd !== undefined && { usd: usd / calls.length }),
      });
  }
  return spending;
}

function tokensIn(usage: unknown): number {
  if (usage === null || typeof usage !== 'object') return 0;
  const numbers = Object.entries(usage).flatMap(([key, n]) => (TOKENS.includes(key) && isCount(n) ? [n] : []));
  return numbers.reduce((sum, n) => sum + n, 0);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
