// `agent sessions search`: finds text in what is stored; changes nothing.
import { searchSessions } from '../../store/search.ts';
import { openIndex } from '../../store/session-index.ts';
import type { CommandContext } from '../context.ts';

/** `agent sessions search`: exit code 1 where nothing is found. */
export async function search(
  context: CommandContext,
  text: string,
  flags: { limit: number; json?: boolean },
): Promise<number> {
  const { layout } = await context.open();
  const { print, emit } = context;
  const hits = [];
  for (const hit of searchSessions(layout.sessions, openIndex(layout, emit), text)) {
    hits.push(hit);
    if (hits.length === flags.limit) break;
  }
  context.stop();
  if (flags.json) print.json(hits);
  else
    for (const hit of hits)
      print.line(
        `${hit.session}:${hit.line} ${print.paint.dim(hit.type)} ${print.outside(hit.snippet).replace(/\s+/g, ' ')}`,
      );
  if (hits.length === 0 && !flags.json) print.line('not found');
  return hits.length > 0 ? 0 : 1;
}
