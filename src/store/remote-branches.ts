// What this machine knows of review branches on servers from earlier pushes and looks: a note under state/, never in a commit.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemCode } from '../base/errors.ts';
import { writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';

const noteSchema = z.object({
  remote: z.string(),
  branch: z.string(),
  /** The commit that the server held when somebody last looked. */
  seen: z.string().optional(),
  /** The commit that this machine put there, or found there equal to its own: only that may be replaced. */
  ours: z.string().optional(),
  /** A push was asked for and did not get through. */
  wanted: z.boolean().optional(),
  /** It is gone from the server without having arrived in the memory. */
  dropped: z.boolean().optional(),
});
export type RemoteNote = z.infer<typeof noteSchema>;

/** Every note, by remote and branch. A missing or unreadable file is an empty list: then nothing counts as ours. */
export function readRemoteNotes(layout: Layout): RemoteNote[] {
  try {
    const parsed = z.array(noteSchema).safeParse(JSON.parse(readFileSync(fileOf(layout), 'utf8')));
    return parsed.success ? parsed.data : [];
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The note on one branch; an empty one where there is none. */
export function remoteNote(notes: readonly RemoteNote[], remote: string, branch: string): RemoteNote {
  return notes.find((n) => n.remote === remote && n.branch === branch) ?? { remote, branch };
}

/** Replaces the notes on these branches; one that says nothing is taken out. */
export function writeRemoteNotes(layout: Layout, changed: readonly RemoteNote[]): void {
  const key = (n: RemoteNote) => `${n.remote}\0${n.branch}`;
  const notes = new Map(readRemoteNotes(layout).map((n) => [key(n), n]));
  for (const note of changed) {
    const { remote: _remote, branch: _branch, ...facts } = note;
    if (Object.values(facts).some((fact) => fact !== undefined && fact !== false)) notes.set(key(note), note);
    else notes.delete(key(note));
  }
  const sorted = [...notes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, note]) => note);
  mkdirSync(layout.state, { recursive: true });
  writeAtomic(fileOf(layout), `${JSON.stringify(sorted, null, 1)}\n`);
}

function fileOf(layout: Layout): string {
  return join(layout.state, 'remote-branches.json');
}
