// Keeps what a run made: a tree in the repository that it worked in, or copies beside the transcript; changes nothing in the workspace.
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Artefacts } from '../../domain/artefacts.ts';
import { keepTree } from '../../git/keep-tree.ts';
import { mayBeInRepository, openRepository } from '../../git/repository.ts';
import { keepCopies, snapshotFolder } from '../../store/artefacts.ts';
import type { Workspace } from '../../workspace.ts';

/** Looks at the workspace before the work, where it must be known what changes; what it hands back keeps what is there at the end. */
export async function artefactKeeper(
  { layout, redact }: Workspace,
  folder: string,
): Promise<(session: string, path: string) => Promise<Artefacts | undefined>> {
  const repo = mayBeInRepository(folder) ? await openRepository(folder) : null;
  if (repo === null || repo.bare) {
    const before = snapshotFolder(folder);
    return async (_session, transcript) => keepCopies({ folder, before, transcript, redact });
  }
  const memory = relative(repo.root, realpathSync(layout.dir)).split(sep).join('/');
  const without = memory.startsWith('..') ? [] : [memory];
  return async (session) => await keepTree(repo, { folder, session, without });
}
