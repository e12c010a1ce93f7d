// OpenCode as a source: files that `opencode export` writes, and its storage folder, where sessions, messages and parts are files of their own.
import { basename, dirname } from 'node:path';
import { components } from '../components.ts';
import { readDocument } from '../document.ts';
import { asObject, asText, type Fields } from '../fields.ts';
import { countSession, type HeaderFacts, SessionBuilder } from '../session-builder.ts';
import {
  emptyReport,
  type FileReport,
  type Found,
  type FoundSession,
  noteBad,
  type OriginFile,
  type Sample,
  type Source,
} from '../source.ts';
import { type Message, messagesIn, readMessages, timeAt } from './parts.ts';

const FORMAT = 'opencode';

export const openCode: Source = { tool: 'opencode', format: FORMAT, recognises, keys, read };

type Piece =
  | { kind: 'export'; info: Fields; messages: Message[] }
  | { kind: 'session' | 'message' | 'part'; value: Fields };

function recognises({ head, shape, records }: Sample): boolean {
  const [only] = records;
  if (only !== undefined && records.length === 1) return pieceOf(only) !== undefined;
  // Printed over several lines, so that no line is an object.
  const text = head.toString('utf8', 0, 8192);
  const [, id] = /^\s*\{\s*(?:"info"\s*:\s*\{\s*)?"id"\s*:\s*"((?:ses|msg|prt)_[A-Za-z0-9]{1,60})"/.exec(text) ?? [];
  return shape === 'lines' && id !== undefined;
}

// All files of one storage folder are read together: a part names its message, a message its session, a session its parent.
function keys({ path }: OriginFile, { records }: Sample): string[] {
  const [, storage] = /^(.*[/\\]storage)[/\\](?:session|message|part)[/\\]/.exec(path) ?? [];
  if (storage !== undefined) return [`storage:${storage}`];
  const id = asText(asObject(records[0]?.info)?.id);
  return id === undefined ? [] : [id];
}

function pieceOf(value: Fields): Piece | undefined {
  const info = asObject(value.info);
  if (info !== undefined && Array.isArray(value.messages) && isId(info.id, 'ses'))
    return { kind: 'export', info, messages: messagesIn(value.messages) };
  if (isId(value.id, 'ses') && asObject(value.time) !== undefined) return { kind: 'session', value };
  if (isId(value.id, 'msg') && asText(value.role) !== undefined) return { kind: 'message', value };
  if (isId(value.id, 'prt') && asText(value.messageID) !== undefined) return { kind: 'part', value };
  return undefined;
}

function isId(value: unknown, kind: string): boolean {
  return typeof value === 'string' && value.startsWith(`${kind}_`);
}

interface Session {
  info: Fields;
  messages: Map<string, Fields>;
  files: OriginFile[];
}

interface Pieces {
  sessions: Map<string, Session>;
  parts: Map<string, Map<string, Fields>>;
}

function read(files: readonly OriginFile[]): Found {
  const found: Found = { sessions: [], reports: [] };
  const pieces: Pieces = { sessions: new Map(), parts: new Map() };
  for (const file of files) {
    const report = emptyReport(file.path, FORMAT);
    found.reports.push(report);
    const document = readDocument(file.path);
    const piece = document.kind === 'object' ? pieceOf(document.value) : undefined;
    if (piece !== undefined) take(pieces, piece, file, report);
    else {
      const none = { reason: 'no session, message or part of OpenCode' };
      noteBad(report, document.kind === 'bad' ? document.problem : none);
    }
  }
  const all = [...pieces.sessions].map(([id, session]) => ({ id, parent: asText(session.info.parentID) }));
  const together = components(all, ({ id, parent }) => (parent === undefined ? [id] : [id, parent]));
  for (const group of together) found.sessions.push(sessionOf(group, pieces));
  return found;
}

function take(pieces: Pieces, piece: Piece, file: OriginFile, report: FileReport): void {
  if (piece.kind === 'part') {
    const message = asText(piece.value.messageID) ?? '';
    setIn(pieces.parts, message, asText(piece.value.id) ?? '', piece.value);
    if (piece.value.type === 'tool') countTool(piece.value, report);
    return;
  }
  const info = piece.kind === 'export' ? piece.info : piece.value;
  const id = asText(piece.kind === 'message' ? (info.sessionID ?? basename(dirname(file.path))) : info.id) ?? '';
  const session: Session = pieces.sessions.get(id) ?? { info: {}, messages: new Map(), files: [] };
  pieces.sessions.set(id, session);
  if (piece.kind === 'message') session.messages.set(asText(info.id) ?? '', info);
  else {
    session.info = info;
    session.files.push(file);
  }
  if (piece.kind === 'session') report.sessions++;
  if (piece.kind !== 'export') return;
  for (const { info: message, parts } of piece.messages) {
    session.messages.set(asText(message.id) ?? '', message);
    for (const part of parts)
      setIn(pieces.parts, asText(message.id) ?? '', asText(part.id) ?? JSON.stringify(part), part);
  }
  const builder = new SessionBuilder('opencode', id);
  readMessages(builder, {}, piece.messages);
  countSession(builder.finish([file], {}), report);
}

function setIn(parts: Pieces['parts'], message: string, id: string, part: Fields): void {
  const known = parts.get(message) ?? new Map<string, Fields>();
  parts.set(message, known.set(id, part));
}

function countTool({ state }: Fields, report: FileReport): void {
  const status = asObject(state)?.status;
  report.tool_calls++;
  if (status === 'error') report.tool_errors++;
  else if (status !== 'completed') report.unanswered_calls++;
}

// A session that another one started is a thread of it; ids sort by the time at which they were made.
function sessionOf(
  group: readonly { id: string; parent: string | undefined }[],
  { sessions, parts }: Pieces,
): FoundSession {
  const ids = new Set(group.map(({ id }) => id));
  const main = group.find(({ parent }) => parent === undefined || !ids.has(parent)) ?? group[0];
  const info = sessions.get(main?.id ?? '')?.info ?? {};
  const builder = new SessionBuilder('opencode', main?.id ?? '');
  const cwd = asText(info.directory);
  const facts: HeaderFacts = {
    at: timeAt(asObject(info.time)?.created),
    title: asText(info.title),
    cwd,
    project: cwd,
    version: asText(info.version),
  };
  for (const { id } of [...group].sort((a, b) => Number(b === main) - Number(a === main) || (a.id < b.id ? -1 : 1))) {
    const session = sessions.get(id);
    if (session === undefined) continue;
    const thread = id === main?.id ? undefined : id;
    if (thread !== undefined) {
      builder.begin(`${id} thread`, timeAt(asObject(session.info.time)?.created), thread);
      const title = asText(session.info.title);
      builder.add({ type: 'session.thread_created', ...(title !== undefined && { title }) });
    }
    const messages = [...session.messages].sort(byId).map(([message, value]) => ({
      info: value,
      parts: [...(parts.get(message) ?? [])].sort(byId).map(([, part]) => part),
    }));
    readMessages(builder, facts, messages, thread);
  }
  return builder.finish(
    group.flatMap(({ id }) => sessions.get(id)?.files ?? []),
    facts,
  );
}

function byId([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
