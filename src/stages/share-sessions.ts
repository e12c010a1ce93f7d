// Switches how sessions are shared: .gitignore, .gitattributes and config.yaml of the memory, in the work tree; commits nothing.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { isIgnored, isTracked } from '../git/setup.ts';
import { writeAtomic } from '../store/atomic.ts';
import type { Layout } from '../store/layout.ts';
import { attributesWithSharing, configWithSharing, ignoreWithSharing, type SharingMode } from '../store/sharing.ts';

/** What `agent sessions share --json` prints. */
export interface Shared {
  sessions: SharingMode;
  /** Paths below the folder that holds `.agentmem`. */
  changed: string[];
  /** True if git ignores stored transcripts though they are to be committed. */
  ignored: boolean;
  /** True if git tracks transcripts. */
  tracked: boolean;
}

/** Every edit is worked out before the first is written. Throws UserError where config.yaml can't be edited. Run again, it changes nothing. */
export async function switchSharing(request: { layout: Layout; repo: Repository; mode: SharingMode }): Promise<Shared> {
  const { layout, repo, mode } = request;
  const files: [name: string, edit: (text: string, path: string) => string][] = [
    ['config.yaml', (text, path) => configWithSharing(text, mode, path)],
    ['.gitignore', (text) => ignoreWithSharing(text, mode)],
    ['.gitattributes', (text) => attributesWithSharing(text, mode)],
  ];
  const edits = files.flatMap(([name, edit]) => {
    const path = join(layout.dir, name);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const after = edit(before, path);
    return after === before ? [] : [{ name, path, after }];
  });
  for (const { path, after } of edits) writeAtomic(path, after);
  return {
    sessions: mode,
    changed: edits.map(({ name }) => `.agentmem/${name}`),
    ignored: mode === 'commit' && (await isIgnored(repo, layout.sessions)),
    tracked: await isTracked(repo, layout.sessions),
  };
}
