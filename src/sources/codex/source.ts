// Codex rollouts as a source, with and without the `payload` envelope: recognises its files and tells which session they are.
import { asObject, asText, asTime, type Fields } from '../fields.ts';
import { type FileRecord, lineSource } from '../line-files.ts';
import { SessionBuilder } from '../session-builder.ts';
import type { FoundSession, OriginFile, Sample } from '../source.ts';
import { type Facts, readItem } from './items.ts';

const ENVELOPES = new Set(['session_meta', 'response_item', 'event_msg', 'turn_context', 'compacted']);

export const codex = lineSource({ tool: 'codex', format: 'codex-rollout-jsonl', recognises, idIn, session });

function recognises({ shape, records }: Sample): boolean {
  return shape === 'lines' && records.some((record) => isWrapped(record) || isOldBeginning(record));
}

function isWrapped(record: Fields): boolean {
  return ENVELOPES.has(asText(record.type) ?? '') && asObject(record.payload) !== undefined;
}

// Before there were envelopes the first line was the session's own record, and the others were the API's items.
function isOldBeginning(record: Fields): boolean {
  const named = record.type === undefined && asText(record.id) !== undefined;
  return named && asTime(record.timestamp) !== undefined && 'instructions' in record;
}

function idIn(records: readonly Fields[]): string | undefined {
  for (const value of records) {
    const meta = value.type === 'session_meta' ? asObject(value.payload) : isOldBeginning(value) ? value : undefined;
    const id = asText(meta?.id);
    if (id !== undefined) return id;
  }
  return undefined;
}

function session(id: string, records: readonly FileRecord[], files: readonly OriginFile[]): FoundSession {
  const builder = new SessionBuilder('codex', id);
  const facts: Facts = { said: saidIn(records) };
  for (const { value, key } of records) {
    const wrapped = isWrapped(value);
    const item = wrapped ? (asObject(value.payload) ?? {}) : value;
    builder.begin(key, asTime(value.timestamp));
    readItem(builder, facts, wrapped ? (asText(value.type) ?? '') : oldKind(value), item);
  }
  return builder.finish(files, facts);
}

function oldKind(record: Fields): string {
  if (isOldBeginning(record)) return 'session_meta';
  return record.record_type === undefined ? 'response_item' : 'state';
}

// Messages and reasoning stand twice in a rollout: as the API's items and as events for the screen. The items count.
function saidIn(records: readonly FileRecord[]): Facts['said'] {
  const said = { user: false, assistant: false, reasoning: false };
  for (const { value } of records) {
    if (value.type === 'event_msg') continue;
    const item = asObject(value.payload) ?? value;
    if (item.type === 'reasoning') said.reasoning = true;
    if (item.type === 'message' && (item.role === 'user' || item.role === 'assistant')) said[item.role] = true;
  }
  return said;
}
