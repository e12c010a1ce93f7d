// The project's own context files for a new run, and what people are told of them; reads no file itself.
import { contextFiles } from '../../agent/context-files.ts';
import type { Block } from '../../domain/events.ts';
import type { Workshop } from './workshop.ts';

/** What people keep for agents between the repository's top and the workspace; nothing where flags or settings say so. */
export function projectContext(
  { context: { emit, world }, options, settings, sayOnce }: Workshop,
  { folder, top }: { folder: string; top: string },
): Block[] {
  if (options.context === false || !settings.context_files) return [];
  const { blocks, files, notes } = contextFiles({ workspace: folder, top, home: world.home });
  if (files.length > 0) emit({ type: 'note', stage: 'run', text: `context files: ${files.join(', ')}` });
  sayOnce(notes);
  return blocks;
}
