// Turns a user record into events: results of tools, what a person said, interruptions; never takes injected text for speech.
import type { Block, SessionEvent } from '../../domain/events.ts';
import { asObject, asText, type Fields } from '../fields.ts';
import { apiBlocks, otherBlock, resultContent } from './content.ts';
import type { Conversion } from './conversion.ts';
import { injectedBy, saidBlocks, toolBlocks } from './injected.ts';

// The words that Claude Code gives back to the model in place of a tool's output when the tool was not let run.
const REFUSALS = [
  "The user doesn't want to proceed with this tool use",
  "The user doesn't want to take this action right now",
  'The user rejected',
  'User rejected tool use',
  'Permission to use ',
  'Claude requested permissions to ',
  '[Request interrupted by user for tool use]',
];

/** The events of a user record, in the order of its blocks; undefined if it has no message to read. */
export function userEvents(conversion: Conversion): SessionEvent[] | undefined {
  const { line, stamp } = conversion;
  const blocks = apiBlocks(asObject(line.record.message)?.content);
  if (blocks.length === 0) return undefined;
  const by = injectedBy(line.record);
  const events: SessionEvent[] = [];
  let said: { position: number; content: Block[] } | undefined;
  for (const [position, value] of blocks.entries()) {
    const block = asObject(value);
    const text = block?.type === 'text' ? asText(block.text) : undefined;
    if (block?.type === 'tool_result') events.push(resultEvent(block, position, conversion));
    else if (text !== undefined && isInterruption(text))
      events.push({ ...stamp(position), type: 'user.interrupt', reason: text });
    else {
      said ??= { position, content: [] };
      said.content.push(...(text === undefined ? mark(otherBlock(value) ?? [], by) : saidBlocks(text, by)));
    }
  }
  if (said !== undefined && said.content.length > 0)
    events.push({ ...stamp(said.position), type: 'user.message', content: said.content });
  return events.length > 0 ? events : undefined;
}

function isInterruption(text: string): boolean {
  return /^\s*\[Request interrupted by user[^\]]{0,60}\]\s*$/.test(text);
}

function mark(blocks: Block[], by: string | undefined): Block[] {
  return blocks.map((b) => (by !== undefined && b.type === 'json' ? { ...b, injected: by } : b));
}

function resultEvent(block: Fields, position: number, { line, stamp, calls }: Conversion): SessionEvent {
  const call = asText(block.tool_use_id);
  const known = call === undefined ? undefined : calls.get(call);
  const content = resultContent(block.content, toolBlocks);
  return {
    ...stamp(position),
    type: known?.mcp ? 'agent.mcp_tool_result' : 'agent.tool_result',
    ...(known !== undefined && { tool_use_id: known.event }),
    ...(call !== undefined && { call }),
    content,
    ...(block.is_error === true && { is_error: true }),
    ...(isRefusal(line.record, block, content) && { denied: true }),
  };
}

// Only an error can be a refusal: a tool may well print the same words.
function isRefusal(record: Fields, block: Fields, content: readonly Block[]): boolean {
  if (block.is_error !== true) return false;
  if (asText(record.toolDenialKind) !== undefined) return true;
  const first = content.find((b) => b.type === 'text')?.text.trimStart() ?? '';
  return REFUSALS.some((words) => first.startsWith(words)) || /^\S{1,100} hook (error|blocked)/.test(first);
}
