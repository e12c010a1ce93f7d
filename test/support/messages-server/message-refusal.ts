// Refuses messages that the Messages API refuses: roles, empty content, calls without results, thinking that was changed; test code only.
import { forgedThinking } from './thinking.ts';
import { blocksOf, isObject, type Json, listOf, unitsOf } from './units.ts';

interface Message {
  role: string;
  content: Json[];
  /** Index of the first message that it was merged from. */
  at: number;
}

/** The first fault in the API's words, or undefined. */
export function messageRefusal(body: Json): string | undefined {
  const messages = listOf(body.messages);
  if (messages.length === 0) return 'messages: at least one message is required';
  const shape = messages
    .map((message, at) => shapeRefusal(message, at, at === messages.length - 1))
    .find((m) => m !== undefined);
  if (shape !== undefined) return shape;
  const merged = mergedMessages(messages);
  if (merged[0]?.role !== 'user') return 'messages: first message must use the "user" role';
  return prefillRefusal(merged) ?? pairingRefusal(merged) ?? thinkingRefusal(body, merged);
}

function shapeRefusal(message: unknown, at: number, isLast: boolean): string | undefined {
  const path = `messages.${at}`;
  if (!isObject(message)) return `${path}: Input should be a valid dictionary`;
  if (message.role === 'system')
    return `${path}: Unexpected role "system". The Messages API accepts a top-level \`system\` parameter, not "system" as an input message role.`;
  if (message.role !== 'user' && message.role !== 'assistant')
    return `${path}.role: Input should be 'user' or 'assistant'`;
  if (typeof message.content !== 'string' && !Array.isArray(message.content)) return `${path}.content: Field required`;
  const blocks = blocksOf(message.content);
  if (blocks.length === 0 && message.role === 'user') return `${path}: user messages must have non-empty content`;
  if (blocks.length === 0 && !isLast)
    return `${path}: all messages must have non-empty content except for the optional final assistant message`;
  return blocks
    .map((block, j) => blockRefusal(block, `${path}.content.${j}`, String(message.role)))
    .find((m) => m !== undefined);
}

function blockRefusal(block: unknown, path: string, role: string): string | undefined {
  if (!isObject(block)) return `${path}: Input should be a valid dictionary`;
  switch (block.type) {
    case 'text':
      return textRefusal(block, path);
    case 'thinking':
    case 'redacted_thinking':
      if (role !== 'assistant') return `${path}: thinking blocks may only appear in \`assistant\` messages`;
      if (block.cache_control !== undefined) return `${path}.thinking.cache_control: Extra inputs are not permitted`;
      if (block.type === 'redacted_thinking')
        return typeof block.data === 'string' ? undefined : `${path}.redacted_thinking.data: Field required`;
      if (typeof block.thinking !== 'string') return `${path}.thinking.thinking: Field required`;
      return typeof block.signature === 'string' ? undefined : `${path}.thinking.signature: Field required`;
    case 'tool_use':
      if (role !== 'assistant') return `${path}: \`tool_use\` blocks can only be in \`assistant\` messages`;
      if (!/^[a-zA-Z0-9_-]+$/.test(String(block.id)))
        return `${path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`;
      if (!/^[a-zA-Z0-9_-]{1,200}$/.test(String(block.name)))
        return `${path}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,200}$'`;
      return isObject(block.input) ? undefined : `${path}.tool_use.input: Input should be a valid dictionary`;
    case 'tool_result':
      if (role !== 'user') return `${path}: \`tool_result\` blocks can only be in \`user\` messages`;
      if (typeof block.tool_use_id !== 'string') return `${path}.tool_result.tool_use_id: Field required`;
      return listOf(block.content)
        .map((inner, k) =>
          isObject(inner) && inner.type === 'text' ? textRefusal(inner, `${path}.tool_result.content.${k}`) : undefined,
        )
        .find((m) => m !== undefined);
    case 'image':
    case 'document':
      return isObject(block.source) ? undefined : `${path}.${block.type}.source: Field required`;
    default:
      return `${path}: Input tag '${String(block.type)}' found using 'type' does not match any of the expected tags`;
  }
}

