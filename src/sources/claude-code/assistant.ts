// Turns an assistant record into events, one a block; never changes a thinking block.
import { canonicalJson } from '../../base/hash.ts';
import type { SessionEvent } from '../../domain/events.ts';
import { asObject, asText, type Fields } from '../fields.ts';
import { apiBlocks } from './content.ts';
import { asIs, type Conversion, type KnownCall } from './conversion.ts';

/** The model that Claude Code names in messages which no model wrote. */
export const NO_MODEL = '<synthetic>';

/** The events of an assistant record, one a block; undefined if it has no message to read. */
export function assistantEvents(conversion: Conversion): SessionEvent[] | undefined {
  const message = asObject(conversion.line.record.message);
  const blocks = apiBlocks(message?.content);
  if (message === undefined || blocks.length === 0) return undefined;
  return blocks.map((value, position) => blockEvent(asObject(value) ?? {}, position, message, conversion));
}

function blockEvent(block: Fields, position: number, message: Fields, conversion: Conversion): SessionEvent {
  const { line, stamp } = conversion;
  if (block.type === 'text' && typeof block.text === 'string') {
    if (line.record.isApiErrorMessage === true)
      return { ...stamp(position), type: 'session.error', message: block.text };
    const model = asText(message.model);
    const synthetic = model === NO_MODEL;
    const content = { type: 'text' as const, text: block.text, ...(synthetic && { injected: 'synthetic' }) };
    return {
      ...stamp(position),
      type: 'agent.message',
      content: [content],
      ...(model !== undefined && !synthetic && { model }),
    };
  }
  if (block.type === 'thinking' || block.type === 'redacted_thinking') {
    return { ...stamp(position), type: 'agent.thinking', content: [block] };
  }
  if (block.type === 'tool_use') return callEvent(block, position, message, conversion) ?? asIs(conversion, position);
  return asIs(conversion, position);
}

// Undefined for a call that a copied history repeats under another uuid: it was made once.
function callEvent(block: Fields, position: number, message: Fields, conversion: Conversion): SessionEvent | undefined {
  const { stamp, calls, threads } = conversion;
  const [name, call] = [asText(block.name), asText(block.id)];
  if (name === undefined) return undefined;
  const made: KnownCall['made'] = [message.id, name, block.input];
  const known = call === undefined ? undefined : calls.get(call);
  if (known !== undefined && asText(message.id) !== undefined && canonicalJson(known.made) === canonicalJson(made))
    return undefined;
  const mcp = name.startsWith('mcp__');
  const common = stamp(position);
  if (call !== undefined) calls.set(call, { event: common.id, mcp, made });
  threads.called(call, block.input);
  const type = mcp ? 'agent.mcp_tool_use' : 'agent.tool_use';
  return { ...common, type, name, input: block.input ?? {}, ...(call !== undefined && { call }) };
}
