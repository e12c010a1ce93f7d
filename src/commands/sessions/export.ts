// `agent sessions export`: copies sessions into a folder, redacted by today's rules; overwrites nothing.
import { resolve } from 'node:path';
import { count } from '../../base/text.ts';
import { type Exported, exportSession } from '../../store/session-export.ts';
import { openIndex } from '../../store/session-index.ts';
import type { CommandContext } from '../context.ts';
import { select } from '../selection.ts';

export async function exportSessions(
  context: CommandContext,
  ids: string[],
  flags: { out: string; format: 'jsonl' | 'md'; json?: boolean },
): Promise<number> {
  const { layout, redact } = await context.open();
  const { world, emit, print } = context;
  const folder = resolve(world.cwd, flags.out);
  const chosen = select(openIndex(layout, emit), { sessions: ids }, world.now());
  const exported = chosen.map((session) => exportSession(layout, session, { folder, format: flags.format, redact }));
  context.stop();
  if (flags.json) print.json(exported);
  else for (const one of exported) print.line(told(context, one));
  print.next(
    flags.format === 'jsonl' ? `next: elsewhere: agent import ${flags.out}` : 'next: read it before you pass it on',
  );
  return 0;
}

function told({ print }: CommandContext, { files, redacted, left_out }: Exported): string {
  const more = files.length > 1 ? ` and ${count(files.length - 1, 'file')} beside it` : '';
  const changed = redacted > 0 ? `, ${count(redacted, 'line')} redacted` : '';
  const lost =
    left_out > 0
      ? `, ${count(left_out, 'damaged line or missing file', 'damaged lines or missing files')} left out`
      : '';
  return `wrote ${print.outside(files[0] ?? '')}${more}${changed}${lost}`;
}
