// What files were before and after each commit that touched them; reads history, never the work tree.
import { type CommitInfo, commitsBetween } from './history.ts';
import { assertObjectId } from './paths.ts';
import type { Repository } from './repository.ts';

/** One commit, and the texts of the files that it changed; a file that is not there before or after is missing in that map. */
export interface Version {
  commit: CommitInfo;
  before: ReadonlyMap<string, string>;
  after: ReadonlyMap<string, string>;
}

/** The commits up to `tip` that changed something at or below `folder`, oldest first, merges left out. Three processes in all. */
export async function versionsOf(repo: Repository, tip: string, folder: string): Promise<Version[]> {
  const commits = await commitsBetween(repo, null, tip, [folder]);
  if (commits.length === 0) return [];
  const args = ['diff-tree', '--stdin', '-r', '--raw', '-z', '--root', '--no-renames', '--no-abbrev', '--', folder];
  const { stdout } = await repo.run(args, { input: commits.map((c) => `${c.commit}\n`).join('') });
  const changes = parseRaw(stdout.toString());
  const texts = await blobTexts(repo, [...new Set(changes.flatMap((c) => [c.before, c.after]))]);
  return commits.flatMap((commit): Version[] => {
    const own = changes.filter((c) => c.commit === commit.commit);
    if (own.length === 0) return [];
    const side = (name: 'before' | 'after') =>
      new Map(own.flatMap((c): [string, string][] => [[c.path, texts.get(c[name])]].flatMap(known)));
    return [{ commit, before: side('before'), after: side('after') }];
  });
}

/** Paths that differ between two commits, by path. */
export async function changedPaths(repo: Repository, a: string, b: string): Promise<string[]> {
  assertObjectId(a);
  assertObjectId(b);
  const { stdout } = await repo.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', a, b]);
  const names = stdout.toString().split('\0');
  return names.filter((name) => name !== '').sort((x, y) => (x < y ? -1 : 1));
}

interface RawChange {
  commit: string;
  path: string;
  /** Ids of the blobs; all zeros where there is none. */
  before: string;
  after: string;
}

// `<commit>`, then for each file `:<mode> <mode> <id> <id> <status>` and its path, all ended by NUL.
function parseRaw(output: string): RawChange[] {
  const changes: RawChange[] = [];
  const cells = output.split('\0');
  let commit = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? '';
    const [, before, after] = /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) \w/.exec(cell) ?? [];
    if (before !== undefined && after !== undefined) changes.push({ commit, path: cells[++i] ?? '', before, after });
    else if (cell !== '') commit = cell.trim();
  }
  return changes;
}

// What is no blob here (all zeros, a submodule) is left out.
async function blobTexts(repo: Repository, ids: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const { stdout } = await repo.run(['cat-file', '--batch'], { input: ids.map((id) => `${id}\n`).join('') });
  let at = 0;
  for (const id of ids) {
    const end = stdout.indexOf(10, at);
    const [, type, size] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(stdout.toString('utf8', at, end)) ?? [];
    at = end + 1;
    if (type === undefined) continue; // `<id> missing`
    if (type === 'blob') texts.set(id, stdout.toString('utf8', at, at + Number(size)));
    at += Number(size) + 1;
  }
  return texts;
}

function known([path, text]: (string | undefined)[]): [string, string][] {
  return path === undefined || text === undefined ? [] : [[path, text]];
}
