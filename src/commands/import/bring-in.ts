// One round of `agent import`: reads the paths into the memory, and tells what came of it; chooses no path.
import { count } from '../../base/text.ts';
import type { Emit } from '../../domain/emit.ts';
import type { OriginFile } from '../../sources/source.ts';
import type { ImportReport } from '../../stages/import/contract.ts';
import { importSessions } from '../../stages/import.ts';
import type { Cache } from '../../store/cache.ts';
import { forgetRemoved, readRemoved } from '../../store/removal.ts';
import type { Workspace } from '../../workspace.ts';
import type { Printer } from '../print.ts';

export interface BringIn {
  paths: readonly string[];
  cache: Cache;
  emit: Emit;
  signal: AbortSignal;
  /** Brings back what was removed here, too. */
  again: boolean;
  /** Stands in for hashing files that have not changed since it last did. */
  hash?: (path: string) => OriginFile;
  /** Threads that read. */
  jobs: number;
}

/** Imports once. Throws as `importSessions` does. */
export async function bringIn({ layout, by, redact, settings }: Workspace, request: BringIn): Promise<ImportReport> {
  const { again, ...rest } = request;
  const { rules } = settings.redaction;
  const removed = again ? undefined : readRemoved(layout);
  const report = await importSessions({ layout, by, redact, rules, ...rest, ...(removed && { removed }) });
  if (again)
    forgetRemoved(
      layout,
      report.sessions.map((session) => session.id),
    );
  return report;
}

/** What was imported, and up to ten reasons for what was not. */
export function printReport(print: Printer, report: ImportReport, verbose: boolean): void {
  const errors = report.sessions.reduce((sum, s) => sum + s.tool_errors, 0);
  const calls = report.sessions.reduce((sum, s) => sum + s.tool_calls, 0);
  print.line(`${count(report.imported, 'session')} imported, ${report.updated} updated, ${report.unchanged} unchanged`);
  print.line(`${count(report.files.length, 'file')}, ${count(calls, 'tool call')}, ${count(errors, 'tool error')}`);
  const shown = verbose ? report.skipped : report.skipped.slice(0, 10);
  if (report.skipped.length > 0)
    print.line(`skipped ${count(report.skipped.length, 'file or line', 'files or lines')}:`);
  for (const skipped of shown) print.line(`  ${print.outside(skippedText(skipped))}`);
  if (shown.length < report.skipped.length)
    print.line(`  … and ${report.skipped.length - shown.length} more (--verbose names them)`);
}

/** Where something was left out, and why. */
export function skippedText({ file, line, reason }: ImportReport['skipped'][number]): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${reason}`;
}
