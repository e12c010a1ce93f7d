// `agent sessions rm`: removes sessions from this machine for good; refuses those that lessons cite.
import { groupBy } from '../../base/collections.ts';
import { count } from '../../base/text.ts';
import { dropTree } from '../../git/keep-tree.ts';
import { type Citation, lessonsOf } from '../../learning/citations.ts';
import { finishRemovals, forgetExtracts, removeSession } from '../../store/removal.ts';
import { openIndex } from '../../store/session-index.ts';
import type { CommandContext } from '../context.ts';
import { select } from '../selection.ts';
import { citationsOf } from './cited.ts';

interface Flags {
  yes?: boolean;
  force?: boolean;
  json?: boolean;
}

export async function rm(context: CommandContext, ids: string[], flags: Flags): Promise<number> {
  const workspace = await context.open();
  const { layout, settings } = workspace;
  const { world, emit, print } = context;
  const chosen = select(openIndex(layout, emit), { sessions: ids }, world.now());
  const wanted = new Set(chosen.map((session) => session.id));
  const cited = (await citationsOf(workspace)).filter(({ session }) => wanted.has(session));
  const refused = cited.length > 0 && !flags.force;
  const removing = flags.yes === true && !refused;
  if (removing) {
    for (const session of chosen) removeSession(layout, session, world.now().toISOString());
    for (const { id } of chosen) await dropTree(workspace.repo, id);
    finishRemovals(layout);
    forgetExtracts(layout);
    openIndex(layout, emit);
  }
  context.stop();
  const removed = removing ? chosen.map((session) => session.id) : [];
  if (flags.json) print.json({ removed, asked: [...wanted], cited });
  else {
    tellCited(context, cited);
    if (!refused) for (const id of wanted) print.line(`${removing ? 'removed' : 'would remove'} ${id}`);
    else print.line(`nothing is removed: lessons cite ${count(groupBy(cited, (c) => c.session).size, 'session')}`);
  }
  if (removing && settings.sessions !== 'ignore')
    emit({ type: 'warning', stage: 'rm', text: 'what was committed or published before stays in the history of git' });
  print.next(nextStep(refused, removing));
  return refused ? 1 : 0;
}

function nextStep(refused: boolean, removing: boolean): string {
  if (refused)
    return 'next: agent playbooks why <entry>   (or the same with --force --yes: the evidence then reads “not on this machine”)';
  return removing ? 'next: agent sessions list' : 'next: the same with --yes';
}

function tellCited({ print }: CommandContext, cited: readonly Citation[]): void {
  for (const [session, of] of groupBy(cited, (c) => c.session))
    print.line(`${session} is cited by ${print.outside(lessonsOf(of).join(', '))}`);
}
