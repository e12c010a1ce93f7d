// A model's answer as events, one a block, so that the very same answer can be sent back later; drops nothing but empty text.
import { type Block, type EventDraft, type SessionEvent, spokenText } from '../domain/events.ts';
import { isMcpTool } from '../domain/tool-name.ts';
import type { ApiBlock, ModelAnswer, ModelFailure } from '../model/model.ts';
import { type Redact, redactDeep } from '../store/redaction.ts';

/** The events of an answer in the order of its blocks, `span.model_request_end` last: without it the answer does not count. */
export function answerEvents(answer: ModelAnswer, redact: Redact): EventDraft[] {
  const drafts = answer.content.flatMap((block) => draftOf(block, answer.model));
  // A signature covers what it was made over, so an answer that was redacted must not claim to be the signed one.
  const changed = drafts.some((draft) => redactDeep(redact, draft) !== draft);
  return [...(changed ? drafts.map(unsigned) : drafts), spanEnd(answer)];
}

/** What an answer says to people. */
export function wordsIn(events: readonly SessionEvent[]): string {
  return events
    .flatMap((event) => (event.type === 'agent.message' ? [spokenText(event.content)] : []))
    .join('\n')
    .trim();
}

/** The event that ends a request with an answer. */
export function spanEnd(answer: ModelAnswer): EventDraft {
  const { stopReason, stopDetails, usage, usd, ms, attempts, requestId, model } = answer;
  return {
    type: 'span.model_request_end',
    model,
    stop_reason: stopReason,
    usage: { ...usage },
    ...(usd !== undefined && { cost_usd: usd }),
    ms,
    attempts,
    ...(requestId !== undefined && { request: requestId }),
    ...(stopDetails !== undefined && { stop_details: stopDetails }),
  };
}

/** The event that ends a request without an answer. */
export function failureEvent(failure: ModelFailure, model: string): EventDraft {
  return {
    type: 'span.model_request_end',
    model,
    stop_reason: null,
    failure: failure.failure,
    usage: { ...failure.usage },
    ...(failure.usd !== undefined && { cost_usd: failure.usd }),
    ms: failure.ms,
    attempts: failure.attempts,
    ...(failure.requestId !== undefined && { request: failure.requestId }),
  };
}

function draftOf(block: ApiBlock, model: string): EventDraft[] {
  if (block.type === 'thinking' || block.type === 'redacted_thinking')
    return [{ type: 'agent.thinking', content: [block] }];
  if (block.type === 'tool_use') return [toolUse(block)];
  if (block.type === 'text') {
    if (typeof block.text !== 'string' || block.text === '') return [];
    return [{ type: 'agent.message', content: [{ ...block, type: 'text', text: block.text }], model }];
  }
  const other: Block = { type: 'json', value: block };
  return [{ type: 'agent.message', content: [other], model }];
}

function toolUse(block: ApiBlock): EventDraft {
  const { type: _, id, name, input, ...extra } = block;
  return {
    type: typeof name === 'string' && isMcpTool(name) ? 'agent.mcp_tool_use' : 'agent.tool_use',
    name: typeof name === 'string' ? name : '',
    input: input ?? {},
    call: typeof id === 'string' ? id : '',
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function unsigned(draft: EventDraft): EventDraft {
  if (draft.type !== 'agent.thinking' || !Array.isArray(draft.content)) return draft;
  return { ...draft, content: draft.content.map(withoutSignature) };
}

// A thinking block without a signature is kept for readers and never sent.
function withoutSignature(block: ApiBlock): ApiBlock {
  if (block.type === 'redacted_thinking') return { type: 'thinking', thinking: '' };
  const { signature: _, ...rest } = block;
  return rest;
}
