// `agent sessions list`: stored sessions, newest first, one a row; changes nothing but the rebuildable index.
import { join } from 'node:path';
import { clip } from '../../base/text.ts';
import { searchSessions } from '../../store/search.ts';
import { type IndexEntry, openIndex } from '../../store/session-index.ts';
import { readHeader } from '../../store/transcript-read.ts';
import type { CommandContext } from '../context.ts';
import { type SelectionFlags, select } from '../selection.ts';

/** `agent sessions list`. */
export async function list(
  context: CommandContext,
  flags: SelectionFlags & { text?: string; json?: boolean },
): Promise<number> {
  const { layout } = await context.open();
  const { print, emit, world } = context;
  const chosen = select(openIndex(layout, emit), flags, world.now());
  const sessions = flags.text === undefined ? chosen : holding(layout.sessions, chosen, flags.text);
  context.stop();
  if (flags.json) print.json(sessions.map((session) => withHeader(layout.sessions, session)));
  else if (sessions.length === 0) print.line('no stored session fits');
  else print.table(['session', 'day', 'from', 'outcome', 'calls', 'errors', 'title'], sessions.map(row));
  print.next(sessions.length > 0 ? 'next: agent sessions show <id>' : 'next: agent import');
  return 0;
}

function holding(folder: string, sessions: IndexEntry[], text: string): IndexEntry[] {
  return sessions.filter((session) => searchSessions(folder, [session], text).next().done === false);
}

// The stored header with what the index knows beside it; `id` is what every command takes, so it names the session here.
function withHeader(folder: string, session: IndexEntry): object {
  return { ...readHeader(join(folder, session.path)), ...session, session: session.id };
}

function row(session: IndexEntry): string[] {
  const { counts } = session;
  const day = session.at?.slice(0, 10) ?? '';
  const title = session.title ?? session.task?.prompt ?? '';
  return [
    session.id,
    day,
    session.source.tool,
    session.outcome ?? '',
    String(counts.tool_calls),
    String(counts.tool_errors),
    clip(title.replace(/\s+/g, ' '), 60),
  ];
}
