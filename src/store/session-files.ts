// Where transcripts lie under sessions/; looks and computes paths, opens and changes nothing.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { byCodeUnit } from '../base/collections.ts';
import { systemCode } from '../base/errors.ts';
import type { Layout } from './layout.ts';

/** Where a session of this id lies, if it is stored; `at` only says where to look first. */
export function findSessionFile(layout: Layout, id: string, at?: string): string | undefined {
  const name = fileNameOf(id);
  const likely = join(folderOf(layout, at), name);
  if (existsSync(likely)) return likely;
  for (const folder of sessionFolders(layout)) {
    const path = join(layout.sessions, folder, name);
    if (existsSync(path)) return path;
  }
  return undefined;
}

/** Where a new session belongs: `sessions/YYYY/MM/<id>.jsonl` by its time in UTC, or `sessions/undated/<id>.jsonl`. */
export function newPath(layout: Layout, header: { session: string; at?: string | undefined }): string {
  return join(folderOf(layout, header.at), fileNameOf(header.session));
}

function fileNameOf(id: string): string {
  // Ids are made by base/ids.ts; anything else reaching a path would be a bug, and a dangerous one.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id)) throw new Error(`not a session id: ${JSON.stringify(id)}`);
  return `${id}.jsonl`;
}

function folderOf(layout: Layout, at: string | undefined): string {
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  const iso = Number.isNaN(ms) ? '' : new Date(ms).toISOString();
  return /^\d{4}-/.test(iso)
    ? join(layout.sessions, iso.slice(0, 4), iso.slice(5, 7))
    : join(layout.sessions, 'undated');
}

/** Every transcript, as `YYYY/MM/<id>.jsonl` or `undated/<id>.jsonl` with `/`, sorted. Lock files and spilled output are none. */
export function sessionPaths(layout: Layout): string[] {
  return sessionFolders(layout).flatMap((folder) =>
    names(join(layout.sessions, folder))
      .filter(isTranscript)
      .map((name) => `${folder}/${name}`),
  );
}

/** Whether a file of this name, in a folder of sessions, is a transcript. */
export function isTranscript(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}\.jsonl$/.test(name);
}

/** The folders that transcripts lie in, relative to sessions/, sorted; `undated` need not be there. */
export function sessionFolders(layout: Layout): string[] {
  const years = names(layout.sessions).filter((name) => /^\d{4}$/.test(name));
  const months = years.flatMap((year) =>
    names(join(layout.sessions, year))
      .filter((name) => /^\d{2}$/.test(name))
      .map((month) => `${year}/${month}`),
  );
  return [...months, 'undated'];
}

/** What lies in a folder, sorted; nothing where there is none. */
export function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort(byCodeUnit);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