function textRefusal(block: Json, path: string): string | undefined {
  if (typeof block.text !== 'string') return `${path}.text.text: Field required`;
  if (block.text === '' && block.cache_control != null)
    return `${path}.text: cache_control cannot be set for empty text blocks`;
  if (block.text === '') return 'messages: text content blocks must be non-empty';
  return block.text.trim() === '' ? 'messages: text content blocks must contain non-whitespace text' : undefined;
}

// The API takes neighbours of one role for one message.
function mergedMessages(messages: unknown[]): Message[] {
  const out: Message[] = [];
  for (const [at, message] of messages.entries()) {
    if (!isObject(message)) continue;
    const content = blocksOf(message.content).filter(isObject);
    const last = out.at(-1);
    if (last?.role === message.role) last?.content.push(...content);
    else out.push({ role: String(message.role), content, at });
  }
  return out;
}

function prefillRefusal(messages: Message[]): string | undefined {
  const last = messages.at(-1);
  const end = last?.content.at(-1);
  if (last?.role !== 'assistant' || typeof end?.text !== 'string') return undefined;
  return /\s$/.test(end.text) ? 'messages: final assistant content cannot end with trailing whitespace' : undefined;
}

function pairingRefusal(messages: Message[]): string | undefined {
  const known = new Set<string>();
  for (const [i, { role, content, at }] of messages.entries()) {
    if (role === 'assistant') {
      for (const [j, id] of idsIn(content, 'tool_use', 'id').entries()) {
        if (known.has(id)) return `messages.${at}.content.${j}: \`tool_use\` ids must be unique`;
        known.add(id);
      }
      const missing = unanswered(content, messages[i + 1]?.content);
      if (missing.length > 0)
        return `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    } else {
      const fault = resultRefusal(content, messages[i - 1]?.content ?? [], at);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

// Only results at the front of the next message count: what follows other content comes too late.
function unanswered(calls: Json[], next: Json[] | undefined): string[] {
  const end = (next ?? []).findIndex((block) => block.type !== 'tool_result');
  const front = end < 0 ? (next ?? []) : (next ?? []).slice(0, end);
  const results = new Set(idsIn(front, 'tool_result', 'tool_use_id'));
  return idsIn(calls, 'tool_use', 'id').filter((id) => !results.has(id));
}

function resultRefusal(content: Json[], before: Json[], at: number): string | undefined {
  const calls = new Set(idsIn(before, 'tool_use', 'id'));
  const seen = new Set<string>();
  for (const [j, block] of content.entries()) {
    if (block.type !== 'tool_result') continue;
    const id = String(block.tool_use_id);
    if (!calls.has(id))
      return `messages.${at}.content.${j}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    if (seen.has(id))
      return `messages.${at}.content.${j}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`;
    seen.add(id);
  }
  return undefined;
}

function idsIn(content: Json[], type: string, field: string): string[] {
  return content.filter((block) => block.type === type).map((block) => String(block[field]));
}

function thinkingRefusal(body: Json, messages: Message[]): string | undefined {
  const forged = forgedThinking(unitsOf(body));
  if (forged !== undefined)
    return `${forged.replace('[', '.').replace('].', '.').replace('[', '.').replace(']', '')}: Invalid \`signature\` in \`thinking\` block`;
  const last = messages.findLast(({ role }) => role === 'assistant');
  const first = last?.content[0];
  const enabled = isObject(body.thinking) && body.thinking.type === 'enabled';
  if (enabled && messages.at(-1)?.content[0]?.type === 'tool_result' && first?.type === 'tool_use')
    return `messages.${last?.at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`tool_use\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`;
  return undefined;
}
