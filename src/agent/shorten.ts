// Makes a conversation fit again: the oldest long tool results are shortened first; an event says so, and nothing stored is lost.
import type { EventDraft, ToolResult } from '../domain/events.ts';
import type { Conversation } from './conversation.ts';

const STEPS = [2_000, 300]; // first what is clearly too long, then almost everything
const SHARE = 0.5; // of what could be shortened, so that the next turns fit too

/** The event that shortens the oldest results; undefined if there is nothing left to shorten. */
export function shortening(conversation: Conversation, reason: string): EventDraft | undefined {
  for (const kept of STEPS) {
    const long = conversation.longResults(kept);
    if (long.length === 0) continue;
    const chosen = oldestHalf(long);
    return {
      type: 'agent.thread_context_compacted',
      shortened: chosen.map((result) => result.id),
      kept,
      // Signatures cover everything before them, which has just changed.
      thinking_dropped: true,
      reason,
    };
  }
  return undefined;
}

function oldestHalf(results: readonly ToolResult[]): ToolResult[] {
  const sizes = results.map((result) => JSON.stringify(result.content).length);
  const enough = sizes.reduce((sum, size) => sum + size, 0) * SHARE;
  let taken = 0;
  return results.filter((_, i) => {
    if (i > 0 && taken >= enough) return false;
    taken += sizes[i] ?? 0;
    return true;
  });
}
