// Stored events as the blocks that a model is sent, and back from usage to tokens; decides nothing about what is sent.
import { type Block, isToolUse, type SessionEvent, type ToolResult, type ToolUse } from '../domain/events.ts';
import type { ApiBlock } from '../model/model.ts';
import { blockText } from '../store/spill.ts';

/** A block of an answer; thinking and kinds that nobody here knows may have to be let go later. */
export interface AnswerBlock {
  block: ApiBlock;
  kind: 'plain' | 'thinking' | 'other';
}

/** Stored content as it is sent; `load` gives the text of a file beside the transcript (an image's base64). */
export function sentBlocks(load: (file: string) => string | undefined, blocks: readonly Block[]): ApiBlock[] {
  return blocks.flatMap((block): ApiBlock[] => {
    if (block.type !== 'image') return blockText(block).trim() === '' ? [] : [{ type: 'text', text: blockText(block) }];
    const data = block.data ?? (block.file === undefined ? undefined : load(block.file));
    if (data === undefined) return [{ type: 'text', text: '(an image that is not stored here any more)' }];
    return [{ type: 'image', source: { type: 'base64', media_type: block.media_type ?? 'image/png', data } }];
  });
}

/** What one event of an answer is sent back as; `idFor` says under which id a call goes. */
export function answerBlocks(event: SessionEvent, idFor: (use: ToolUse) => string): AnswerBlock[] {
  if (event.type === 'agent.thinking') {
    const content = event.content as ApiBlock[]; // domain/events.ts: a list of objects with a type
    return content.map((block) => ({ block, kind: 'thinking' }));
  }
  if (isToolUse(event)) {
    const { name, input, extra } = event;
    return [{ block: { type: 'tool_use', id: idFor(event), name, input, ...extra }, kind: 'plain' }];
  }
  if (event.type !== 'agent.message') return [];
  return event.content.flatMap((block): AnswerBlock[] => {
    if (block.type === 'json') return [{ block: block.value as ApiBlock, kind: 'other' }]; // kept whole by answer-events.ts
    if (block.type !== 'text' || block.text.trim() === '') return []; // servers refuse blank text
    const { injected: _, ...plain } = block;
    return [{ block: plain, kind: 'plain' }];
  });
}

/** The texts of blocks that are sent as text; empty ones left out. */
export function texts(blocks: readonly Block[]): string[] {
  return blocks.map(blockText).filter((text) => text !== '');
}

/** How long a result is as it is sent, in characters; an image counts as what its tokens would be in text. */
export function lengthOf({ content }: Pick<ToolResult, 'content'>): number {
  const images = content.filter((block) => block.type === 'image').length;
  return texts(content).join('\n').length + images * 6_000; // about 1,500 tokens each
}

/** Tokens of a request and its answer together; undefined where the server did not say. */
export function countedTokens(usage: unknown): number | undefined {
  if (usage === null || typeof usage !== 'object' || ('known' in usage && usage.known === false)) return undefined;
  const named = new Map<string, unknown>(Object.entries(usage));
  const parts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens', 'output_tokens'];
  const total = parts.reduce((sum, name) => sum + (Number(named.get(name) ?? 0) || 0), 0);
  return total > 0 ? total : undefined;
}
