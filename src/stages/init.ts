// Lays out .agentmem/ in a git repository; never overwrites a file that is there.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { initRepository, openRepository, type Repository } from '../git/repository.ts';
import { isIgnored, memoryBranchOf } from '../git/setup.ts';
import { layoutOf } from '../store/layout.ts';

export interface InitRequest {
  /** The folder that is to hold `.agentmem`. */
  folder: string;
  /** Starter files: path below `.agentmem` → text. */
  files: Map<string, string>;
  /** The branch that is to be in force; found out where not given. */
  branch?: string;
}

export interface InitReport {
  folder: string;
  repository: 'made' | 'found';
  memory_branch: string;
  /** Paths below the folder that were written. */
  made: string[];
  /** Paths below the folder that were there and stay as they are. */
  kept: string[];
  /** True if the surrounding repository ignores `.agentmem`, so that nothing could be committed. */
  ignored: boolean;
}

/** Lays out the starter files that are missing. Run again, it changes nothing. */
export async function initMemory(request: InitRequest): Promise<InitReport> {
  const { folder, files } = request;
  mkdirSync(folder, { recursive: true });
  const found = await openRepository(folder);
  if (found?.bare) {
    throw new UserError({
      what: 'a bare repository has no work tree to lay .agentmem/ out in',
      where: folder,
      hint: 'clone it and run `agent init` in the clone',
    });
  }
  const repo = found ?? (await initRepository(folder, request.branch ?? 'main'));
  const branch = request.branch ?? (await memoryBranchOf(repo));
  const { made, kept } = layOut(folder, withBranch(files, branch));
  return {
    folder,
    repository: found === null ? 'made' : 'found',
    memory_branch: branch,
    made,
    kept,
    ignored: await ignoresMemory(repo, folder),
  };
}

function withBranch(files: Map<string, string>, branch: string): Map<string, string> {
  const config = files.get('config.yaml');
  if (config === undefined) return files;
  return new Map(files).set('config.yaml', config.replace(/^( {2}branch: ).*$/m, `$1${JSON.stringify(branch)}`));
}

function layOut(folder: string, files: Map<string, string>): { made: string[]; kept: string[] } {
  const { dir } = layoutOf(join(folder, '.agentmem'));
  const made: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of files) {
    const target = join(dir, path);
    const shown = `.agentmem/${path}`;
    if (existsSync(target)) {
      kept.push(shown);
      continue;
    }
    mkdirSync(dirname(target), { recursive: true });
    writeNew(target, text);
    made.push(shown);
  }
  return { made, kept };
}

// `wx`: a file that appeared in the meantime is somebody's, and stays.
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    throw new UserError({
      what: `cannot write there: ${systemCode(error) ?? String(error)}`,
      where: path,
      hint: 'check the folder’s permissions and the free space',
    });
  }
}

function ignoresMemory(repo: Repository, folder: string): Promise<boolean> {
  return isIgnored(repo, join(folder, '.agentmem', 'config.yaml'));
}
