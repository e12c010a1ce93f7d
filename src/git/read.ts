// Reads files and differences out of commits; never looks at the work tree or the index, except to list what is dirty.
import { UserError } from '../base/errors.ts';
import { assertObjectId } from './paths.ts';
import type { Repository } from './repository.ts';

export interface TreeEntry {
  path: string;
  /** `100644`, `100755`, `120000` (symbolic link), `160000` (submodule); `040000` only where directories were asked for. */
  mode: string;
  oid: string;
}

/** What lies at and below `path` in `commit`, by path; '' is the whole tree. Nothing there gives an empty list. */
export async function listTree(repo: Repository, commit: string, path: string): Promise<TreeEntry[]> {
  return treeEntries(repo, commit, path === '' ? [] : [path], ['-r']);
}

/**
 * The bytes of the regular files of `commit` at or below `paths` (one, or several; '' for all). Paths that aren't
 * there, symbolic links and submodules are left out. Two processes, however many files.
 */
export async function readFiles(
  repo: Repository,
  commit: string,
  paths: string | readonly string[],
): Promise<Map<string, Buffer>> {
  const wanted = typeof paths === 'string' ? (paths === '' ? [] : [paths]) : [...paths];
  if (typeof paths !== 'string' && wanted.length === 0) return new Map();
  const entries = (await treeEntries(repo, commit, wanted, ['-r'])).filter((e) => e.mode.startsWith('100'));
  if (entries.length === 0) return new Map();
  const { stdout } = await repo.run(['cat-file', '--batch'], { input: entries.map((e) => `${e.oid}\n`).join('') });
  const blobs = splitBatch(stdout);
  return new Map(entries.map((entry, i) => [entry.path, blobs[i] ?? Buffer.alloc(0)]));
}

/** Unified diff from `a` (null: from nothing) to `b`, over `paths` or everything, the same on every machine. Empty where nothing differs. */
export async function diffText(
  repo: Repository,
  a: string | null,
  b: string,
  paths: readonly string[] = [],
): Promise<string> {
  const from = a ?? EMPTY_TREE[repo.objectFormat];
  assertObjectId(from);
  assertObjectId(b);
  assertAskable(paths);
  const plain = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--src-prefix=a/', '--dst-prefix=b/'];
  const { stdout } = await repo.run(['diff-tree', '-r', '-p', '-U3', ...plain, from, b, '--', ...paths]);
  return stdout.toString();
}

/** Paths at or below `prefix` ('' for all) with staged, unstaged or untracked changes, by path; empty in a bare repository. */
export async function dirtyPaths(repo: Repository, prefix: string): Promise<string[]> {
  if (repo.bare) return [];
  assertAskable([prefix]);
  const args = [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    '--no-renames',
    '--',
    ...(prefix === '' ? [] : [prefix]),
  ];
  const { stdout } = await repo.run(args);
  const cells = stdout.toString().split('\0');
  return sorted(cells.filter((c) => c.length > 3).map((c) => c.slice(3)));
}

/** Throws UserError that names some of them where there are changes at or below `prefix`. */
export async function refuseChanges(repo: Repository, prefix: string): Promise<void> {
  const dirty = await dirtyPaths(repo, prefix);
  if (dirty.length === 0) return;
  throw new UserError({
    what: `${prefix}/ has changes that are not committed: ${dirty.slice(0, 5).join(', ')}${dirty.length > 5 ? ', …' : ''}`,
    hint: `commit or stash them first: git add ${prefix} && git commit`,
  });
}

/** Entries of `commit` at and below `paths` (none: everything); `flags` as for ls-tree. */
export async function treeEntries(
  repo: Repository,
  commit: string,
  paths: readonly string[],
  flags: readonly string[],
): Promise<TreeEntry[]> {
  assertObjectId(commit);
  assertAskable(paths);
  // A very long list would not fit on a command line; then everything is listed and the caller's paths picked out.
  const fits = paths.reduce((sum, p) => sum + Buffer.byteLength(p) + 1, 0) < 60_000;
  const { stdout } = await repo.run(['ls-tree', ...flags, '-z', '--full-tree', commit, '--', ...(fits ? paths : [])]);
  const entries = stdout
    .toString()
    .split('\0')
    .flatMap((line) => {
      const [, mode = '', oid = '', path = ''] = /^(\d+) \S+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      return path === '' ? [] : [{ path, mode, oid }];
    });
  const kept = fits ? entries : entries.filter((e) => paths.some((p) => e.path === p || e.path.startsWith(`${p}/`)));
  return kept.sort((x, y) => (x.path < y.path ? -1 : 1));
}

// For reading, a name may be as odd as somebody once committed it; but a command line can't carry NUL.
function assertAskable(paths: readonly string[]): void {
  const bad = paths.find((path) => path.includes('\0'));
  if (bad !== undefined) throw new UserError({ what: 'A path has a NUL character in it.', where: JSON.stringify(bad) });
}

// Output of `cat-file --batch`: `<oid> <type> <size>\n`, as many bytes, `\n`.
function splitBatch(output: Buffer): Buffer[] {
  const blobs: Buffer[] = [];
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    const header = output.toString('utf8', at, end);
    const size = Number(/^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1] ?? Number.NaN);
    if (Number.isNaN(size)) throw new Error(`git cat-file answered "${header}" for a blob of a tree`);
    blobs.push(output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return blobs;
}

function sorted(paths: string[]): string[] {
  return [...new Set(paths)].sort((a, b) => (a < b ? -1 : 1));
}

const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};
