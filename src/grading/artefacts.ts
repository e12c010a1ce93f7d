// Lays out what a session made, as it was kept, in a folder of its own for grading; changes nothing of what was kept.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { type Artefacts, artefactsSchema } from '../domain/artefacts.ts';
import type { SessionEvent } from '../domain/events.ts';
import { restoreTree } from '../git/keep-tree.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { copiesAt, restoreCopies } from '../store/artefacts.ts';
import { isHeader } from '../store/transcript-read.ts';

/** A folder with the artefacts until it is closed; `folder` is undefined, with the reason, where there are none to be had. */
export interface OpenArtefacts {
  folder: string | undefined;
  why?: string;
  close(): void;
}

/** The artefacts of a stored session: its tree is looked for in the repository of the memory (`root`), then where it worked. */
export async function artefactsOf(
  events: readonly SessionEvent[],
  { sessionFile, root }: { sessionFile: string; root: string },
): Promise<OpenArtefacts> {
  const kept = keptArtefacts(events);
  if (kept?.tree === undefined) return await openArtefacts(kept, { sessionFile, repo: null });
  let opened: OpenArtefacts | undefined;
  for (const folder of new Set([root, ...ownFolder(events)])) {
    opened = await openArtefacts(kept, { sessionFile, repo: await repositoryAt(folder) });
    if (opened.folder !== undefined) break;
  }
  return opened ?? (await openArtefacts(kept, { sessionFile, repo: null }));
}

/** What the events say was kept; the last word counts. */
export function keptArtefacts(events: Iterable<SessionEvent>): Artefacts | undefined {
  let kept: Artefacts | undefined;
  for (const event of events) {
    if (event.type !== 'session.updated' || !('artefacts' in event)) continue;
    const parsed = artefactsSchema.safeParse(event.artefacts); // streaming readers check events only lightly
    if (parsed.success) kept = parsed.data;
  }
  return kept;
}

/** Gives kept artefacts back into a temporary folder. `repo` is the repository that was worked in, where it is still there. */
export async function openArtefacts(
  kept: Artefacts | undefined,
  place: { sessionFile: string; repo: Repository | null },
): Promise<OpenArtefacts> {
  const { tree, copy } = kept ?? {};
  const without = (why: string): OpenArtefacts => ({ folder: undefined, why, close: () => {} });
  if (tree === undefined && copy === undefined) return without('no artefacts of this session were kept');
  const folder = mkdtempSync(join(tmpdir(), 'agentmem-artefacts-'));
  const close = () => rmSync(folder, { recursive: true, force: true });
  try {
    const why = await layOut(folder, { tree, copy }, place);
    if (why === undefined) return { folder, close };
    close();
    return without(why);
  } catch (error) {
    close();
    throw error;
  }
}

// Only our own transcripts are believed about where they worked: git reads the configuration of any folder it is sent to.
function ownFolder(events: readonly SessionEvent[]): string[] {
  const header = events.find(isHeader);
  return header?.source.tool === 'agentmem' && header.cwd !== undefined ? [header.cwd] : [];
}

async function repositoryAt(folder: string): Promise<Repository | null> {
  try {
    return await openRepository(folder);
  } catch (error) {
    if (error instanceof UserError) return null; // somebody else's folder, or no git: the tree is not to be had there
    throw error;
  }
}

// The reason where it could not be done.
async function layOut(
  folder: string,
  { tree, copy }: { tree: string | undefined; copy: string | undefined },
  { sessionFile, repo }: { sessionFile: string; repo: Repository | null },
): Promise<string | undefined> {
  if (copy !== undefined) {
    const from = copiesAt(sessionFile, copy);
    if (from === undefined) return 'the copies of what this session made are not here';
    restoreCopies(from, folder);
    return undefined;
  }
  if (tree === undefined || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(tree)) return 'no tree of this session was kept';
  if (repo === null) return 'the repository that this session worked in is not here';
  try {
    await restoreTree(repo, tree, folder);
    return undefined;
  } catch (error) {
    // A transcript that came from another machine names a tree that only that machine has.
    if (error instanceof UserError)
      return `what this session made is not in the repository here (${error.problem.what})`;
    throw error;
  }
}
