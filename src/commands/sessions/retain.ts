// `agent sessions retain`: warns about old sessions, and removes those that were warned about long enough and that nothing cites.
import { count } from '../../base/text.ts';
import { dropTree } from '../../git/keep-tree.ts';
import { finishRemovals, forgetExtracts, removeSession } from '../../store/removal.ts';
import { planRetention, type RetentionPlan, readWarnings, recordWarnings } from '../../store/retention.ts';
import { openIndex } from '../../store/session-index.ts';
import type { CommandContext } from '../context.ts';
import { citationsOf } from './cited.ts';

export async function retain(context: CommandContext, flags: { dryRun?: boolean; json?: boolean }): Promise<number> {
  const workspace = await context.open();
  const { layout, settings } = workspace;
  const { world, emit, print } = context;
  const now = world.now();
  const cited = new Set((await citationsOf(workspace)).map(({ session }) => session));
  const plan = planRetention(openIndex(layout, emit), settings.retention, { warned: readWarnings(layout), cited, now });
  if (!flags.dryRun) {
    for (const session of plan.remove) removeSession(layout, session, now.toISOString());
    for (const { id } of plan.remove) await dropTree(workspace.repo, id);
    finishRemovals(layout);
    recordWarnings(layout, plan, now);
    if (plan.remove.length > 0) {
      forgetExtracts(layout);
      openIndex(layout, emit);
    }
  }
  context.stop();
  if (flags.json) print.json(asJson(plan, flags.dryRun === true));
  else show(context, plan, flags.dryRun === true);
  if (plan.warn.length + plan.waiting.length > 0)
    print.next('next: agent sessions export <id>   (what you want to keep), or set retention in .agentmem/config.yaml');
  else print.next('next: agent sessions list');
  return 0;
}

function asJson({ warn, waiting, remove, cited, undated }: RetentionPlan, dryRun: boolean): object {
  const dated = (list: RetentionPlan['warn']) => list.map(({ session, from }) => ({ session: session.id, from }));
  const ids = (list: RetentionPlan['remove']) => list.map(({ id }) => id);
  return {
    dry_run: dryRun,
    warned: dated(warn),
    waiting: dated(waiting),
    removed: ids(remove),
    cited: ids(cited),
    undated,
  };
}

function show(
  { print }: CommandContext,
  { warn, waiting, remove, cited, undated }: RetentionPlan,
  dryRun: boolean,
): void {
  for (const { session, from } of [...warn, ...waiting])
    print.line(`${session.id} goes on ${from.slice(0, 10)} or later`);
  for (const { id } of remove) print.line(`${dryRun ? 'would remove' : 'removed'} ${id}`);
  for (const { id } of cited) print.line(`${id} stays: a lesson cites it`);
  if (undated > 0) print.line(`${count(undated, 'session')} without a date: kept`);
  if (warn.length + waiting.length + remove.length + cited.length === 0)
    print.line('no session is older than retention.sessions');
}
