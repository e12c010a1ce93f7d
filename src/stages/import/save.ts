// Saves what was found in files that belong together, session by session, compared with what is stored already; never rewrites a line.
import { importedEventId } from '../../base/ids.ts';
import { count } from '../../base/text.ts';
import type { GroupMemory } from '../../sources/memory.ts';
import type { Found, FoundSession, OriginFile } from '../../sources/source.ts';
import { summaryOf } from '../../sources/summary.ts';
import { saveImported } from '../../store/imported.ts';
import { findSessionFile } from '../../store/session-files.ts';
import { saveVerbatim, type VerbatimSaved } from '../../store/verbatim.ts';
import type { Run } from './run.ts';

/** Throws UserError where the disk refuses; sessions before that one are stored. */
export function saveFound(files: readonly OriginFile[], found: Found, run: Run): void {
  const sessions: GroupMemory['sessions'] = [];
  let whole = true;
  for (const session of found.sessions) {
    const header = session.verbatim === undefined ? underKnownName(session, run) : session.header;
    const summary = summaryOf({ ...session, header });
    sessions.push({ summary, at: header.at });
    if (run.passedOver(header.session, files)) continue;
    const saved = save(session, header, files, run);
    run.note(summary, saved.status);
    whole &&= saved.whole;
    for (const alias of session.aliases) run.memory.putSession(header.source.tool, alias, header.session);
  }
  run.addReports(found.reports);
  // What did not come along this time may lie there the next time.
  if (whole) run.memory.putGroup(files, { reports: found.reports, sessions });
}

/** The session that an earlier import made of the same conversation under one of these names, if it is stored. */
export function storedUnder(
  tool: string,
  aliases: readonly string[],
  at: string | undefined,
  run: Run,
): string | undefined {
  return aliases
    .map((alias) => run.memory.sessionCalled(tool, alias))
    .find((id) => id !== undefined && findSessionFile(run.request.layout, id, at) !== undefined);
}

/** Says which lines were stored otherwise than they came. */
export function tellRedacted(session: string, redacted: readonly string[], { request, report }: Run): void {
  report.redacted_lines += redacted.length;
  if (redacted.length === 0) return;
  const text = `${count(redacted.length, 'line')} redacted on the way in: evidence that cites them will read “mismatch” here`;
  request.emit({ type: 'warning', stage: 'import', text, where: session });
}

function save(
  session: FoundSession,
  header: FoundSession['header'],
  files: readonly OriginFile[],
  run: Run,
): { status: VerbatimSaved['status']; whole: boolean } {
  const { layout, redact, emit } = run.request;
  if (session.verbatim === undefined)
    return { status: saveImported(layout, { header, events: session.events }, { redact }), whole: true };
  const { status, redacted, differing, missing } = saveVerbatim(layout, session.verbatim, { redact });
  const where = header.session;
  tellRedacted(where, redacted, run);
  if (differing.length > 0) {
    const text = `${count(differing.length, 'line')} stored here with other bytes than in the copy; yours stay`;
    emit({ type: 'warning', stage: 'import', text, where });
  }
  for (const name of missing) run.skip(files[0]?.path ?? where, `the file ${name} did not come along`);
  return { status, whole: missing.length === 0 };
}

// A resumed copy that was imported before its original gave the session its name; the original does not make it a second one.
function underKnownName({ header, aliases }: FoundSession, run: Run): FoundSession['header'] {
  const { layout, by } = run.request;
  const named = by === undefined ? header : { ...header, by };
  if (findSessionFile(layout, header.session, header.at) !== undefined) return named;
  const known = storedUnder(header.source.tool, aliases, header.at, run);
  if (known === undefined) return named;
  return { ...named, id: importedEventId(`session/${known}`, 0, header.at), session: known };
}
