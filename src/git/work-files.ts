// The files of a work tree that git does not ignore, tracked or not; reads the index and the folders, changes neither.
import { Interrupted, UserError } from '../base/errors.ts';
import { runGit } from './invoke.ts';

export interface WorkFiles {
  /** Paths below the folder, with `/`; a tracked file that was deleted is still named. No symbolic links. */
  files: string[];
  /** Submodules and other repositories inside, whose files git does not list. */
  nested: string[];
}

/** What `git ls-files` knows at and below `dir`; null where there is no repository, no git, or git was stopped. */
export async function workFiles(dir: string): Promise<WorkFiles | null> {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--stage', '--exclude-standard'];
    const { code, stdout } = await runGit(dir, args, { allow: [128] });
    return code === 0 ? parseFiles(stdout.toString()) : null;
  } catch (error) {
    // Only a convenience: without git the folders are walked.
    if (error instanceof UserError || error instanceof Interrupted) return null;
    throw error;
  }
}

// Tracked paths carry `<mode> <object> <stage>\t`, others come bare; a nested repository that is not tracked ends in `/`.
function parseFiles(listed: string): WorkFiles {
  const files = new Set<string>();
  const nested = new Set<string>();
  for (const record of listed.split('\0')) {
    const [, mode, tracked] = /^(\d{6}) [0-9a-f]{40,64} [0-3]\t([\s\S]+)$/.exec(record) ?? [];
    const path = tracked ?? record;
    if (path === '' || mode === '120000') continue;
    if (mode === '160000' || path.endsWith('/')) nested.add(path.replace(/\/$/, ''));
    else files.add(path);
  }
  return { files: [...files], nested: [...nested] };
}
