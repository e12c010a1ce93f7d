// Stores a session that was read from another tool's files: whole if it is new, only what is missing if it is known. Never rewrites an event.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../base/hash.ts';
import { importedEventId } from '../base/ids.ts';
import type { Header, SessionEvent } from '../domain/events.ts';
import { createAtomic, writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';
import type { Redact } from './redaction.ts';
import { findSessionFile, newPath } from './session-files.ts';
import type { SpilledFile } from './spill.ts';
import { openTranscript, storedForm } from './transcript.ts';
import { foldUpdates, isHeader, readTranscript, withFiles } from './transcript-read.ts';

/** A session made from another tool's files; its ids are derived from there, so that importing again gives the same ones. */
export interface ImportedSession {
  header: Header;
  /** All events but the header, in the order of the origin. */
  events: Iterable<SessionEvent>;
}

/** A whole session as it is stored. */
export interface StoredSession {
  /** Of its transcript, in a buffer of their own. */
  bytes: Uint8Array<ArrayBuffer>;
  /** What has to be there before the transcript is. */
  files: SpilledFile[];
}

const WAIT_FOR_WRITER_MS = 10_000;

/**
 * Stores a session. `imported`: it was new. `updated`: events or files of the origin that were not stored yet have been appended.
 * `unchanged`: everything was there, and the file was not touched. Two imports at once end with every event stored once.
 */
export function saveImported(
  layout: Layout,
  imported: ImportedSession,
  options: { redact: Redact },
): 'imported' | 'updated' | 'unchanged' {
  const session: ImportedSession = { header: imported.header, events: [...imported.events] };
  const path = findSessionFile(layout, session.header.session, session.header.at) ?? newPath(layout, session.header);
  if (!existsSync(path) && createAtomic(path, writtenLines(path, session, options.redact))) return 'imported';
  if (missingFrom(path, session).length === 0) return 'unchanged';
  const writer = openTranscript(path, { redact: options.redact, waitMs: WAIT_FOR_WRITER_MS });
  try {
    // Read again: another import may have appended the same events before this one had the lock.
    const missing = missingFrom(path, session);
    for (const event of missing) writer.append(event);
    return missing.length === 0 ? 'unchanged' : 'updated';
  } finally {
    writer.close();
  }
}

/** A new session as `saveImported` stores it, for whoever writes it himself, with its events, one a line. */
export function storedSession(
  session: ImportedSession,
  redact: Redact,
): { stored: StoredSession; events: SessionEvent[] } {
  const forms = [...storedForms(session, redact)];
  const bytes = new TextEncoder().encode(forms.map(({ line }) => line).join(''));
  return {
    stored: { bytes, files: forms.flatMap(({ files }) => files) },
    events: forms.map(({ event }) => event),
  };
}

/** True where a stored transcript lacks nothing of the session. Throws the system error if it can't be read. */
export function holdsAll(path: string, session: ImportedSession): boolean {
  return missingFrom(path, session).length === 0;
}

function* writtenLines(path: string, session: ImportedSession, redact: Redact): Generator<string> {
  for (const { line, files } of storedForms(session, redact)) {
    for (const file of files) writeAtomic(join(dirname(path), file.name), file.text);
    yield line;
  }
}

function* storedForms({ header, events }: ImportedSession, redact: Redact): Generator<ReturnType<typeof storedForm>> {
  const seen = new Set<string>();
  for (const event of [header, ...events]) {
    if (seen.has(event.id)) continue; // the same record in two files of the origin
    seen.add(event.id);
    yield storedForm(event, header.session, redact);
  }
}

// What has to be appended, in order: the header if none can be read, events of unknown id, and news about the source.
function missingFrom(path: string, { header, events }: ImportedSession): SessionEvent[] {
  const ids = new Set<string>();
  const updates: SessionEvent[] = [];
  let stored: Header | undefined;
  for (const line of readTranscript(path)) {
    if (line.kind === 'bad') continue;
    ids.add(line.event.id);
    if (isHeader(line.event)) stored ??= line.event;
    if (line.event.type === 'session.updated') updates.push(line.event);
  }
  const missing: SessionEvent[] = stored === undefined ? [header] : [];
  for (const event of events) {
    if (ids.has(event.id) || event.type === 'session.created') continue;
    ids.add(event.id);
    missing.push(event);
  }
  const update = updateFor(stored ?? header, updates, header);
  return update === undefined || ids.has(update.id) ? missing : [...missing, update];
}

// A file is known by its hash wherever it lies: importing a moved copy changes nothing.
function updateFor(stored: Header, updates: SessionEvent[], fresh: Header): SessionEvent | undefined {
  const known = new Set<string>();
  for (const header of [stored, ...updates.map((update) => foldUpdates(stored, [update]))]) {
    for (const file of header.source.files ?? []) known.add(file.sha256);
  }
  const files = fresh.source.files ?? [];
  if (files.every((file) => known.has(file.sha256))) return undefined;
  const folded = foldUpdates(stored, updates);
  const source = withFiles(folded.source, files);
  const news = {
    source,
    ...(fresh.title !== undefined && fresh.title !== folded.title && { title: fresh.title }),
    ...(fresh.label !== undefined &&
      canonicalJson(fresh.label) !== canonicalJson(folded.label) && { label: fresh.label }),
  };
  return {
    id: importedEventId(`${fresh.session}/updated/${canonicalJson(news)}`, 0),
    type: 'session.updated',
    ...news,
  };
}
