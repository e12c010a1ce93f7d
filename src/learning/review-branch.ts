// What lies on a review branch: its lessons, commit by commit, and what was decided about each; reads git, changes nothing.
import { UserError } from '../base/errors.ts';
import { type Card, type EntryKind, entryKinds, type Grade, grades } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { ChangeKind } from '../domain/dream.ts';
import type { Playbook, Section } from '../domain/playbook.ts';
import { type CommitInfo, commitsBetween, isAncestor, mergeBase } from '../git/history.ts';
import { listBranches, resolveCommit } from '../git/refs.ts';
import { remoteTracking } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { isNameOf } from './entry-id.ts';
import { branchFate, memoryReader } from './fate.ts';
import { cardOfEntry, type MemoryAt, memoryAt } from './memory-at.ts';
import { noteFingerprint, notesIn } from './note-edits.ts';

/** One learned change on a branch. */
export interface ReviewEntry {
  entry: string;
  playbook: string;
  change: ChangeKind;
  kind: EntryKind;
  grade: Grade;
  title: string;
  commit: string;
  verdict: 'pending' | 'accepted' | 'rejected';
  because?: string;
  card?: Card;
  /** Entries that a merge took the place of. */
  replaces: string[];
  /** The section as the branch has it now; absent once turned down or for a retirement. */
  section?: string;
  /** The sections in force at the base that it changes, retires or takes the place of; absent where it only adds. */
  before?: string;
  /** True where no dream proposed it: somebody put it on the branch with plain git. */
  byHand?: true;
  /** For a change of a note instead of a playbook: its path below `.agentmem`, and its text at the base and on the branch. */
  note?: { path: string; before: string; after: string };
}

export interface ReviewBranch {
  branch: string;
  dream: string;
  /** The commit of the memory branch that it grew from. */
  base: string;
  head: string;
  /** Commits that the memory branch has gained since. */
  behind: number;
  entries: ReviewEntry[];
  at: MemoryAt;
  atBase: MemoryAt;
}

export const BRANCH_PREFIX = 'dream/';

/** A branch of a dream that is not in force. */
export interface WaitingBranch {
  /** `dream/x`, or `origin/dream/x` for one that only a server has in this state. */
  name: string;
  commit: string;
  /** The remote, for one that lies there. */
  remote?: string;
  /** Names of the lessons that it changes, turned down ones included. */
  lessons: string[];
}

/**
 * Review branches, here and as the last fetch saw them on servers, that hold something which is neither in force at
 * `memoryCommit` nor decided about; oldest name first. What was squashed or rebased into the memory waits no longer.
 */
