// Publishes stored sessions on a branch of their own, redacted by today's rules, without a checkout; what is published never shrinks.
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { throwIfInterrupted, UserError } from '../base/errors.ts';
import { canonicalJson, sha256 } from '../base/hash.ts';
import type { Emit } from '../domain/emit.ts';
import { type GrowingBranch, growBranch } from '../git/growing-branch.ts';
import { isAncestor } from '../git/history.ts';
import type { Environment } from '../git/network.ts';
import { listTree, readFiles } from '../git/read.ts';
import { resolveCommit } from '../git/refs.ts';
import { fetchRemote, type PushResult, pickRemote, pushBranch, type Remote } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import type { Identity } from '../git/signature.ts';
import type { Cache } from '../store/cache.ts';
import type { Layout } from '../store/layout.ts';
import { mergedCopy, publicationOf, SESSIONS_BRANCH } from '../store/publication.ts';
import type { Redact } from '../store/redaction.ts';
import type { IndexEntry } from '../store/session-index.ts';

export interface PublishRequest {
  layout: Layout;
  repo: Repository;
  /** The sessions that may be published. */
  sessions: readonly IndexEntry[];
  redact: Redact;
  /** Names today's rules: with others, every session is looked at again. */
  rules: string;
  who: Identity;
  now: () => Date;
  memoryBranch: string;
  /** The remote to push to (null: the one that `pickRemote` finds); without it nothing leaves this machine. */
  push?: string | null;
  env: Environment;
  cache: Cache;
  emit: Emit;
  signal: AbortSignal | undefined;
}

/** What `agent sessions publish --json` prints. */
export interface PublishReport {
  branch: string;
  head: string | null;
  published: number;
  grown: number;
  unchanged: number;
  /** Lines that are published otherwise than they are stored here. */
  redacted_lines: number;
  /** Damaged lines, and files that lines name and that are gone: neither can be published. */
  left_out: { session: string; reason: string }[];
  pushed: { remote: string; result: PushResult } | null;
}

const TRIES = 3;

/**
 * Adds to `agentmem/sessions` what is new or has grown. With `push`, begins from what the server holds, and tries again
 * where somebody else was faster. Throws UserError where the branch is checked out, is no branch of sessions, or the
 * server can't be reached; what was committed by then stays.
 */
export async function publishSessions(request: PublishRequest): Promise<PublishReport> {
  const { repo, push } = request;
  const remote = push === undefined ? undefined : await pickRemote(repo, request.memoryBranch, push ?? undefined);
  if (remote === undefined) return publishHere(request, `refs/remotes/origin/${SESSIONS_BRANCH}`);
  for (let tries = 1; ; tries++) {
    const seen = await fetched(request, remote);
    const report = await publishHere(request, trackingRef(remote));
    if (report.head === null) return report;
    try {
      const result = await pushBranch(repo, remote, { branch: SESSIONS_BRANCH, commit: report.head }, request.env);
      return { ...report, pushed: { remote: remote.name, result } };
    } catch (error) {
      // Where nobody was faster, it is refused for a reason that trying again does not change.
      if (!(error instanceof UserError) || tries === TRIES || (await fetched(request, remote)) === seen) throw error;
    }
  }
}

async function publishHere(request: PublishRequest, theirs: string): Promise<PublishReport> {
  const { repo, sessions, signal, emit, who, now } = request;
  const local = await resolveCommit(repo, `refs/heads/${SESSIONS_BRANCH}`);
  const there = await resolveCommit(repo, theirs);
  const ahead = there === null || (local !== null && (await isAncestor(repo, there, local)));
  // What others published comes first; what only our branch holds is added to it again.
  const base = ahead ? local : there;
  const branch = await growBranch(repo, { branch: SESSIONS_BRANCH, local, base, subject: SUBJECT, who, now });
  assertOurs(branch);
  if (local !== null && base !== local && !(await isAncestor(repo, local, there ?? local)))
    await addBranch(request, branch, local);
  const report = emptyReport();
  for (const [i, session] of sessions.entries()) {
    await setImmediate();
    throwIfInterrupted(signal);
    emit({ type: 'progress', stage: 'publish', done: i + 1, total: sessions.length, unit: 'session' });
    report[await publishOne(request, branch, session, report)]++;
  }
  await branch.flush();
  return { ...report, head: branch.head() };
}

