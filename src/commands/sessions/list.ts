// `agent sessions list`: stored sessions, newest first, one a row; changes nothing but the rebuildable index.
import { join } from 'node:path';
import { findLayout } from '../../store/find-memory.ts';
import type { Searched } from '../../store/search-shard.ts';
import { holding } from '../../store/search-stored.ts';
import type { Brief } from '../../store/session-brief.ts';
import type { IndexEntry } from '../../store/session-index.ts';
import { listIndex } from '../../store/session-list.ts';
import type { Findable } from '../../store/sessions.ts';
import { readHeader } from '../../store/transcript-read.ts';
import type { CommandContext } from '../context.ts';
import { type SelectionFlags, select } from '../selection.ts';

/** `agent sessions list`. */
export async function list(
  context: CommandContext,
  flags: SelectionFlags & { text?: string; json?: boolean },
): Promise<number> {
  const { print, emit, signal, world } = context;
  // Without git and settings, which take longer to ask than the rest does.
  const layout = findLayout(world, context.dir);
  const find = <S extends Findable & Searched>(index: readonly S[]): S[] => {
    const chosen = select(index, flags, world.now());
    return flags.text === undefined ? chosen : holding(layout, chosen, flags.text, emit);
  };
  if (flags.json) {
    const { openIndexInThreads } = await import('../../store/session-index.ts');
    const sessions = find(await openIndexInThreads(layout, emit, { signal }));
    context.stop();
    print.json(sessions.map((session) => withHeader(layout.sessions, session)));
    return ended(context, sessions);
  }
  const sessions = find(await listIndex(layout, emit, { signal }));
  context.stop();
  if (sessions.length === 0) print.line('no stored session fits');
  else print.table(['session', 'day', 'from', 'outcome', 'calls', 'errors', 'title'], sessions.map(row));
  return ended(context, sessions);
}

// The stored header with what the index knows beside it; `id` is what every command takes, so it names the session here.
function withHeader(folder: string, session: IndexEntry): object {
  return { ...readHeader(join(folder, session.path)), ...session, session: session.id };
}

function row({ id, at, source, outcome, counts, title }: Brief): string[] {
  const day = at?.slice(0, 10) ?? '';
  return [id, day, source.tool, outcome ?? '', String(counts.tool_calls), String(counts.tool_errors), title];
}

function ended({ print }: CommandContext, sessions: readonly object[]): number {
  print.next(sessions.length > 0 ? 'next: agent sessions show <id>' : 'next: agent import');
  return 0;
}
