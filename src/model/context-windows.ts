// How much models can read at once, as a dated table; guesses nothing for models that are not in it.

/** The day up to which the sizes below were looked up. */
export const WINDOWS_AS_OF = '2026-11-10';

const MILLION = 1_000_000;

/**
 * Tokens of input and output together, as Anthropic publishes them for its own API without beta headers
 * (https://platform.claude.com/docs/en/about-claude/models/overview). Not in the table, since no published size was found:
 * claude-fable-5-2 and the mythos models.
 */
const TABLE: Readonly<Record<string, number>> = {
  'claude-fable-5-1': MILLION,
  'claude-fable-5': MILLION,
  'claude-opus-5-5': MILLION,
  'claude-opus-5': MILLION,
  'claude-opus-4-7': MILLION,
  'claude-opus-4-6': MILLION,
  'claude-opus-4-5': 200_000,
  'claude-opus-4-1': 200_000,
  'claude-sonnet-5-5': MILLION,
  'claude-sonnet-5': MILLION,
  'claude-sonnet-4-6': MILLION,
  'claude-sonnet-4-5': 200_000,
  'claude-haiku-5-5': MILLION,
  'claude-haiku-4-5': 200_000,
};

/** Tokens that a model takes; undefined where nobody here knows. A dated id (`…-20251001`) means its family. */
export function contextWindow(model: string): number | undefined {
  for (const id of [model, model.replace(/-(?:20\d{6}|latest)$/, '')]) if (Object.hasOwn(TABLE, id)) return TABLE[id];
  return undefined;
}
