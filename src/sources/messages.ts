// Plain chat messages as a source, in OpenAI's or Anthropic's shape, one conversation a line or a file: the way in for everything else.
import { sha256 } from '../base/hash.ts';
import { importedEventId, importedSessionId } from '../base/ids.ts';
import { clip } from '../base/text.ts';
import { type Block, type Header, type SessionEvent, spokenText } from '../domain/events.ts';
import { contentBlocks, partBlocks, sourceImage, textBlocks } from './content.ts';
import { asList, asObject, asText, asTime, type Fields } from './fields.ts';
import { readObjects } from './objects.ts';
import { chatEvents } from './openai-chat.ts';
import { rewardLabel, SessionBuilder } from './session-builder.ts';
import { type FileReport, type FoundSession, noteBad, type OriginFile, type Sample, type Source } from './source.ts';
import { readWholeFiles } from './whole-files.ts';

const FORMAT = 'messages-jsonl';
const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

/** Last in the table: whatever has roles and no format of its own. */
export const messages: Source = {
  tool: 'messages',
  format: FORMAT,
  recognises,
  keys: () => [],
  read: (files) => readWholeFiles(FORMAT, conversationsIn, files),
};

function recognises({ records }: Sample): boolean {
  return records.length > 0 && records.some(isConversation) ? true : records.length > 0 && records.every(isMessage);
}

function isMessage(record: Fields): boolean {
  return ROLES.has(asText(record.role) ?? '') && ('content' in record || 'tool_calls' in record);
}

function isConversation(record: Fields): boolean {
  const said = asList(record.messages);
  return said.length > 0 && said.every((message) => isMessage(asObject(message) ?? {}));
}

// Messages that stand there without a conversation around them are one together.
function* conversationsIn(file: OriginFile, report: FileReport): Generator<FoundSession> {
  const said: Fields[] = [];
  for (const record of readObjects(file.path)) {
    if (record.kind === 'object' && isConversation(record.value)) yield sessionOf(record.value, file);
    else if (record.kind === 'object' && isMessage(record.value)) said.push(record.value);
    else {
      const reason =
        record.kind === 'bad' ? record.reason : 'neither a message with a role nor a conversation with messages';
      noteBad(report, { line: record.line, reason });
    }
  }
  if (said.length > 0) yield sessionOf({ messages: said }, file);
}

function sessionOf(conversation: Fields, file: OriginFile): FoundSession {
  const said = asList(conversation.messages).map((message) => asObject(message) ?? {});
  const id = named(conversation, 'id', 'session_id', 'conversation_id') ?? sha256(JSON.stringify(said)).slice(0, 20);
  const events = isAnthropic(said)
    ? anthropicEvents(id, said)
    : chatEvents(said, (at) => importedEventId(`messages/${id}`, at));
  return { header: headerOf(id, conversation, events, file), events, aliases: [] };
}

function named(record: Fields, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = record[name];
    if (typeof value === 'number' || (typeof value === 'string' && value !== '')) return String(value).slice(0, 200);
  }
  return undefined;
}

function headerOf(id: string, conversation: Fields, events: readonly SessionEvent[], file: OriginFile): Header {
  const task = named(conversation, 'task_id', 'task');
  const model = asText(conversation.model);
  const project = asText(conversation.project);
  const at = asTime(conversation.timestamp) ?? asTime(conversation.created_at);
  const first = events.flatMap((event) =>
    event.type === 'user.message' ? [spokenText((event as { content: Block[] }).content)] : [],
  );
  const prompt = first.find((text) => text.trim() !== '');
  const label = labelOf(conversation);
  return {
    id: importedEventId(`messages/session/${id}`, 0, at),
    ...(at !== undefined && { at }),
    type: 'session.created',
    version: 1,
    session: importedSessionId('messages', id),
    ...((task !== undefined || prompt !== undefined) && {
      task: {
        ...(task !== undefined && { id: task }),
        ...(prompt !== undefined && { prompt: clip(prompt.trim(), 4_000) }),
      },
    }),
    ...(model !== undefined && { model }),
    ...(project !== undefined && { project }),
    source: { tool: 'messages', id, files: [{ path: file.path, sha256: file.sha256 }] },
    ...(label !== undefined && { label }),
  };
}

/** `outcome` pass or fail, `success` true or false, or a `reward` or `score` of which 1 passes. */
function labelOf(conversation: Fields): Header['label'] | undefined {
  const { outcome, success } = conversation;
  if (outcome === 'pass' || outcome === 'fail') return { outcome, name: 'outcome' };
  if (typeof success === 'boolean') return { outcome: success ? 'pass' : 'fail', name: 'success' };
  return rewardLabel(conversation.reward, 'reward') ?? rewardLabel(conversation.score, 'score');
}

function isAnthropic(said: readonly Fields[]): boolean {
  const kinds = said.flatMap(({ content }) => asList(content).map((part) => asObject(part)?.type));
  return kinds.some((kind) => kind === 'tool_use' || kind === 'tool_result' || kind === 'thinking');
}

function anthropicEvents(id: string, said: readonly Fields[]): SessionEvent[] {
  const builder = new SessionBuilder('messages', id);
  for (const [at, message] of said.entries()) {
    builder.begin(`${at}`, asTime(message.timestamp));
    const parts =
      typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : asList(message.content);
    for (const part of parts) readPart(builder, message.role, part);
  }
  return builder.events;
}

function readPart(builder: SessionBuilder, role: unknown, value: unknown): void {
  const part = asObject(value);
  const name = asText(part?.name);
  if (part?.type === 'tool_use' && name !== undefined) builder.call(name, part.input ?? {}, asText(part.id));
  else if (part?.type === 'tool_result')
    builder.result(
      contentBlocks(part.content, sourceImage),
      { call: asText(part.tool_use_id) },
      { failed: part.is_error === true },
    );
  else if (part !== undefined && (part.type === 'thinking' || part.type === 'redacted_thinking'))
    builder.add({ type: 'agent.thinking', content: [{ ...part, type: part.type }] });
  else if (role === 'assistant') builder.add({ type: 'agent.message', content: partBlocks(value, sourceImage) });
  else if (role === 'user') builder.add({ type: 'user.message', content: partBlocks(value, sourceImage) });
  else if (typeof part?.text === 'string')
    builder.add({ type: 'system.message', content: textBlocks(part.text, 'system-prompt') });
  else builder.keep(value);
}
