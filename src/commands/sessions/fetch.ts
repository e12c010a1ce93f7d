// `agent sessions fetch`: brings in what others published on agentmem/sessions; moves no branch of yours.
import { count } from '../../base/text.ts';
import { fetchSessions } from '../../stages/fetch-sessions.ts';
import { openLogCache } from '../../store/log-cache.ts';
import { forgetRemoved, readRemoved } from '../../store/removal.ts';
import type { CommandContext } from '../context.ts';

export async function fetch(
  context: CommandContext,
  remote: string | undefined,
  flags: { again?: boolean; json?: boolean },
): Promise<number> {
  const { layout, repo, settings, redact } = await context.open();
  const { world, emit, signal, print } = context;
  const report = await fetchSessions({
    layout,
    repo,
    redact,
    memoryBranch: settings.memory.branch,
    ...(remote !== undefined && { remote }),
    env: world.env,
    removed: flags.again ? new Map() : readRemoved(layout),
    cache: openLogCache(layout.cache, 'fetched', 1),
    emit,
    signal,
  });
  if (flags.again) forgetRemoved(layout, report.sessions);
  context.stop();
  if (flags.json) print.json(report);
  else {
    if (report.commit === null) print.line(`nobody has published sessions on ${print.outside(report.remote)}`);
    else
      print.line(
        `${count(report.imported, 'session')} imported, ${report.updated} updated, ${report.unchanged} unchanged`,
      );
    if (report.redacted_lines > 0)
      print.line(
        `${count(report.redacted_lines, 'line')} redacted on the way in: evidence that cites them reads “mismatch” here`,
      );
    for (const { file, line, reason } of report.skipped)
      print.line(`  ${print.outside(file)}${line === undefined ? '' : `:${line}`}: ${print.outside(reason)}`);
  }
  print.next(report.commit === null ? 'next: agent sessions publish --push' : 'next: agent dream');
  return 0;
}
