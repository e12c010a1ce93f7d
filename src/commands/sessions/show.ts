// `agent sessions show`: one session as a person reads it; changes nothing.
import { join } from 'node:path';
import { openIndex } from '../../store/session-index.ts';
import { findSession } from '../../store/sessions.ts';
import type { CommandContext } from '../context.ts';
import { showSession } from '../show-session.ts';

/** `agent sessions show`. */
export async function show(
  context: CommandContext,
  ref: string | undefined,
  flags: { thread?: string; full?: boolean; json?: boolean },
): Promise<number> {
  const { layout } = await context.open();
  const session = findSession(openIndex(layout, context.emit), ref ?? 'last');
  context.stop();
  showSession(context.print, join(layout.sessions, session.path), session, flags);
  return 0;
}
