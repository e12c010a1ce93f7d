// A copy of a folder and what it was when it was made, so that changes on either side can be told; follows no link and never writes to the original.
import { createHash } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, UserError } from '../../base/errors.ts';
import { bytes, count } from '../../base/text.ts';

/** A file as it was copied: its hash (of a link: where it leads), and what the file system said of the copy. */
export interface CopiedFile {
  hash: string;
  stamp: string;
}
/** By path below the folder, with `/`. */
export type Manifest = Record<string, CopiedFile>;

/** A file of the copy that is not what it was. */
export interface CopyChange {
  path: string;
  kind: 'added' | 'changed' | 'deleted';
}

const MOST_FILES = 50_000;
const MOST_BYTES = 2_000_000_000;
/** Never copied: git's own files, and the memory, which is read where it lies. */
const LEFT_OUT = new Set(['.git', '.agentmem']);

/** Copies `from` into the new folder `to`. Throws UserError where it is too large or a file cannot be read. */
export async function copyFolder(from: string, to: string): Promise<Manifest> {
  const manifest: Manifest = Object.create(null);
  const total = { files: 0, bytes: 0 };
  try {
    await mkdir(to, { recursive: true });
    for await (const { path, stat } of filesBelow(from, '')) {
      total.bytes += stat.size;
      if (++total.files > MOST_FILES || total.bytes > MOST_BYTES) throw tooLarge(from);
      await copyOne(join(from, path), join(to, path), stat);
      manifest[path] = { hash: (await hashAt(join(to, path))) ?? '', stamp: await stampAt(join(to, path)) };
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError({ what: `the folder cannot be copied (${code})`, where: from });
  }
  return manifest;
}

/** What differs in the copy from what it was, by path. */
export async function changesIn(copy: string, manifest: Manifest): Promise<CopyChange[]> {
  const changes: CopyChange[] = [];
  const seen = new Set<string>();
  for await (const { path } of filesBelow(copy, '')) {
    seen.add(path);
    const before = manifest[path];
    if (before === undefined) changes.push({ path, kind: 'added' });
    else if ((await stampAt(join(copy, path))) !== before.stamp && (await hashAt(join(copy, path))) !== before.hash)
      changes.push({ path, kind: 'changed' });
  }
  for (const path of Object.keys(manifest)) if (!seen.has(path)) changes.push({ path, kind: 'deleted' });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The hash of what lies at a path; undefined where nothing does, or no file. */
export async function hashAt(path: string): Promise<string | undefined> {
  const stat = await lookAt(path);
  if (stat?.isSymbolicLink()) return `link ${await readlink(path)}`;
  if (!stat?.isFile()) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** What the file system says of a file, which changes with every write. */
export async function stampAt(path: string): Promise<string> {
  const stat = await lookAt(path);
  return stat === undefined ? '' : `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}

async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

// Files and links, folder by folder. What is neither (a socket, a device) is no work.
async function* filesBelow(root: string, at: string): AsyncGenerator<{ path: string; stat: Stats }> {
  for (const entry of await readdir(join(root, at), { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name)) continue;
    const path = at === '' ? entry.name : `${at}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else if (entry.isFile() || entry.isSymbolicLink()) yield { path, stat: await lstat(join(root, path)) };
  }
}

async function copyOne(from: string, to: string, stat: Stats): Promise<void> {
  await mkdir(join(to, '..'), { recursive: true });
  if (stat.isSymbolicLink()) return await symlink(await readlink(from), to);
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(to, stat.mode & 0o777);
}

function tooLarge(folder: string): UserError {
  return new UserError({
    what: `the folder holds more than ${count(MOST_FILES, 'file')} or ${bytes(MOST_BYTES)}, too much for a copy`,
    where: folder,
    hint: 'workspace: worktree in the agent’s file, or shared',
  });
}