export async function waitingBranches(
  repo: Repository,
  prefix: string,
  memoryCommit: string,
): Promise<WaitingBranch[]> {
  const read = memoryReader(repo, prefix);
  const waiting: WaitingBranch[] = [];
  for (const branch of [...(await listBranches(repo, BRANCH_PREFIX)), ...(await onlyOnServers(repo))]) {
    const { state, lessons } = await branchFate(repo, read, memoryCommit, branch.commit);
    if (state === 'waiting') waiting.push({ ...branch, lessons: lessons.map((l) => l.entry) });
  }
  const key = (b: WaitingBranch) => `${b.name.slice(b.name.indexOf(BRANCH_PREFIX))}\0${b.remote ?? ''}`;
  return waiting.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The branch that a person means: a name, a dream id, a unique prefix of either, or the newest that waits here. */
export async function pickBranch(
  repo: Repository,
  prefix: string,
  memoryCommit: string,
  ref?: string,
): Promise<string> {
  if (ref === undefined || ref === 'last') {
    const waiting = await waitingBranches(repo, prefix, memoryCommit);
    const newest = waiting.findLast((b) => b.remote === undefined)?.name;
    if (newest !== undefined) return newest;
    throw new UserError({
      what: 'no dream waits for review',
      hint: waiting[0] ? `${waiting[0].name} does, on a server: agent sync --take` : 'run `agent dream` to make one',
    });
  }
  const wanted = ref.startsWith(BRANCH_PREFIX) ? ref : `${BRANCH_PREFIX}${ref}`;
  const all = (await listBranches(repo, BRANCH_PREFIX)).map((b) => b.name);
  if (all.includes(wanted)) return wanted;
  const matches = all.filter((name) => name.startsWith(wanted));
  if (matches.length === 1 && matches[0] !== undefined) return matches[0];
  const there = (await onlyOnServers(repo)).filter((b) => b.name === ref || b.name.startsWith(`${b.remote}/${wanted}`));
  if (matches.length === 0 && there[0] !== undefined) {
    throw new UserError({
      what: `${there[0].name} is on the server only`,
      hint: `agent sync ${there[0].remote ?? ''} --take   (makes a branch of it here)`,
    });
  }
  if (matches.length === 0 && (await resolveCommit(repo, ref)) !== null) return ref;
  throw new UserError({
    what:
      matches.length === 0
        ? `no review branch ${ref}`
        : `${ref} names ${matches.length} branches: ${matches.join(', ')}`,
    hint: all.length > 0 ? `there are: ${all.join(', ')}` : 'run `agent dream` to make one',
  });
}

/** What servers hold that no branch of the same name here holds as well, each commit once. */
async function onlyOnServers(repo: Repository): Promise<Omit<WaitingBranch, 'lessons'>[]> {
  const here = new Map((await listBranches(repo, BRANCH_PREFIX)).map((b) => [b.name, b.commit]));
  const found: Omit<WaitingBranch, 'lessons'>[] = [];
  for (const { remote, branch, commit } of await remoteTracking(repo, BRANCH_PREFIX)) {
    const twin = here.get(branch);
    if (twin !== undefined && (await isAncestor(repo, commit, twin))) continue;
    if (found.some((f) => f.commit === commit)) continue;
    found.push({ name: `${remote}/${branch}`, commit, remote });
  }
  return found;
}

/** Everything a review needs to know of a branch. Throws UserError for a branch that no dream made. */
export async function readReviewBranch(
  repo: Repository,
  prefix: string,
  memoryCommit: string,
  branch: string,
): Promise<ReviewBranch> {
  const head = await resolveCommit(repo, branch);
  if (head === null) throw new UserError({ what: `no branch ${branch}`, hint: 'list what waits with `agent status`' });
  const base = await mergeBase(repo, memoryCommit, head);
  if (base === null) throw new UserError({ what: `${branch} has no history in common with the memory branch` });
  const all = await commitsBetween(repo, base, head);
  const commits = all.filter((c) => c.trailers['Agentmem-Entry'] !== undefined);
  const dream = commits[0]?.trailers['Agentmem-Dream'];
  if (dream === undefined) {
    throw new UserError({
      what: `${branch} holds no lesson that is not in force already`,
      hint: 'list what waits with `agent status`',
    });
  }
  const at = await memoryAt(repo, head, prefix);
  const atBase = base === head ? at : await memoryAt(repo, base, prefix);
  const behind = (await commitsBetween(repo, base, memoryCommit)).length;
  const proposed = commits.map((commit) => entryOf(commit, dream, at, atBase));
  const plain = all.findLast((c) => c.trailers['Agentmem-Dream'] === undefined) ?? all.at(-1);
  const entries = [...proposed, ...putByHand(proposed, dream, at, atBase, plain?.commit ?? head)];
  return { branch, dream, base, head, behind, entries, at, atBase };
}

/** The lesson that `id` names, or is the unique beginning of. Throws UserError that lists what there is. */
export function entryNamed(state: ReviewBranch, id: string): ReviewEntry {
  const matches = state.entries.filter((e) => e.entry === id);
  const found = matches.length > 0 ? matches : state.entries.filter((e) => e.entry.startsWith(id));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw new UserError({
    what: found.length === 0 ? `${state.branch} has no lesson ${id}` : `${id} names ${found.length} lessons`,
    hint: `it has: ${state.entries.map((e) => e.entry).join(', ')}`,
  });
}

/** The section of an entry in a memory, with the playbook that holds it. */
export function findEntry(
  playbooks: readonly Playbook[],
  id: string,
): { playbook: string; section: Section } | undefined {
  for (const playbook of playbooks) {
    const section = playbook.sections.find((s) => s.mark?.id === id);
    if (section !== undefined) return { playbook: playbook.name, section };
  }
  return undefined;
}

function entryOf(commit: CommitInfo, dream: string, at: MemoryAt, atBase: MemoryAt): ReviewEntry {
  const id = commit.trailers['Agentmem-Entry'] ?? '';
  const now = findEntry(at.playbooks, id);
  const before = findEntry(atBase.playbooks, id);
  const decision = at.decisions.findLast((d) => d.entry === id && d.dream === dream);
  const card = cardOfEntry(at, id);
  const mark = now?.section.mark ?? before?.section.mark;
  const section = now?.section.raw;
  const replaces = (commit.trailers['Agentmem-Replaces'] ?? '').split(' ').filter((name) => name !== '');
  const was = [id, ...replaces].flatMap((name) => findEntry(atBase.playbooks, name)?.section.raw ?? []);
  return {
    entry: id,
    playbook: now?.playbook ?? before?.playbook ?? commit.trailers['Agentmem-File'] ?? decision?.playbook ?? '',
    change: changeOf(commit),
    kind: mark?.kind ?? entryKinds.find((k) => k === commit.trailers['Agentmem-Kind']) ?? 'mistake',
    // A proof raises the mark after the dream's commit was made.
    grade:
      mark?.grade === 'A' ? 'A' : (grades.find((g) => g === commit.trailers['Agentmem-Grade']) ?? mark?.grade ?? 'D'),
    title: now?.section.title ?? before?.section.title ?? decision?.title ?? commit.subject.replace(/^\w+: /, ''),
    commit: commit.commit,
    verdict: verdictOf(decision),
    replaces,
    ...(decision?.because !== undefined && { because: decision.because }),
    ...(card !== undefined && { card }),
    ...(section !== undefined && { section }),
    ...(was.length > 0 && { before: was.join('') }),
    ...(section === undefined && was.length === 0 && noteOf(id, at, atBase)),
  };
}

// A lesson that came with plain git would be in force after a merge like any other, so it is reviewed and proven like any other.
function putByHand(
  proposed: readonly ReviewEntry[],
  dream: string,
  at: MemoryAt,
  atBase: MemoryAt,
  commit: string,
): ReviewEntry[] {
  const known = new Set(proposed.flatMap(({ entry, replaces }) => [entry, ...replaces]));
  const added = at.playbooks.flatMap(({ name, sections }) =>
    sections.flatMap((section): ReviewEntry[] => {
      const { mark } = section;
      if (mark === undefined || known.has(mark.id) || findEntry(atBase.playbooks, mark.id) !== undefined) return [];
      const decision = at.decisions.findLast((d) => d.entry === mark.id && d.dream === dream);
      const { id, kind, grade } = mark;
      const what = { entry: id, playbook: name, change: 'add' as const, kind, grade, title: section.title, commit };
      return [{ ...what, verdict: verdictOf(decision), replaces: [], section: section.raw, byHand: true }];
    }),
  );
  const standing = new Set(added.map(({ entry }) => entry));
  // What was turned down is gone from the playbook, and stands in the decisions.
  const gone = at.decisions.flatMap((decision): ReviewEntry[] => {
    const { entry, playbook = '', title = '', because } = decision;
    const ours =
      decision.dream === dream && decision.verdict === 'rejected' && !known.has(entry) && !standing.has(entry);
    if (!ours || atBase.decisions.some((d) => d.entry === entry && d.dream === dream)) return [];
    const what = { entry, playbook, change: 'add' as const, kind: 'fact' as const, grade: 'D' as const, title, commit };
    return [{ ...what, verdict: 'rejected', replaces: [], byHand: true, ...(because !== undefined && { because }) }];
  });
  return [...added, ...new Map(gone.map((entry) => [entry.entry, entry])).values()];
}

function noteOf(id: string, at: MemoryAt, atBase: MemoryAt): Pick<ReviewEntry, 'note'> {
  const path = [...notesIn(atBase.files).keys()].find((note) => isNameOf(id, noteFingerprint(note)));
  if (path === undefined) return {};
  return { note: { path, before: atBase.files.get(path) ?? '', after: at.files.get(path) ?? '' } };
}

function changeOf(commit: CommitInfo): ChangeKind {
  const change = commit.trailers['Agentmem-Change'];
  return change === 'edit' || change === 'merge' || change === 'retire' ? change : 'add';
}

function verdictOf(decision: Decision | undefined): ReviewEntry['verdict'] {
  if (decision === undefined) return 'pending';
  return decision.verdict === 'accepted' ? 'accepted' : 'rejected';
}
