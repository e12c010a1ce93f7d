// Turns chat messages in OpenAI's shape into our events; a message that it can't read is kept whole.
import type { Block, SessionEvent } from '../domain/events.ts';
import { asPrompt } from './content.ts';
import { asList, asObject, asText, type Fields, parsedArguments } from './fields.ts';

/**
 * The events of one conversation, in order.
 * @param idAt id of the event at a position; positions count from 0 and do not change when messages are added at the end
 */
export function chatEvents(messages: readonly unknown[], idAt: (position: number) => string): SessionEvent[] {
  const chat: Chat = { idAt, events: [], open: [] };
  for (const value of messages) {
    const message = asObject(value);
    const reader = message && READERS.get(asText(message.role) ?? '');
    if (!message || !reader?.(message, chat)) push(chat, (id) => ({ id, type: 'source.record', record: value }));
  }
  return chat.events;
}

/** A message's text: a string, or the text parts of a list. */
export function plainText(content: unknown): string {
  if (typeof content === 'string') return content;
  return asList(content)
    .flatMap((part) => asText(asObject(part)?.text) ?? [])
    .join('\n');
}

interface Chat {
  idAt: (position: number) => string;
  events: SessionEvent[];
  /** Calls without an answer so far, oldest first. */
  open: { event: string; call: string | undefined; name: string }[];
}

type Reader = (message: Fields, chat: Chat) => boolean;

const readSystem: Reader = (message, chat) => {
  const content = blocksOf(message.content).map(asPrompt);
  push(chat, (id) => ({ id, type: 'system.message', content }));
  return true;
};

const readUser: Reader = (message, chat) => {
  push(chat, (id) => ({ id, type: 'user.message', content: blocksOf(message.content) }));
  return true;
};

const readAssistant: Reader = (message, chat) => {
  const content = blocksOf(message.content);
  const calls = [
    ...asList(message.tool_calls),
    ...(asObject(message.function_call) ? [{ function: message.function_call }] : []),
  ];
  const model = asText(message.model);
  if (content.length === 0 && calls.length === 0) return false;
  if (content.length > 0)
    push(chat, (id) => ({ id, type: 'agent.message', content, ...(model !== undefined && { model }) }));
  for (const call of calls) readCall(call, chat);
  return true;
};

function readCall(value: unknown, chat: Chat): void {
  const [call, made] = [asText(asObject(value)?.id), asObject(asObject(value)?.function)];
  const name = asText(made?.name);
  if (name === undefined) {
    push(chat, (id) => ({ id, type: 'source.record', record: value }));
    return;
  }
  const input = parsedArguments(made?.arguments);
  const event = push(chat, (id) => ({ id, type: 'agent.tool_use', name, input, ...(call !== undefined && { call }) }));
  chat.open.push({ event, call, name });
}

const readTool: Reader = (message, chat) => {
  const call = asText(message.tool_call_id);
  const name = asText(message.name);
  // Ids may be missing or used again later in the conversation: the oldest open call that fits is the one answered.
  let at = chat.open.findIndex((o) => call !== undefined && o.call === call);
  if (at < 0 && call === undefined) at = chat.open.findIndex((o) => name === undefined || o.name === name);
  const [answered] = at < 0 ? [] : chat.open.splice(at, 1);
  const content = blocksOf(message.content);
  const failed = plainText(message.content).startsWith('Error');
  push(chat, (id) => ({
    id,
    type: 'agent.tool_result',
    ...(answered !== undefined && { tool_use_id: answered.event }),
    ...(call !== undefined && { call }),
    content,
    ...(failed && { is_error: true }),
  }));
  return true;
};

const READERS = new Map<string, Reader>([
  ['system', readSystem],
  ['developer', readSystem],
  ['user', readUser],
  ['assistant', readAssistant],
  ['tool', readTool],
  ['function', readTool],
]);

function push(chat: Chat, make: (id: string) => SessionEvent): string {
  const id = chat.idAt(chat.events.length);
  chat.events.push(make(id));
  return id;
}

function blocksOf(content: unknown): Block[] {
  if (content === null || content === undefined || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [{ type: 'json', value: content }];
  return content.map((part): Block => {
    const text = asObject(part)?.text;
    return typeof text === 'string' ? { type: 'text', text } : { type: 'json', value: part };
  });
}
