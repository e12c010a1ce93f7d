// Keeps what a run made: a tree in the repository that it worked in, or copies beside the transcript; changes nothing in the workspace.
import { existsSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Artefacts } from '../../domain/artefacts.ts';
import { keepTree } from '../../git/keep-tree.ts';
import { mayBeInRepository, openRepository } from '../../git/repository.ts';
import { keepCopies, snapshotFolder } from '../../store/artefacts.ts';
import type { Workspace } from '../../workspace.ts';
import { cacheFolder, type World } from '../../world.ts';

/**
 * Looks at the workspace before the work, where it must be known what changes; what it hands back keeps what is there at the end.
 * `begun` is when a session that goes on began: what changed since is its own.
 */
export async function artefactKeeper(
  { layout, redact, world }: Workspace,
  folder: string,
  begun?: string,
): Promise<(session: string, path: string) => Promise<Artefacts | undefined>> {
  const repo = !isTrialFolder(world, folder) && mayBeInRepository(folder) ? await openRepository(folder) : null;
  if (repo === null || repo.bare) {
    const before = snapshotFolder(folder, begun === undefined ? undefined : Date.parse(begun));
    return async (_session, transcript) =>
      keepCopies({ folder, before, transcript, redact, again: begun !== undefined });
  }
  const memory = relative(repo.root, realpathSync(layout.dir)).split(sep).join('/');
  const without = memory.startsWith('..') ? [] : [memory];
  return async (session) => await keepTree(repo, { folder, session, without });
}

// Such a folder is taken away when the trial has ended, and a repository in it with everything that it keeps.
function isTrialFolder(world: World, folder: string): boolean {
  const trials = trialsOf.get(world) ?? realTrials(world);
  if (trials === undefined) return false;
  trialsOf.set(world, trials);
  return !relative(trials, folder).startsWith('..');
}

function realTrials(world: World): string | undefined {
  const trials = join(cacheFolder(world), 'suites');
  return existsSync(trials) ? realpathSync.native(trials) : undefined;
}

// Once it is there, it stays where it is.
const trialsOf = new WeakMap<World, string>();
