// Builds commits straight into the object store, one `git fast-import` stream a branch; never touches checkout, index, HEAD, stash or hooks.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { type GitResult, gitFailure } from './invoke.ts';
import { assertObjectId, assertSafePath, foldPath, parentPaths } from './paths.ts';
import { type TreeEntry, treeEntries } from './read.ts';
import { assertMovable, swapBranch } from './refs.ts';
import type { Repository } from './repository.ts';
import { type Identity, signature } from './signature.ts';

export interface NewCommit {
  message: string;
  /** Author and committer both. */
  author: Identity;
  /** Milliseconds since 1970; git keeps whole seconds. Written as UTC. */
  atMs: number;
  /** Whole new contents by path, kept byte for byte (strings as UTF-8); null deletes the file. */
  files: ReadonlyMap<string, string | Buffer | null>;
}

export interface BranchPlan {
  branch: string;
  /** What `branch` must be at now; null: it must not exist. */
  from: string | null;
  /** What the first commit grows from; null makes a root commit. */
  parent: string | null;
  /** May be empty: then the branch is just moved to `parent`. */
  commits: readonly NewCommit[];
}

/**
 * Builds the commits one after another on `parent` and points `branch` at the last by compare-and-swap. The same plan
 * gives the same commit ids on every machine. All or nothing: refusals (branch checked out, moved, locked or in the
 * way of another; a path that is unsafe or a symbolic link, submodule or directory in `parent`) are UserErrors.
 */
export async function buildCommits(repo: Repository, plan: BranchPlan): Promise<{ head: string; commits: string[] }> {
  if (plan.parent !== null) assertObjectId(plan.parent);
  await assertMovable(repo, plan.branch);
  const paths = [...new Set(plan.commits.flatMap((c) => [...c.files.keys()]))].sort((a, b) => (a < b ? -1 : 1));
  assertCompatible(paths);
  const executable = await checkParent(repo, plan.parent, paths);
  const commits =
    plan.commits.length === 0
      ? []
      : await importStream(repo, fastImportStream({ ...plan, executable }), plan.commits.length);
  const head = commits.at(-1) ?? plan.parent;
  if (head === null) throw new Error('neither commits nor a parent: nothing to point the branch at');
  await swapBranch(repo, plan.branch, head, plan.from);
  return { head, commits };
}

/** The input of `git fast-import` that writes the commits and then prints their ids, one a line; pure. `executable` paths keep mode 100755. */
export function fastImportStream(plan: {
  parent: string | null;
  commits: readonly NewCommit[];
  executable: ReadonlySet<string>;
}): Buffer {
  const parts: (string | Buffer)[] = ['feature done\n'];
  plan.commits.forEach((commit, i) => {
    const who = signature(commit.author, commit.atMs);
    parts.push(
      `commit ${SCRATCH}\nmark :${i + 1}\nauthor ${who}\ncommitter ${who}\n`,
      ...data(tidyMessage(commit.message)),
    );
    if (i === 0 && plan.parent !== null) parts.push(`from ${plan.parent}\n`);
    for (const [path, content] of [...commit.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const quoted = `"${path.replaceAll('"', '\\"')}"`;
      if (content === null) parts.push(`D ${quoted}\n`);
      else parts.push(`M ${plan.executable.has(path) ? '100755' : '100644'} inline ${quoted}\n`, ...data(content));
    }
    parts.push('\n');
  });
  parts.push(`reset ${SCRATCH}\n\n`, ...plan.commits.map((_, i) => `get-mark :${i + 1}\n`), 'done\n');
  return Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p) : p)));
}

// The stream needs a ref to commit on. `reset` without `from` empties it again before fast-import ends, so it is never
// written: there is nothing to clean up, a killed run leaves only loose objects, and fast-import's own weaker check
// ("the new tip contains the old one") plays no part. The branch moves afterwards, in one compare-and-swap.
const SCRATCH = 'refs/agentmem/scratch';

function data(content: string | Buffer): (string | Buffer)[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return [`data ${bytes.length}\n`, bytes, '\n'];
}

/** A message as git would tidy it: ends in one line break; NUL would cut it short. */
export function tidyMessage(message: string): string {
  return `${message.replaceAll('\0', '').trimEnd()}\n`;
}

async function importStream(repo: Repository, stream: Buffer, count: number): Promise<string[]> {
  // --done: a stream that was cut off is an error instead of half a history.
  const args = ['fast-import', '--quiet', '--done'];
  const result = await repo.run(args, { input: stream, allow: [1, 128] });
  if (result.code !== 0) {
    removeCrashReport(repo, result);
    throw gitFailure(repo.root, args, result);
  }
  const ids = result.stdout.toString().trim().split('\n');
  if (ids.length !== count) throw new Error(`fast-import named ${ids.length} commits of ${count}`);
  for (const id of ids) assertObjectId(id);
  return ids;
}

// fast-import drops a file with the last commands into the git directory; what matters is in the error already.
function removeCrashReport(repo: Repository, result: GitResult): void {
  const name = /\bfast_import_crash_\d+/.exec(result.stderr)?.[0];
  if (name !== undefined) rmSync(join(repo.gitDir, name), { force: true });
}

// The plan's own paths must be able to lie side by side, also where case and composition of letters don't count.
function assertCompatible(paths: readonly string[]): void {
  const all = new Set(paths);
  const folded = new Map<string, string>();
  for (const path of paths) {
    assertSafePath(path);
    const parent = parentPaths(path).find((p) => all.has(p));
    if (parent !== undefined) throw refused(parent, 'it would be a file and a directory at once');
    const twin = folded.get(foldPath(path));
    if (twin !== undefined) throw refused(path, `on some disks it is the same file as ${twin}`);
    folded.set(foldPath(path), path);
  }
}

// fast-import silently replaces a symbolic link, submodule or file by a directory where a path leads through it.
async function checkParent(repo: Repository, parent: string | null, paths: readonly string[]): Promise<Set<string>> {
  if (parent === null || paths.length === 0) return new Set();
  const tops = [...new Set(paths.map((p) => p.split('/')[0] ?? p))];
  const entries = await treeEntries(repo, parent, tops, ['-r', '-t']);
  const existing = new Map(entries.map((e) => [e.path, e]));
  const folded = new Map(entries.map((e) => [foldPath(e.path), e.path]));
  for (const path of paths) {
    for (const above of parentPaths(path)) refuseUnlessDirectory(existing.get(above));
    refuseUnlessFile(existing.get(path));
    for (const part of [...parentPaths(path), path]) {
      const twin = folded.get(foldPath(part));
      if (twin !== undefined && !existing.has(part))
        throw refused(part, `on some disks it is the same as ${twin}, which exists`);
    }
  }
  return new Set(entries.filter((e) => e.mode === '100755').map((e) => e.path));
}

function refuseUnlessDirectory(entry: TreeEntry | undefined): void {
  if (entry !== undefined && entry.mode !== '040000')
    throw refused(entry.path, `it is a ${kindOf(entry)} there, not a directory`);
}

function refuseUnlessFile(entry: TreeEntry | undefined): void {
  if (entry !== undefined && !entry.mode.startsWith('100'))
    throw refused(entry.path, `it is a ${kindOf(entry)} there, not a file`);
}

function kindOf(entry: TreeEntry): string {
  if (entry.mode === '120000') return 'symbolic link';
  if (entry.mode === '160000') return 'submodule';
  return entry.mode === '040000' ? 'directory' : 'file';
}

function refused(path: string, why: string): UserError {
  return new UserError({ what: `This path can't be written in the repository: ${why}.`, where: JSON.stringify(path) });
}
