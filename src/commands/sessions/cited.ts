// The lessons that cite stored sessions, for the commands that take sessions away; changes nothing.

import { resolveCommit } from '../../git/refs.ts';
import { type Citation, citations } from '../../learning/citations.ts';
import type { Workspace } from '../../workspace.ts';

/** Every citation, in force or waiting; none while the memory branch has no commit. */
export async function citationsOf({ repo, prefix, settings }: Workspace): Promise<Citation[]> {
  const memory = await resolveCommit(repo, `refs/heads/${settings.memory.branch}`);
  return memory === null ? [] : citations(repo, { prefix, memory, memoryBranch: settings.memory.branch });
}
