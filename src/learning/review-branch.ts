// What lies on a review branch: its lessons, commit by commit, and what was decided about each; reads git, changes nothing.
import { UserError } from '../base/errors.ts';
import { type Card, type EntryKind, entryKinds, type Grade, grades } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { ChangeKind } from '../domain/dream.ts';
import type { Playbook, Section } from '../domain/playbook.ts';
import { type CommitInfo, commitsBetween, isAncestor, mergeBase } from '../git/history.ts';
import { listBranches, resolveCommit } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { cardOfEntry, type MemoryAt, memoryAt } from './memory-at.ts';

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

/** Review branches whose tip is not yet part of `memoryCommit`, oldest name first. */
export async function waitingBranches(
  repo: Repository,
  memoryCommit: string,
): Promise<{ name: string; commit: string }[]> {
  const all = await listBranches(repo, BRANCH_PREFIX);
  const waiting: { name: string; commit: string }[] = [];
  for (const branch of all) {
    if (!(await isAncestor(repo, branch.commit, memoryCommit))) waiting.push(branch);
  }
  return waiting.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The branch that a person means: a name, a dream id, a unique prefix of either, or the newest that waits. */
export async function pickBranch(repo: Repository, memoryCommit: string, ref?: string): Promise<string> {
  const waiting = (await waitingBranches(repo, memoryCommit)).map((b) => b.name);
  if (ref === undefined || ref === 'last') {
    const newest = waiting.at(-1);
    if (newest !== undefined) return newest;
    throw new UserError({ what: 'no dream waits for review', hint: 'run `agent dream` to make one' });
  }
  const wanted = ref.startsWith(BRANCH_PREFIX) ? ref : `${BRANCH_PREFIX}${ref}`;
  const all = (await listBranches(repo, BRANCH_PREFIX)).map((b) => b.name);
  if (all.includes(wanted)) return wanted;
  const matches = all.filter((name) => name.startsWith(wanted));
  if (matches.length === 1 && matches[0] !== undefined) return matches[0];
  if (matches.length === 0 && (await resolveCommit(repo, ref)) !== null) return ref;
  throw new UserError({
    what:
      matches.length === 0
        ? `no review branch ${ref}`
        : `${ref} names ${matches.length} branches: ${matches.join(', ')}`,
    hint: all.length > 0 ? `there are: ${all.join(', ')}` : 'run `agent dream` to make one',
  });
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
  const commits = (await commitsBetween(repo, base, head)).filter((c) => c.trailers['Agentmem-Entry'] !== undefined);
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
  const entries = commits.map((commit) => entryOf(commit, dream, at, atBase));
  return { branch, dream, base, head, behind, entries, at, atBase };
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
  return {
    entry: id,
    playbook: now?.playbook ?? before?.playbook ?? decision?.playbook ?? '',
    change: changeOf(commit),
    kind: mark?.kind ?? entryKinds.find((k) => k === commit.trailers['Agentmem-Kind']) ?? 'mistake',
    grade: grades.find((g) => g === commit.trailers['Agentmem-Grade']) ?? mark?.grade ?? 'D',
    title: now?.section.title ?? before?.section.title ?? decision?.title ?? commit.subject.replace(/^\w+: /, ''),
    commit: commit.commit,
    verdict: verdictOf(decision),
    replaces: (commit.trailers['Agentmem-Replaces'] ?? '').split(' ').filter((name) => name !== ''),
    ...(decision?.because !== undefined && { because: decision.because }),
    ...(card !== undefined && { card }),
    ...(section !== undefined && { section }),
  };
}

function changeOf(commit: CommitInfo): ChangeKind {
  const change = commit.trailers['Agentmem-Change'];
  return change === 'edit' || change === 'merge' || change === 'retire' ? change : 'add';
}

function verdictOf(decision: Decision | undefined): ReviewEntry['verdict'] {
  if (decision === undefined) return 'pending';
  return decision.verdict === 'accepted' ? 'accepted' : 'rejected';
}
