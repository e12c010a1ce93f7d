// Makes a conversation fit again: the oldest long tool results are shortened first; an event says so, and nothing stored is lost.
import type { EventDraft, ToolResult } from '../domain/events.ts';
import type { Conversation } from './conversation.ts';
import { lengthOf } from './conversation-blocks.ts';

const STEPS = [2_000, 300]; // first what is clearly too long, then almost everything
const LAST_STEP = 8_000; // of the newest results, where nothing else is left
const SHARE = 0.5; // of what could be shortened, so that the next turns fit too

/** The event that shortens the oldest results; undefined if nothing is left to shorten, or it would free less than `least` characters. */
export function shortening(conversation: Conversation, reason: string, least = 0): EventDraft | undefined {
  for (const kept of STEPS) {
    const chosen = oldestHalf(conversation.longResults(kept));
    if (chosen.length > 0 && freed(chosen, kept) >= least) return shortened(chosen, kept, reason);
  }
  return undefined;
}

/** The event that shortens the newest results, which otherwise stay whole: for a conversation that fits in no other way. */
export function shorteningNewest(conversation: Conversation, reason: string): EventDraft | undefined {
  const long = conversation.longResults(LAST_STEP, 'newest');
  return long.length === 0 ? undefined : shortened(long, LAST_STEP, reason);
}

function shortened(results: readonly ToolResult[], kept: number, reason: string): EventDraft {
  return {
    type: 'agent.thread_context_compacted',
    shortened: results.map((result) => result.id),
    kept,
    // Signatures cover everything before them, which has just changed.
    thinking_dropped: true,
    reason,
  };
}

function oldestHalf(results: readonly ToolResult[]): ToolResult[] {
  const sizes = results.map(lengthOf);
  const enough = sizes.reduce((sum, size) => sum + size, 0) * SHARE;
  let taken = 0;
  return results.filter((_, i) => {
    if (i > 0 && taken >= enough) return false;
    taken += sizes[i] ?? 0;
    return true;
  });
}

function freed(results: readonly ToolResult[], kept: number): number {
  return results.reduce((sum, result) => sum + Math.max(0, lengthOf(result) - kept), 0);
}
