// Keeps the files of a work tree as a tree object, and gives them back into a folder; never touches index, HEAD or work tree, and runs no filter.
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { assertSafeBranch, assertSafePath } from './paths.ts';
import { readFiles, treeEntries } from './read.ts';
import type { Repository } from './repository.ts';

/** What was kept: the tree of the folder, how many files it holds, and how many files of the folder it does not. */
export interface KeptTree {
  tree: string;
  files: number;
  skipped: number;
}

export interface KeepOrder {
  /** A folder of the work tree, with links resolved; its files are kept. */
  folder: string;
  /** Under this name a ref protects the tree from git's own tidying. */
  session: string;
  /** Paths below the repository's top that are left out, with all that is below them. */
  without?: readonly string[];
  /** Larger files that git does not hold already are left out; 5 MB by default. */
  maxBytes?: number;
}

const REFS = 'refs/agentmem/artefacts/';
const MOST_BYTES = 5_000_000;

/** Keeps what lies in the folder now: tracked files as they are on the disk, and others that git does not ignore. */
export async function keepTree(repo: Repository, order: KeepOrder): Promise<KeptTree> {
  const ref = refOf(order.session);
  const aside = await asideIndex(repo);
  try {
    const skipped = await takeIn(aside, repo, order);
    const prefix = relative(repo.root, order.folder).split(sep).join('/');
    if (prefix.startsWith('..')) throw new Error(`${order.folder} lies outside ${repo.root}`);
    const tree = await treeOf(aside, prefix);
    await repo.run(['update-ref', ref, tree]);
    const kept = (await treeEntries(repo, tree, [], ['-r'])).filter((entry) => entry.mode.startsWith('100'));
    return { tree, files: kept.length, skipped };
  } finally {
    aside.remove();
  }
}

/**
 * Writes the files of a kept tree, or of a commit, into a folder that is empty or not there. Links and submodules are not written,
 * nor what lies at or below `without`.
 */
export async function restoreTree(
  repo: Repository,
  tree: string,
  folder: string,
  { without }: { without?: string } = {},
): Promise<{ files: number }> {
  const left = (path: string) => without !== undefined && (path === without || path.startsWith(`${without}/`));
  const entries = (await treeEntries(repo, tree, [], ['-r'])).filter(
    ({ mode, path }) => mode.startsWith('100') && !left(path),
  );
  for (let at = 0; at < entries.length; at += FILES_AT_ONCE) {
    const part = entries.slice(at, at + FILES_AT_ONCE);
    const contents = await readFiles(
      repo,
      tree,
      part.map((entry) => entry.path),
    );
    for (const { path, mode } of part) {
      assertSafePath(path);
      const bytes = contents.get(path);
      if (bytes === undefined) continue;
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes, { flag: 'wx' });
      if (mode === '100755') chmodSync(file, 0o755);
    }
  }
  return { files: entries.length };
}

/** Lets go of what was kept of a session; false if nothing was. */
export async function dropTree(repo: Repository, session: string): Promise<boolean> {
  const ref = refOf(session);
  const { code } = await repo.run(['show-ref', '--verify', '--quiet', ref], { allow: [1, 128] });
  if (code !== 0) return false;
  await repo.run(['update-ref', '-d', ref]);
  return true;
}

const FILES_AT_ONCE = 500;

function refOf(session: string): string {
  assertSafeBranch(session);
  if (session.includes('/')) throw new UserError({ what: 'This is no id of a session.', where: session });
  return REFS + session;
}

interface Aside {
  run: Repository['run'];
  remove(): void;
}

