// `agent sessions search`: finds text in what is stored; changes nothing but the rebuildable cache.
import { findLayout } from '../../store/find-memory.ts';
import type { Hit } from '../../store/search.ts';
import { searchStored } from '../../store/search-stored.ts';
import { listIndex } from '../../store/session-list.ts';
import type { CommandContext } from '../context.ts';

/** `agent sessions search`: exit code 1 where nothing is found. */
export async function search(
  context: CommandContext,
  text: string,
  flags: { limit: number; json?: boolean },
): Promise<number> {
  const { print, emit, signal, world } = context;
  // Without git and settings, which take longer to ask than the rest does.
  const layout = findLayout(world, context.dir);
  const hits: Hit[] = [];
  for (const hit of searchStored(layout, await listIndex(layout, emit, { signal }), text, emit)) {
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
