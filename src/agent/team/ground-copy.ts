// A thread's own copy of a folder: made once, compared after each delegation, taken over file by file; overwrites nothing that changed meanwhile.
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { count } from '../../base/text.ts';
import { writeAtomic } from '../../store/atomic.ts';
import { changesIn, copyFolder, type Manifest } from './folder-copy.ts';
import type { GroundOrder, TeamGround } from './ground.ts';
import { takeOver } from './take-over.ts';

const manifestSchema = z.record(z.string(), z.object({ hash: z.string(), stamp: z.string() }));

/** Opens the copy at `place`, or makes it. */
export async function openCopy({ from, thread, before }: GroundOrder, place: string): Promise<TeamGround> {
  const listed = `${place}.json`;
  const known = existsSync(place) ? readManifest(listed) : undefined;
  if (known === undefined) {
    // Without its list, a copy was never whole.
    rmSync(place, { recursive: true, force: true });
    mkdirSync(join(place, '..'), { recursive: true, mode: 0o700 });
  }
  const manifest = known ?? (await copyFolder(from, place));
  const keep = () => writeAtomic(listed, JSON.stringify(manifest));
  if (known === undefined) keep();
  const folder = realpathSync(place);
  const fresh = known === undefined && before?.folder !== undefined;
  return {
    kind: 'copy',
    folder,
    note:
      (fresh ? 'The copy that you worked in before is gone; this is a new one. ' : '') +
      'You work in a copy of the folder: nothing you write is seen by others until it is taken over from you.',
    settle: async () => ({ changed: (await changesIn(folder, manifest)).map(inWords), notes: [] }),
    take: async (paths, into) => {
      const taken = await takeOver({ copy: folder, manifest, into, paths });
      keep();
      return taken;
    },
    close: async () => {
      const left = await changesIn(folder, manifest);
      if (left.length > 0) return [`${thread} changed ${count(left.length, 'file')} that nobody took over: ${folder}`];
      rmSync(folder, { recursive: true, force: true });
      rmSync(listed, { force: true });
      return [];
    },
  };
}

function inWords({ path, kind }: { path: string; kind: string }): string {
  return kind === 'changed' ? path : `${path} (${kind})`;
}

// The list is ours and lies outside of every workspace; one that a crash cut off counts as none.
function readManifest(path: string): Manifest | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? Object.assign(Object.create(null), parsed.data) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
