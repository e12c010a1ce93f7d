// What a conversation is made of, turn by turn: how large it is, and what of it outlives a compaction; folds no event itself.
import { roughTokens } from '../base/text.ts';
import type { ToolResult, ToolUse } from '../domain/events.ts';
import type { ApiBlock, ApiMessage } from '../model/model.ts';
import type { AnswerBlock } from './conversation-blocks.ts';

/** A block of the user's side that is no result, and what put it there where nobody said it. */
export interface Said {
  block: ApiBlock;
  injected: string | undefined;
}

/** What a user's side of the conversation is made of, until the next answer comes. */
export interface UserTurn {
  role: 'user';
  results: Map<string, ToolResult>;
  calls: ToolUse[];
  said: Said[];
}

export interface AssistantTurn {
  role: 'assistant';
  blocks: AnswerBlock[];
  /** Ids of the events that it was made of. */
  events: string[];
}

export type Turn = UserTurn | AssistantTurn;

const IMAGE = 1_500; // tokens of an image of usual size, whatever its base64 weighs

// What the loop itself says is about the moment, and a summary is replaced by the next one.
const PASSING = new Set(['agentmem', 'compaction']);

/**
 * What stays word for word when the turns before `upTo` go: what the thread began with, what people said since, what has to be
 * met, and of the words of graders the newest. A member of a team is told by its lead, so all that its thread was told stays.
 */
export function lasting(turns: readonly Turn[], upTo: number, inThread: boolean): Said[] {
  const lastGrade = turns.findLastIndex((turn) => turn.role === 'user' && turn.said.some(isGrade));
  return turns.slice(0, upTo).flatMap((turn, at) => {
    if (turn.role === 'assistant') return [];
    return turn.said.filter((said) => {
      const { injected } = said;
      if (injected === undefined || injected === 'rubric') return true;
      if (isGrade(said)) return at === lastGrade;
      return (at === 0 || inThread) && !PASSING.has(injected);
    });
  });
}

/** What stands there for turns that went before. */
export function summaries(turns: readonly Turn[]): Said[] {
  return turns.flatMap((turn) =>
    turn.role === 'user' ? turn.said.filter(({ injected }) => injected === 'compaction') : [],
  );
}

/** What messages cost in a prompt, roughly. */
export function roughSize(messages: readonly ApiMessage[]): number {
  return messages.reduce((sum, { content }) => sum + content.reduce((n, block) => n + blockSize(block), 0), 0);
}

function isGrade({ injected }: Said): boolean {
  return injected === 'grader';
}

function blockSize(block: ApiBlock): number {
  if (block.type === 'image') return IMAGE;
  if (block.type === 'tool_result' && Array.isArray(block.content))
    return block.content.reduce((sum: number, inner: ApiBlock) => sum + blockSize(inner), 10);
  return roughTokens(typeof block.text === 'string' ? block.text : (JSON.stringify(block) ?? ''));
}
