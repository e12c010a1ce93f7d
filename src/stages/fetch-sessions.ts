// Brings in sessions that others published on `agentmem/sessions`; moves no local branch, and brings back nothing that was removed here.
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { throwIfInterrupted } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { splitLines } from '../base/jsonl.ts';
import { count } from '../base/text.ts';
import type { Emit } from '../domain/emit.ts';
import type { Environment } from '../git/network.ts';
import { listTree, readFiles, type TreeEntry } from '../git/read.ts';
import { fetchRemote, pickRemote } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { readOwnFile } from '../sources/agentmem.ts';
import type { Cache } from '../store/cache.ts';
import type { Layout } from '../store/layout.ts';
import { SESSIONS_BRANCH } from '../store/publication.ts';
import type { Redact } from '../store/redaction.ts';
import { findSessionFile } from '../store/session-files.ts';
import { saveVerbatim } from '../store/verbatim.ts';

export interface FetchRequest {
  layout: Layout;
  repo: Repository;
  redact: Redact;
  memoryBranch: string;
  /** The remote; the one that `pickRemote` finds where not given. */
  remote?: string;
  env: Environment;
  /** Ids of sessions that were removed here. */
  removed: ReadonlyMap<string, string>;
  cache: Cache;
  emit: Emit;
  signal: AbortSignal | undefined;
}

/** What `agent sessions fetch --json` prints. */
export interface FetchReport {
  remote: string;
  /** The commit that was read; null where nobody has published there. */
  commit: string | null;
  imported: number;
  updated: number;
  unchanged: number;
  /** Lines that were stored otherwise than they came, since today's rules found a secret in them. */
  redacted_lines: number;
  skipped: { file: string; line?: number; reason: string }[];
  sessions: string[];
}

/**
 * Fetches the branch and stores its sessions with their ids and bytes. Fetched again, nothing changes. Throws UserError where
 * the server can't be reached, Interrupted between sessions; sessions stored by then stay.
 */
export async function fetchSessions(request: FetchRequest): Promise<FetchReport> {
  const { repo, env, memoryBranch, emit, signal } = request;
  const remote = await pickRemote(repo, memoryBranch, request.remote);
  const branches = { memory: SESSIONS_BRANCH, prefix: SESSIONS_BRANCH };
  const { memory: commit } = await fetchRemote(repo, remote, branches, env);
  const counts = { imported: 0, updated: 0, unchanged: 0, redacted_lines: 0 };
  const report: FetchReport = { remote: remote.name, commit, ...counts, skipped: [], sessions: [] };
  if (commit === null) return report;
  const files = await listTree(repo, commit, 'sessions');
  const transcripts = files.filter(({ path, mode }) => /^[^.]+\/[^/]+\.jsonl$/.test(path) && mode.startsWith('100'));
  const fresh = transcripts.map((file) => copyOf(files, file)).filter((copy) => isFresh(request, copy, report));
  for (let done = 0; done < fresh.length; done += BATCH) {
    await setImmediate();
    throwIfInterrupted(signal);
    const batch = fresh.slice(done, done + BATCH);
    const blobs = await readFiles(
      repo,
      commit,
      batch.flatMap(({ paths }) => paths),
    );
    for (const copy of batch) store(request, copy, blobs, report);
    const total = fresh.length;
    emit({ type: 'progress', stage: 'fetch', done: Math.min(done + BATCH, total), total, unit: 'session' });
  }
  return report;
}

/** A published session: its transcript first, then the files beside it. `key` names their contents. */
interface Copy {
  id: string;
  paths: string[];
  key: string;
}

const BATCH = 16; // sessions that git is asked for at once

function copyOf(files: readonly TreeEntry[], transcript: TreeEntry): Copy {
  const all = [transcript, ...spilledOf(files, transcript)];
  return {
    id: basename(transcript.path, '.jsonl'),
    paths: all.map(({ path }) => path),
    key: all.map(({ oid }) => oid).join('.'),
  };
}

// A copy is known by its blobs, so that an unchanged one is not even read.
function isFresh({ layout, removed, cache }: FetchRequest, { id, paths, key }: Copy, report: FetchReport): boolean {
  const [file = id] = paths;
  if (removed.has(id)) {
    report.skipped.push({ file, reason: 'it was removed here (agent sessions fetch --again brings it back)' });
    return false;
  }
  const settled = cache.get(sha256(key)) === id && findSessionFile(layout, id) !== undefined;
  if (settled) report.unchanged++;
  return !settled;
}

function store(
  { layout, redact, cache }: FetchRequest,
  { id, paths, key }: Copy,
  blobs: ReadonlyMap<string, Buffer>,
  report: FetchReport,
): void {
  const [file = id] = paths;
  const skip = (reason: string, line?: number) =>
    report.skipped.push({ file, ...(line !== undefined && { line }), reason });
  const { header, lines, report: found } = readOwnFile(file, splitLines(blobs.get(file) ?? Buffer.alloc(0)));
  for (const { reason, line } of found.problems) skip(reason, line);
  if (header === undefined) return;
  if (header.session !== id) {
    skip('it holds a session of another name');
    return;
  }
  const folder = file.slice(0, file.lastIndexOf('/'));
  const spilled = (name: string) => blobs.get(`${folder}/${name}`)?.toString('utf8');
  const saved = saveVerbatim(layout, { header, lines, spilled }, { redact });
  report[saved.status]++;
  report.redacted_lines += saved.redacted.length;
  if (saved.status !== 'unchanged') report.sessions.push(id);
  for (const name of saved.missing) skip(`the file ${name} did not come along`);
  if (saved.differing.length > 0)
    skip(`${count(saved.differing.length, 'line')} stored here with other bytes; yours stay`);
  if (saved.missing.length === 0) cache.put(sha256(key), id);
}

function spilledOf(files: readonly TreeEntry[], { path }: TreeEntry): TreeEntry[] {
  const folder = `${path.replace(/\.jsonl$/, '')}.d/`;
  return files.filter((file) => file.path.startsWith(folder) && file.mode.startsWith('100'));
}