// A git directory of its own that shares the objects, as those of linked work trees do: it has an index that is nobody's.
async function asideIndex(repo: Repository): Promise<Aside> {
  const dir = mkdtempSync(join(tmpdir(), 'agentmem-index-'));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  try {
    writeFileSync(join(dir, 'HEAD'), 'ref: refs/heads/none\n');
    writeFileSync(join(dir, 'commondir'), `${repo.commonDir}\n`);
    // With the person's index git knows which files have not changed, and need not read them.
    for (const name of readdirSync(repo.gitDir)) {
      if (name === 'index' || name.startsWith('sharedindex.')) copyFileSync(join(repo.gitDir, name), join(dir, name));
    }
  } catch (error) {
    remove();
    throw error;
  }
  const aside = { gitDir: dir, workTree: repo.root };
  return { run: (args, options) => repo.run(args, { ...options, aside }), remove };
}

// Brings the index aside up to the folder. Bytes go in as they are: a filter of somebody's configuration would be a program.
async function takeIn(
  aside: Aside,
  repo: Repository,
  { without = [], maxBytes = MOST_BYTES }: KeepOrder,
): Promise<number> {
  const gone = await listed(aside, ['--deleted']);
  const unwanted = await belonging(aside, without);
  const changed = await listed(aside, ['--modified', '--others', '--exclude-standard']);
  const left = (path: string) => without.some((each) => path === each || path.startsWith(`${each}/`));
  const wanted = changed
    .filter((path) => !left(path) && !gone.includes(path))
    .map((path) => describe(repo, path, maxBytes));
  const taken = wanted.flatMap((file) => (file.mode === undefined ? [] : [{ path: file.path, mode: file.mode }]));
  const input = taken.map((file) => `${file.path}\n`).join('');
  const hashing = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
  const hashes = taken.length === 0 ? [] : (await aside.run(hashing, { input })).stdout.toString().trim().split('\n');
  const skipped = wanted.filter((file) => file.mode === undefined);
  const lines = [
    // Of a file that is not taken in, an older text must not stay either.
    ...[...gone, ...unwanted, ...skipped.map((file) => file.path)].map((path) => `0 ${'0'.repeat(40)}\t${path}\0`),
    ...taken.map(({ path, mode }, i) => `${mode} ${hashes[i] ?? ''}\t${path}\0`),
  ];
  if (lines.length > 0) await aside.run(['update-index', '-z', '--index-info'], { input: lines.join('') });
  return skipped.filter((file) => file.counts).length;
}

async function listed(aside: Aside, flags: readonly string[]): Promise<string[]> {
  const { stdout } = await aside.run(['ls-files', '-z', ...flags]);
  return [...new Set(stdout.toString().split('\0'))].filter((path) => path !== '');
}

async function belonging(aside: Aside, without: readonly string[]): Promise<string[]> {
  if (without.length === 0) return [];
  const { stdout } = await aside.run(['ls-files', '-z', '--cached', '--', ...without]);
  return [...new Set(stdout.toString().split('\0'))].filter((path) => path !== '');
}

interface Found {
  path: string;
  /** Absent where the file is not taken in. */
  mode?: string;
  /** True where that is a loss: a file too large, or with a name that can't be stored. */
  counts: boolean;
}

function describe(repo: Repository, path: string, maxBytes: number): Found {
  try {
    const found = lstatSync(join(repo.root, path));
    if (!found.isFile()) return { path, counts: false }; // links, submodules, other repositories
    // A name with a line break can't be told to hash-object.
    if (found.size > maxBytes || path.includes('\n') || path.includes('\r') || path.startsWith('"'))
      return { path, counts: true };
    return { path, counts: false, mode: (found.mode & 0o100) === 0 ? '100644' : '100755' };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return { path, counts: false }; // it went away meanwhile
  }
}

async function treeOf(aside: Aside, prefix: string): Promise<string> {
  // A partial clone has not fetched every object that its index names.
  const flags = ['write-tree', '--missing-ok', ...(prefix === '' ? [] : [`--prefix=${prefix}/`])];
  const { code, stdout } = await aside.run(flags, { allow: [128] });
  if (code === 0) return stdout.toString().trim();
  // A folder without a single file is in no index.
  return (await aside.run(['mktree'])).stdout.toString().trim();
}
