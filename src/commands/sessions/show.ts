// `agent sessions show`: one session as a person reads it; changes nothing but the rebuildable index.
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { findLayout } from '../../store/find-memory.ts';
import { listIndex } from '../../store/session-list.ts';
import { summarize } from '../../store/session-summary.ts';
import { findSession } from '../../store/sessions.ts';
import type { CommandContext } from '../context.ts';
import { type ShowFlags, showSession } from '../show-session.ts';

/** `agent sessions show`. */
export async function show(
  context: CommandContext,
  ref: string | undefined,
  flags: Omit<ShowFlags, 'width'>,
): Promise<number> {
  const { emit, print, signal, world } = context;
  const layout = findLayout(world, context.dir);
  const { id, path, size, mtimeMs } = findSession(await listIndex(layout, emit, { signal }), ref ?? 'last');
  const file = join(layout.sessions, path);
  // Of the one that is shown all is wanted, as it is now.
  const summary = summarize(file);
  if (summary === undefined)
    throw new UserError({ what: 'the transcript has no readable header', where: path, hint: 'agent sessions verify' });
  context.stop();
  showSession(
    print,
    file,
    { id, path, size, mtimeMs, ...summary },
    {
      ...flags,
      // Not a terminal, or one that does not say how wide it is: wide enough to read, narrow enough to paste.
      width: process.stdout.columns || 100,
    },
  );
  return 0;
}