async function publishOne(
  { layout, redact, rules, cache }: PublishRequest,
  branch: GrowingBranch,
  session: IndexEntry,
  report: PublishReport,
): Promise<'published' | 'grown' | 'unchanged'> {
  const path = pathOn(branch.oids, session);
  const { size, mtimeMs, content } = session;
  const key = () => sha256(canonicalJson([rules, session.path, size, mtimeMs, content, branch.oids.get(path) ?? '']));
  const held = branch.oids.has(path);
  if (held && cache.get(key()) === true) return 'unchanged';
  const published = held ? await branch.read([path, path.replace(/\.jsonl$/, '.d')]) : new Map<string, Buffer>();
  const { files, redacted, leftOut } = publicationOf(layout, session, { path, published, redact });
  report.redacted_lines += redacted;
  for (const reason of leftOut) report.left_out.push({ session: session.id, reason });
  if (files.size > 0) await branch.put(files, session.id);
  // The key holds the copy's id: should it never be committed, it is never looked up.
  cache.put(key(), true);
  if (files.size === 0) return 'unchanged';
  return held ? 'grown' : 'published';
}

// A session keeps the place where it was published first.
function pathOn(oids: ReadonlyMap<string, string>, session: IndexEntry): string {
  const usual = `sessions/${session.path}`;
  if (oids.has(usual)) return usual;
  const name = `/${session.id}.jsonl`;
  return [...oids.keys()].find((path) => path.endsWith(name)) ?? usual;
}

// What our branch holds and the server's does not, though the sessions may no longer be stored here.
async function addBranch({ repo, redact }: PublishRequest, branch: GrowingBranch, local: string): Promise<void> {
  const mine = await listTree(repo, local, '');
  for (const { path, oid } of mine.filter((entry) => entry.path.startsWith('sessions/'))) {
    const held = branch.oids.get(path);
    if (held === oid || (held !== undefined && !path.endsWith('.jsonl'))) continue;
    const bytes = (await readFiles(repo, local, [path])).get(path);
    if (bytes === undefined) continue;
    const there = (await branch.read([path])).get(path);
    const merged = there === undefined ? bytes : mergedCopy(basename(path, '.jsonl'), there, bytes, redact);
    if (there === undefined || !merged.equals(there)) await branch.put(new Map([[path, merged]]));
  }
}

// Somebody's own branch of that name would be grown from, and pushed.
function assertOurs({ oids }: GrowingBranch): void {
  const foreign = [...oids.keys()].find((path) => !path.startsWith('sessions/'));
  if (foreign === undefined) return;
  throw new UserError({
    what: `the branch ${SESSIONS_BRANCH} holds other files than sessions, so it is left alone`,
    where: foreign,
    hint: 'rename that branch, or take the file out of it',
  });
}

async function fetched({ repo, env }: PublishRequest, remote: Remote): Promise<string | null> {
  const branches = { memory: SESSIONS_BRANCH, prefix: SESSIONS_BRANCH };
  return (await fetchRemote(repo, remote, branches, env)).memory;
}

function trackingRef(remote: Remote): string {
  return `refs/remotes/${remote.name}/${SESSIONS_BRANCH}`;
}

const SUBJECT = 'Publish agent sessions';

function emptyReport(): PublishReport {
  const counts = { published: 0, grown: 0, unchanged: 0, redacted_lines: 0 };
  return { branch: SESSIONS_BRANCH, head: null, ...counts, left_out: [], pushed: null };
}
