// What was found in files that belong together, as it is to be stored; looks at what is stored already and writes nothing.
import { existsSync } from 'node:fs';
import type { Header, SessionEvent } from '../../domain/events.ts';
import { type Known, knownOf } from '../../mining/ahead.ts';
import type { FileReport, Found, FoundSession } from '../../sources/source.ts';
import { type SessionSummary, summaryOf } from '../../sources/summary.ts';
import { holdsAll, type StoredSession, storedSession } from '../../store/imported.ts';
import type { Layout } from '../../store/layout.ts';
import type { Redact } from '../../store/redaction.ts';
import { newPath } from '../../store/session-files.ts';
import { storedVerbatim } from '../../store/verbatim.ts';

export interface Preparation {
  layout: Layout;
  by: string | undefined;
  redact: Redact;
  /** Whether what lists and mining know of each session is made as well. */
  ahead: boolean;
}

/** A session that is new, as far as could be seen, or that is stored already with all that was found. */
export interface PreparedSession {
  tool: string;
  at: string | undefined;
  /** Its id is the one that its origin gives it. */
  summary: SessionSummary;
  aliases: string[];
  /** None where there is nothing to store. */
  stored: StoredSession | undefined;
  /** Events of our own format whose lines are stored otherwise than they came. */
  redacted: string[];
  known: Known | undefined;
}

export interface PreparedGroup {
  sessions: PreparedSession[];
  reports: FileReport[];
}

export type GroupAnswer =
  | PreparedGroup
  | { unreadable: string }
  /** Something in it has to be compared with what is stored, or is stored in several files: that is for whoever writes. */
  | { left: Found | undefined };

export function prepareGroup(found: Found, request: Preparation): GroupAnswer {
  const sessions: PreparedSession[] = [];
  for (const session of found.sessions) {
    const prepared = prepare(session, request);
    if (prepared === undefined) return { left: found };
    sessions.push(prepared);
  }
  return { sessions, reports: found.reports };
}

function prepare(session: FoundSession, { layout, by, redact, ahead }: Preparation): PreparedSession | undefined {
  const { verbatim, events, aliases } = session;
  const header = verbatim !== undefined || by === undefined ? session.header : { ...session.header, by };
  const common = {
    tool: header.source.tool,
    at: header.at,
    summary: summaryOf({ ...session, header }),
    aliases,
  };
  const path = newPath(layout, header);
  if (existsSync(path)) {
    const isSame = verbatim === undefined && holdsAll(path, { header, events });
    return isSame ? { ...common, stored: undefined, redacted: [], known: undefined } : undefined;
  }
  const form = formOf(session, header, redact);
  if (form === undefined) return undefined;
  const { stored, redacted } = form;
  const known = ahead ? knownOf(header.session, stored.bytes, form.events) : undefined;
  return { ...common, stored, redacted, known };
}

interface Form {
  stored: StoredSession;
  redacted: string[];
  events?: SessionEvent[];
}

function formOf({ verbatim, events }: FoundSession, header: Header, redact: Redact): Form | undefined {
  if (verbatim !== undefined) return storedVerbatim(verbatim, redact);
  return { ...storedSession({ header, events }, redact), redacted: [] };
}
