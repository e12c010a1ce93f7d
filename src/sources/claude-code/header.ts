// Makes a session's header out of all its records; the same whichever of its files was read first.
import { importedEventId, importedSessionId } from '../../base/ids.ts';
import { clip } from '../../base/text.ts';
import { type Header, type SessionEvent, spokenText, type UserMessage } from '../../domain/events.ts';
import { asObject, asText, type Fields } from '../fields.ts';
import type { OriginFile } from '../source.ts';
import { NO_MODEL } from './assistant.ts';
import { isTitle } from './events.ts';
import type { Line } from './line.ts';

const MAX_PROMPT = 4_000;
const MAX_TITLE = 200;

/** @param id the session's id in Claude Code, see `originId` */
export function headerOf(
  id: string,
  lines: readonly Line[],
  events: readonly SessionEvent[],
  files: readonly OriginFile[],
): Header {
  const at = earliest(lines);
  const version = firstText(lines, (r) => r.version);
  const cwd = firstText(lines, (r) => r.cwd);
  const branch = firstText(lines, (r) => r.gitBranch);
  const model = firstText(lines, modelOf);
  const title = titleOf(lines);
  const prompt = promptOf(events);
  const paths = files.map(({ path, sha256 }) => ({ path, sha256 })).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    id: importedEventId(`claude-code/session/${id}`, 0, at),
    ...(at !== undefined && { at }),
    type: 'session.created',
    version: 1,
    session: importedSessionId('claude-code', id),
    ...(title !== undefined && { title }),
    ...(prompt !== undefined && { task: { prompt } }),
    ...(model !== undefined && { model }),
    ...(cwd !== undefined && { project: projectOf(cwd) }),
    source: { tool: 'claude-code', id, files: paths, ...(version !== undefined && { version }) },
    ...(cwd !== undefined && { cwd }),
    ...(branch !== undefined && { git: { branch } }),
  };
}

/** A project's worktrees count as the project. */
export function projectOf(cwd: string): string {
  return cwd.replace(/[/\\]\.claude[/\\]worktrees[/\\][^/\\]+[/\\]?$/, '') || cwd;
}

/**
 * The id that stands for a session whose records name several: the one of the earliest record. Where a resumed copy
 * gave that record a second name, the id whose records end first is the original.
 */
export function originId(lines: readonly Line[]): string {
  const spans = new Map<string, { first: number; last: number }>();
  for (const { session, at } of lines) {
    const ms = at === undefined ? undefined : Date.parse(at);
    const span = spans.get(session) ?? { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
    if (ms !== undefined) spans.set(session, { first: Math.min(span.first, ms), last: Math.max(span.last, ms) });
    else if (!spans.has(session)) spans.set(session, span);
  }
  const sorted = [...spans].sort(
    ([a, x], [b, y]) => compare(x.first, y.first) || compare(x.last, y.last) || compare(a, b),
  );
  return sorted[0]?.[0] ?? '';
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function earliest(lines: readonly Line[]): string | undefined {
  let found: string | undefined;
  for (const { at } of lines) if (at !== undefined && (found === undefined || at < found)) found = at;
  return found;
}

function firstText(lines: readonly Line[], read: (record: Fields) => unknown): string | undefined {
  for (const line of lines) {
    const text = asText(read(line.record));
    if (text !== undefined) return text;
  }
  return undefined;
}

// Subagents often run on a smaller model: the main thread's is the session's.
function modelOf(record: Fields): string | undefined {
  if (record.type !== 'assistant' || record.isSidechain === true) return undefined;
  const model = asText(asObject(record.message)?.model);
  return model === NO_MODEL ? undefined : model;
}

// A title that a person gave wins over one that was made up; a summary counts only if it sums up this session.
function titleOf(lines: readonly Line[]): string | undefined {
  const last = (read: (line: Line) => unknown): string | undefined =>
    asText(lines.map(read).findLast((v) => asText(v) !== undefined));
  const uuids = new Set(lines.map((line) => line.uuid));
  const title =
    last((line) => (isTitle(line) ? line.record.customTitle : undefined)) ??
    last((line) => (isTitle(line) ? line.record.aiTitle : undefined)) ??
    last(({ kind, record }) =>
      kind === 'summary' && uuids.has(asText(record.leafUuid) ?? '') ? record.summary : undefined,
    );
  return title === undefined ? undefined : clip(title, MAX_TITLE);
}

function promptOf(events: readonly SessionEvent[]): string | undefined {
  for (const event of events) {
    if (!isUserMessage(event) || event.thread !== undefined) continue;
    const said = spokenText(event.content).trim();
    if (said !== '') return clip(said, MAX_PROMPT);
  }
  return undefined;
}

function isUserMessage(event: SessionEvent): event is UserMessage {
  return event.type === 'user.message';
}
