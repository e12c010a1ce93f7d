// Sources whose files hold whole sessions: reads file by file and counts what each holds; knows no format and puts no two files together.
import { countSession } from './session-builder.ts';
import { emptyReport, type FileReport, type Found, type FoundSession, type OriginFile } from './source.ts';

/** The sessions of a file, in their order; what of it cannot be taken goes into the report. */
export type SessionsIn = (file: OriginFile, report: FileReport) => Iterable<FoundSession>;

/** Reads every file. The same session twice in one file is one session: counted as it stands first, kept as it stands last. */
export function readWholeFiles(format: string, sessionsIn: SessionsIn, files: readonly OriginFile[]): Found {
  const found: Found = { sessions: [], reports: [] };
  for (const file of files) {
    const report = emptyReport(file.path, format);
    found.reports.push(report);
    const sessions = new Map<string, FoundSession>();
    for (const session of sessionsIn(file, report)) {
      if (!sessions.has(session.header.session)) countSession(session, report);
      sessions.set(session.header.session, session);
    }
    for (const session of sessions.values()) found.sessions.push(session);
  }
  return found;
}
