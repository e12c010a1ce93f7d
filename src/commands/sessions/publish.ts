// `agent sessions publish`: puts stored sessions on the branch agentmem/sessions; pushes only when told to.
import { canonicalJson, sha256 } from '../../base/hash.ts';
import { count } from '../../base/text.ts';
import { VERSION } from '../../base/version.ts';
import { type PublishReport, publishSessions } from '../../stages/publish-sessions.ts';
import { openLogCache } from '../../store/log-cache.ts';
import { openIndex } from '../../store/session-index.ts';
import { reviewer } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { select } from '../selection.ts';

interface Flags {
  push?: string | true;
  sessions?: string[];
  json?: boolean;
}

export async function publish(context: CommandContext, flags: Flags): Promise<number> {
  const workspace = await context.open();
  const { layout, repo, settings, redact } = workspace;
  const { world, emit, signal, print } = context;
  const chosen = select(
    openIndex(layout, emit),
    flags.sessions === undefined ? {} : { sessions: flags.sessions },
    world.now(),
  );
  const who = await reviewer(workspace);
  const report = await publishSessions({
    layout,
    repo,
    sessions: chosen,
    redact,
    rules: sha256(canonicalJson([settings.redaction.rules, VERSION])),
    who: { name: who.name, email: who.email },
    now: world.now,
    memoryBranch: settings.memory.branch,
    ...(flags.push !== undefined && { push: flags.push === true ? null : flags.push }),
    env: world.env,
    cache: openLogCache(layout.cache, 'published', 1),
    emit,
    signal,
  });
  context.stop();
  if (flags.json) print.json(report);
  else printReport(context, report);
  if (settings.sessions !== 'branch')
    print.next('note: `agent sessions share branch` tells everybody that this is how sessions are shared');
  print.next(
    report.pushed === null ? 'next: agent sessions publish --push' : 'next: on another machine: agent sessions fetch',
  );
  return 0;
}

function printReport({ print }: CommandContext, report: PublishReport): void {
  const { published, grown, unchanged, branch, head, pushed } = report;
  print.line(`${count(published, 'session')} published, ${grown} grown, ${unchanged} unchanged`);
  if (head !== null) print.line(`${branch} is at ${head.slice(0, 8)}`);
  if (pushed !== null) print.line(`${print.outside(pushed.remote)}: ${pushed.result}`);
  if (report.redacted_lines > 0)
    print.line(
      `${count(report.redacted_lines, 'line')} redacted that are not redacted here: evidence that cites them does not resolve elsewhere (agent sessions redact --all)`,
    );
  for (const { session, reason } of report.left_out) print.line(`  ${session}: left out: ${print.outside(reason)}`);
}
