// The project's own context files for a new run, and what people are told of them; reads no file itself.
import { contextFiles } from '../../agent/context-files.ts';
import type { Block } from '../../domain/events.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import type { RunFlags } from './flags.ts';

/** What people keep for agents between the repository's top and the workspace; nothing where flags or settings say so. */
export function projectContext(
  { emit, world }: CommandContext,
  { settings }: Pick<Workspace, 'settings'>,
  flags: Pick<RunFlags, 'context'>,
  { folder, top }: { folder: string; top: string },
): Block[] {
  if (flags.context === false || !settings.context_files) return [];
  const { blocks, files, notes } = contextFiles({ workspace: folder, top, home: world.home });
  if (files.length > 0) emit({ type: 'note', stage: 'run', text: `context files: ${files.join(', ')}` });
  for (const text of notes) emit({ type: 'warning', stage: 'run', text });
  return blocks;
}
