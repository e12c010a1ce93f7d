// A request as the bytes on the wire: the same request and abilities give the same bytes; never changes what it is given.
import type { Abilities } from './capabilities.ts';
import type { ApiBlock, ApiMessage, ModelRequest } from './model.ts';

/** The body of `POST /v1/messages`, and which abilities it makes use of. */
export interface Wire {
  body: Record<string, unknown>;
  used: Abilities;
}

const EPHEMERAL = { type: 'ephemeral' } as const;

/**
 * Left out is what the server lacks, what the API refuses in any case (empty text, thinking without a signature, messages
 * that are empty then), and thinking where a tool is forced, since the API takes only one of the two.
 */
export function wire(request: ModelRequest, able: Abilities): Wire {
  const forced = able.toolChoice ? request.forceTool : undefined;
  const thinking = request.forceTool === undefined ? thinkingFor(request, able) : undefined;
  const effort = able.effort ? request.effort : undefined;
  const body = {
    model: request.model,
    max_tokens: request.maxTokens,
    ...(thinking !== undefined && { thinking }),
    ...(effort !== undefined && { output_config: { effort } }),
    ...(forced !== undefined && { tool_choice: { type: 'tool', name: forced } }),
    ...toolsOf(request, able.caching),
    ...systemOf(request, able.caching),
    messages: messagesOf(request.messages, able.caching),
    stream: true,
  };
  return {
    body,
    used: {
      thinking: thinking === undefined ? 'none' : able.thinking,
      effort: effort !== undefined,
      caching: able.caching,
      toolChoice: forced !== undefined,
    },
  };
}

const LEAST_BUDGET = 1024;
const MOST_BUDGET = 16_000;

// The budget counts towards max_tokens and must be less, so half of it is left for the answer.
function thinkingFor(request: ModelRequest, able: Abilities): Record<string, unknown> | undefined {
  const { thinking, maxTokens, messages } = request;
  if (!thinking || able.thinking === 'none') return undefined;
  if (able.thinking === 'adaptive') return { type: 'adaptive' };
  if (lacksThinking(messages)) return undefined;
  const budget = Math.min(MOST_BUDGET, Math.floor(maxTokens / 2));
  return budget < LEAST_BUDGET ? undefined : { type: 'enabled', budget_tokens: budget };
}

// Models with a budget refuse calls that no thinking led to (it was let go, or they thought of none) until their turn is over.
function lacksThinking(messages: readonly ApiMessage[]): boolean {
  if (messages.at(-1)?.content[0]?.type !== 'tool_result') return false;
  const first = messages.findLast(({ role }) => role === 'assistant')?.content.find(sendable);
  return first?.type !== 'thinking' && first?.type !== 'redacted_thinking';
}

// The cached prefix runs tools, system, messages: a mark on the system prompt covers the tools as well.
function toolsOf({ tools, system }: ModelRequest, caching: boolean): Record<string, unknown> {
  if (tools.length === 0) return {};
  const marked = caching && !system.some((text) => !isBlank(text));
  return {
    tools: tools.map(({ name, description, input_schema }, at) => ({
      name,
      description,
      input_schema,
      ...(marked && at === tools.length - 1 && { cache_control: EPHEMERAL }),
    })),
  };
}

function systemOf({ system }: ModelRequest, caching: boolean): Record<string, unknown> {
  const texts = system.filter((text) => !isBlank(text));
  if (texts.length === 0) return {};
  return {
    system: texts.map((text, at) => ({
      type: 'text',
      text,
      ...(caching && at === texts.length - 1 && { cache_control: EPHEMERAL }),
    })),
  };
}

/**
 * The last two messages of the user carry a mark: what the one before last marked is read from the cache, the last one writes
 * the cache that the next request reads. With the one on system or tools that makes three of the four that the API allows.
 */
function messagesOf(messages: readonly ApiMessage[], caching: boolean): ApiMessage[] {
  const sent = messages.flatMap((message) => {
    const content = message.content.filter(sendable);
    return content.length === 0 ? [] : [{ role: message.role, content }];
  });
  if (!caching) return sent;
  const marked = sent
    .map((message, at) => (message.role === 'user' && message.content.some(markable) ? at : -1))
    .filter((at) => at >= 0)
    .slice(-2);
  return sent.map((message, at) =>
    marked.includes(at) ? { ...message, content: withMark(message.content) } : message,
  );
}

function withMark(content: ApiBlock[]): ApiBlock[] {
  const last = content.findLastIndex(markable);
  return content.map((block, at) => (at === last ? { ...block, cache_control: EPHEMERAL } : block));
}

function sendable(block: ApiBlock): boolean {
  if (block.type === 'text') return typeof block.text !== 'string' || !isBlank(block.text);
  if (block.type === 'thinking') return typeof block.signature === 'string' && block.signature !== '';
  return true;
}

function markable(block: ApiBlock): boolean {
  return ['text', 'image', 'document', 'search_result', 'tool_result', 'tool_use'].includes(block.type);
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}
