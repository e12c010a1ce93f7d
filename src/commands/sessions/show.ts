// `agent sessions show`: one session as a person reads it; changes nothing.
import { join } from 'node:path';
import { openIndex } from '../../store/session-index.ts';
import { findSession } from '../../store/sessions.ts';
import type { CommandContext } from '../context.ts';
import { type ShowFlags, showSession } from '../show-session.ts';

/** `agent sessions show`. */
export async function show(
  context: CommandContext,
  ref: string | undefined,
  flags: Omit<ShowFlags, 'width'>,
): Promise<number> {
  const { layout } = await context.open();
  const session = findSession(openIndex(layout, context.emit), ref ?? 'last');
  context.stop();
  showSession(context.print, join(layout.sessions, session.path), session, {
    ...flags,
    // Not a terminal, or one that does not say how wide it is: wide enough to read, narrow enough to paste.
    width: process.stdout.columns || 100,
  });
  return 0;
}
