// Sync: asks a server what became of the review branches, and brings the memory up to date where that moves nothing under anybody's feet.
import { join } from 'node:path';
import { throwIfInterrupted } from '../base/errors.ts';
import type { Emit } from '../domain/emit.ts';
import { isAncestor } from '../git/history.ts';
import { checkedOutBranches, deleteBranch, listBranches, moveBranch, resolveCommit } from '../git/refs.ts';
import { fetchRemote, type Remote } from '../git/remote.ts';
import { shownUrl } from '../git/remote-failure.ts';
import type { Repository } from '../git/repository.ts';
import { memoryReader } from '../learning/fate.ts';
import { BRANCH_PREFIX } from '../learning/review-branch.ts';
import { type BranchStory, tellStory } from '../learning/server-story.ts';
import type { Layout } from '../store/layout.ts';
import { acquireLock } from '../store/lock.ts';
import { type RemoteNote, readRemoteNotes, remoteNote, writeRemoteNotes } from '../store/remote-branches.ts';

export interface SyncRequest {
  layout: Layout;
  repo: Repository;
  prefix: string;
  memoryBranch: string;
  memoryCommit: string;
  remote: Remote;
  /** Delete local review branches whose lessons are all in force or turned down. */
  prune: boolean;
  /** Make local branches of those that only the server has. */
  take: boolean;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  emit: Emit;
  signal?: AbortSignal;
}

export interface MemoryState {
  branch: string;
  here: string;
  server: string | null;
  state: 'same' | 'behind' | 'ahead' | 'diverged' | 'not there';
  /** True where the local branch was moved forward to the server's. */
  moved: boolean;
  /** What to type where it could not be moved for the person. */
  command?: string;
}

export type SyncedBranch = BranchStory & { did?: 'deleted' | 'taken' | 'moved forward' };

/** What `agent sync --json` prints. */
export interface SyncReport {
  remote: string;
  url: string;
  memory: MemoryState;
  branches: SyncedBranch[];
}

/** Syncs under a lock. A server that can't be reached is a UserError, with nothing changed. */
export async function sync(request: SyncRequest): Promise<SyncReport> {
  const { layout, repo, remote, memoryBranch: memory, emit, now } = request;
  const lock = acquireLock(join(layout.state, 'sync.lock'), { what: 'a sync', since: now().toISOString() });
  try {
    emit({ type: 'progress', stage: 'sync', done: 0, unit: 'branch', note: `asking ${remote.name}` });
    const server = await fetchRemote(repo, remote, { memory, prefix: BRANCH_PREFIX }, request.env);
    throwIfInterrupted(request.signal);
    const memoryState = await syncMemory(request, server.memory);
    const branches: SyncedBranch[] = [];
    const here = new Map((await listBranches(repo, BRANCH_PREFIX)).map((b) => [b.name, b.commit]));
    const there = new Map(server.review.map((b) => [b.name, b.commit]));
    const notes = readRemoteNotes(layout).filter((n) => n.remote === remote.name);
    const read = memoryReader(repo, request.prefix);
    const memories = [...new Set([server.memory ?? [], memoryState.here].flat())];
    for (const branch of [...new Set([...here.keys(), ...there.keys()])].sort()) {
      throwIfInterrupted(request.signal);
      const note = remoteNote(notes, remote.name, branch);
      const local = here.get(branch) ?? null;
      const story = await tellStory(repo, read, memories, {
        branch,
        here: local,
        server: there.get(branch) ?? null,
        note,
      });
      writeRemoteNotes(layout, [nextNote(note, story)]);
      branches.push(await act(request, story));
    }
    forget(layout, notes, [...here.keys(), ...there.keys()]);
    return { remote: remote.name, url: shownUrl(remote.urls[0] ?? ''), memory: memoryState, branches: cross(branches) };
  } finally {
    lock.release();
  }
}

async function syncMemory(request: SyncRequest, server: string | null): Promise<MemoryState> {
  const { repo, memoryBranch: branch, memoryCommit: here, remote } = request;
  const state = { branch, here, server, moved: false };
  if (server === null) return { ...state, state: 'not there', command: `git push ${remote.name} ${branch}` };
  if (server === here) return { ...state, state: 'same' };
  if (await isAncestor(repo, server, here))
    return { ...state, state: 'ahead', command: `git push ${remote.name} ${branch}` };
  const upstream = `${remote.name}/${branch}`;
  if (!(await isAncestor(repo, here, server)))
    return { ...state, state: 'diverged', command: `git switch ${branch} && git merge ${upstream}` };
  if ((await checkedOutBranches(repo)).has(branch))
    return { ...state, state: 'behind', command: `git merge --ff-only ${upstream}` };
  await moveBranch(repo, branch, server, here);
  return { ...state, here: server, state: 'behind', moved: true };
}

// Moves only what nobody has checked out, and deletes only what the memory holds in full.
async function act(request: SyncRequest, story: BranchStory): Promise<SyncedBranch> {
  const { repo } = request;
  const { branch, here, server, state } = story;
  if (state === 'only there' && request.take && server !== null) {
    await moveBranch(repo, branch, server, null);
    writeRemoteNotes(request.layout, [{ remote: request.remote.name, branch, seen: server, ours: server }]);
    return { ...story, here: server, did: 'taken' };
  }
  const inUse = (await checkedOutBranches(repo)).has(branch);
  if (state === 'changed there' && here !== null && server !== null && !inUse) {
    await moveBranch(repo, branch, server, here);
    return { ...story, here: server, did: 'moved forward' };
  }
  if (request.prune && story.complete && here !== null && !inUse) {
    if ((await resolveCommit(repo, `refs/heads/${branch}`)) === here) await deleteBranch(repo, branch, here);
    return { ...story, here: null, did: 'deleted' };
  }
  return story;
}

function nextNote(note: RemoteNote, { here, server, state }: BranchStory): RemoteNote {
  const { remote, branch } = note;
  if (state === 'dropped') return { ...note, dropped: true, wanted: false };
  if (server === null) return note.wanted ? { remote, branch, wanted: true } : { remote, branch };
  const ours = server === here ? server : note.ours;
  return {
    remote,
    branch,
    seen: server,
    ...(ours !== undefined && { ours }),
    ...(note.wanted && server !== here && { wanted: true }),
  };
}

// A branch that is gone on both sides needs no note any more.
function forget(layout: Layout, notes: readonly RemoteNote[], known: readonly string[]): void {
  const gone = notes.filter((n) => !known.includes(n.branch));
  if (gone.length > 0)
    writeRemoteNotes(
      layout,
      gone.map(({ remote, branch }) => ({ remote, branch })),
    );
}

// Two machines that dreamt at the same time propose one lesson under one name: the reader should know before merging both.
function cross(branches: SyncedBranch[]): SyncedBranch[] {
  const open = (b: SyncedBranch) => b.lessons.filter((l) => l.state === 'open').map((l) => l.entry);
  return branches.map((branch) => ({
    ...branch,
    lessons: branch.lessons.map((lesson) => {
      const others = branches.filter((b) => b !== branch && lesson.state === 'open' && open(b).includes(lesson.entry));
      return others.length === 0 ? lesson : { ...lesson, also_on: others.map((b) => b.branch) };
    }),
  }));
}
