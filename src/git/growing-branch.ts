// A branch to which files are added a few megabytes a commit, without a checkout; knows no path's meaning and deletes nothing.
import { createHash } from 'node:crypto';
import { buildCommits } from './fast-import.ts';
import { listTree, readFiles } from './read.ts';
import type { Repository } from './repository.ts';
import type { Identity } from './signature.ts';

export interface GrowingBranch {
  /** The last commit; null while there is none. */
  head: () => string | null;
  /** Every path with the id of its blob, those that wait for the next commit included. */
  oids: ReadonlyMap<string, string>;
  /** Contents of regular files at or below the paths, as they will be after the next commit. */
  read: (paths: readonly string[]) => Promise<Map<string, Buffer>>;
  /** Adds files to the next commit, which is made at once when it is large enough. `note` becomes a line of its message. */
  put: (files: ReadonlyMap<string, Buffer>, note?: string) => Promise<void>;
  /** Commits what waits, and moves the branch to where it grows from even if nothing does. */
  flush: () => Promise<void>;
}

const BATCH = 16 * 2 ** 20; // bytes a commit: git's stream is built in memory
const MOST_NOTES = 50;

/**
 * Grows `branch`, which is at `local` now (null: not there), from `base` (null: from nothing); what `local` has beyond `base`
 * is the caller's to add. Throws as `buildCommits` does, with everything committed before left in place.
 */
export async function growBranch(
  repo: Repository,
  plan: { branch: string; local: string | null; base: string | null; subject: string; who: Identity; now: () => Date },
): Promise<GrowingBranch> {
  const { branch, base, subject, who, now } = plan;
  const entries = base === null ? [] : await listTree(repo, base, '');
  const oids = new Map(entries.map(({ path, oid }) => [path, oid]));
  let [at, head] = [plan.local, base];
  let waiting = new Map<string, Buffer>();
  let notes: string[] = [];
  const flush = async () => {
    if (waiting.size === 0 && head === at) return;
    const shown = notes.length > MOST_NOTES ? [...notes.slice(0, MOST_NOTES), '…'] : notes;
    const message = [subject, '', ...shown].join('\n');
    const commits = waiting.size === 0 ? [] : [{ message, author: who, atMs: now().getTime(), files: waiting }];
    if (commits.length === 0 && head === null) return;
    at = head = (await buildCommits(repo, { branch, from: at, parent: head, commits })).head;
    waiting = new Map();
    notes = [];
  };
  return {
    head: () => head,
    oids,
    read: async (paths) => {
      const found = head === null ? new Map<string, Buffer>() : await readFiles(repo, head, paths);
      for (const [path, bytes] of waiting)
        if (paths.some((p) => path === p || path.startsWith(`${p}/`))) found.set(path, bytes);
      return found;
    },
    put: async (files, note) => {
      for (const [path, bytes] of files) {
        waiting.set(path, bytes);
        oids.set(path, blobId(repo, bytes));
      }
      if (note !== undefined) notes.push(note);
      const size = [...waiting.values()].reduce((sum, bytes) => sum + bytes.length, 0);
      if (size >= BATCH) await flush();
    },
    flush,
  };
}

/** The id that git gives to a file of these bytes. */
export function blobId(repo: Pick<Repository, 'objectFormat'>, bytes: Buffer): string {
  return createHash(repo.objectFormat).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
