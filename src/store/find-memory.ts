// Finds the folder of the memory that somebody means; looks for folders and opens no file.
import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { type Layout, layoutOf } from './layout.ts';

/** What names a memory where no folder is named. */
interface Where {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Absolute path of the `.agentmem` folder in use: the one that is named, that AGENTMEM_DIR names, or the nearest at or above the
 * working directory. Throws UserError where there is none.
 */
export function findMemory(world: Where, dirOption?: string): string {
  const named = dirOption ?? (world.env.AGENTMEM_DIR || undefined);
  if (named !== undefined) return namedMemory(resolve(world.cwd, named));
  for (let dir = world.cwd; ; dir = dirname(dir)) {
    const candidate = join(dir, '.agentmem');
    if (isFolder(candidate)) return candidate;
    if (dirname(dir) === dir) break;
  }
  throw new UserError({
    what: 'no .agentmem folder here or in any folder above',
    where: world.cwd,
    hint: 'run `agent init` to make one, or name one with --dir or AGENTMEM_DIR',
  });
}

/** The layout of that memory, for commands that need neither git nor settings. */
export function findLayout(world: Where, dirOption?: string): Layout {
  return layoutOf(findMemory(world, dirOption));
}

function namedMemory(path: string): string {
  if (basename(path) === '.agentmem' && isFolder(path)) return path;
  const inside = join(path, '.agentmem');
  if (isFolder(inside)) return inside;
  throw new UserError({
    what: 'no .agentmem folder there',
    where: path,
    hint: 'run `agent init` in that folder first',
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
