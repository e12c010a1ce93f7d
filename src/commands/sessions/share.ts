// `agent sessions share`: how sessions are shared; edits one line of config.yaml and our own of .gitignore, and commits nothing.
import { type Shared, switchSharing } from '../../stages/share-sessions.ts';
import type { SharingMode } from '../../store/sharing.ts';
import type { CommandContext } from '../context.ts';

/** Without a mode it says which is set. */
export async function share(
  context: CommandContext,
  mode: SharingMode | undefined,
  flags: { json?: boolean },
): Promise<number> {
  const { layout, repo, settings } = await context.open();
  const { print } = context;
  context.stop();
  if (mode === undefined) {
    if (flags.json) print.json({ sessions: settings.sessions, changed: [] });
    else print.line(settings.sessions);
    print.next('next: agent sessions share <ignore|commit|branch>');
    return 0;
  }
  const shared = await switchSharing({ layout, repo, mode });
  if (flags.json) print.json(shared);
  else {
    for (const path of shared.changed) print.line(`changed ${path}`);
    print.line(shared.changed.length === 0 ? `sessions: ${mode}, as before` : `sessions: ${mode}`);
  }
  warn(context, shared);
  print.next(nextStep(mode, shared));
  return 0;
}

/** What to type after a switch. */
export function nextStep(mode: SharingMode, { changed, tracked }: Shared): string {
  const untrack = mode !== 'commit' && tracked ? 'git rm -r -q --cached .agentmem/sessions && ' : '';
  const commit = `${untrack}git add .agentmem && git commit -m "Share agent sessions: ${mode}"`;
  const then = mode === 'branch' ? 'agent sessions publish --push' : 'agent status';
  return changed.length === 0 && untrack === '' ? `next: ${then}` : `next: ${commit}   then: ${then}`;
}

function warn({ emit }: CommandContext, { ignored, tracked, sessions: mode }: Shared): void {
  const say = (text: string) => emit({ type: 'warning', stage: 'share', text });
  if (mode === 'commit' && ignored)
    say('this repository ignores .agentmem/sessions elsewhere; take it out of that .gitignore');
  if (mode !== 'commit' && tracked)
    say('sessions are in git already: taking them out of the next commit does not take them out of its history');
}
