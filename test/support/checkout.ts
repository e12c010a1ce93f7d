// What of a repository is a person's own, as hashes: nothing that agent does beside the checkout may change any of it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

// Everything in .git that is not ours to compare (objects, refs, our fetches), and what the product keeps for itself.
const OWN =
  /^(\.git\/(?!(HEAD|index|ORIG_HEAD|MERGE_HEAD|REBASE_HEAD|AUTO_MERGE|logs\/HEAD|logs\/refs\/stash|refs\/stash|rebase-merge\/|rebase-apply\/))|\.agentmem\/(sessions|state|cache)\/)/;

/** HEAD and its log, index bytes, stash, a stopped rebase or merge, and each file outside our own state: path → SHA-256. */
export function fingerprint(repo: string): Record<string, string> {
  const files = readdirSync(repo, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repo, join(entry.parentPath, entry.name)))
    .filter((path) => !OWN.test(path));
  const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(files.sort().map((path) => [path, hash(join(repo, path))]));
}
