// Where a run works: the folder, the project that it belongs to, and the state of its work tree; changes nothing.
import { mayBeInRepository, openRepository } from '../../git/repository.ts';
import { describeWorkTree } from '../../git/work-tree.ts';

export interface Place {
  folder: string;
  /** What sessions of one project share. */
  project: string;
  /** Top of the repository; the folder itself where there is none. */
  top: string;
  git?: { dirty: boolean };
}

/** Looks at the folder now; `above` as for `mayBeInRepository`. */
export async function placeOf(folder: string, above?: Map<string, boolean>): Promise<Place> {
  const repo = mayBeInRepository(folder, above) ? await openRepository(folder) : null;
  if (repo === null || repo.bare) return { folder, project: folder, top: folder };
  const { project, git } = await describeWorkTree(repo);
  return { folder, project, top: repo.root, git };
}
