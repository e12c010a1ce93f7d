// Lists the files below given paths in an order that does not depend on the file system; opens none of them.
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';

export interface Walked {
  /** Regular files, each once, by path in code unit order within a folder. */
  files: string[];
  skipped: { file: string; reason: string }[];
}

/** Folders that hold no transcripts but may hold a great many files. */
const PASSED_OVER = new Set(['.git', 'node_modules']);

/**
 * Every regular file at or below the absolute paths. Links are followed once; what they lead round to again is left out.
 * Throws UserError for a path that does not exist.
 */
export function walk(paths: readonly string[]): Walked {
  const walked: Walked = { files: [], skipped: [] };
  const seen = new Set<string>();
  for (const path of paths) {
    const clean = normalize(path).replace(/(?<=.)[/\\]+$/, '');
    try {
      statSync(clean);
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      throw new UserError({
        what: code === 'ENOENT' ? 'there is no such file or folder' : `it can't be read (${code})`,
        where: clean,
        hint: 'give the path of a transcript or of a folder of transcripts',
      });
    }
    visit(clean, seen, walked);
  }
  return walked;
}

// A stack instead of recursion: a folder tree may be deeper than the call stack.
function visit(start: string, seen: Set<string>, walked: Walked): void {
  const stack = [start];
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    const reason = visitOne(path, seen, walked, stack);
    if (reason !== undefined) walked.skipped.push({ file: path, reason });
  }
}

function visitOne(path: string, seen: Set<string>, walked: Walked, stack: string[]): string | undefined {
  try {
    const real = realpathSync(path);
    if (seen.has(real)) return undefined;
    seen.add(real);
    const stat = statSync(path);
    if (stat.isFile()) walked.files.push(path);
    else if (stat.isDirectory()) stack.push(...children(path, walked).reverse());
    else return 'not a regular file';
    return undefined;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' ? 'a link to nothing' : code === 'ELOOP' ? 'a link to itself' : `unreadable (${code})`;
  }
}

function children(folder: string, walked: Walked): string[] {
  const entries: Dirent[] = readdirSync(folder, { withFileTypes: true });
  const names = entries.map((e) => e.name).sort((a, b) => (a < b ? -1 : 1));
  const all = new Set(names);
  return names.flatMap((name) => {
    // What a transcript of ours spilled comes along with it; by itself it could pass for a transcript of the tool that printed it.
    if (name.endsWith('.d') && all.has(`${name.slice(0, -2)}.jsonl`)) return [];
    if (!PASSED_OVER.has(name)) return [join(folder, name)];
    walked.skipped.push({ file: join(folder, name), reason: 'folders of this name are passed over' });
    return [];
  });
}
