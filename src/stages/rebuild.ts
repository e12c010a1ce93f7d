// Rebuild: a review branch that fell behind grows anew from the memory branch's tip, lesson by lesson; never touches the checkout.
import { UserError } from '../base/errors.ts';
import { buildCommits, type NewCommit } from '../git/fast-import.ts';
import { type CommitInfo, commitsBetween } from '../git/history.ts';
import { keepTip } from '../git/old-tips.ts';
import { assertMovable, resolveCommit } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { changedPaths } from '../git/versions.ts';
import { handMade } from '../learning/hand-made.ts';
import { memoryAt } from '../learning/memory-at.ts';
import { type ReplayStep, replay } from '../learning/replay.ts';
import { replayCommits } from '../learning/replay-commits.ts';
import { entryNamed, type ReviewBranch } from '../learning/review-branch.ts';

export interface RebuildRequest {
  repo: Repository;
  prefix: string;
  memoryCommit: string;
  state: ReviewBranch;
  maxRuleWords: number;
  /** Lessons whose contradiction is settled: the branch's text goes on, or what is in force stands. */
  keep: readonly string[];
  drop: readonly string[];
  /** Works out what would come of it, and moves nothing. */
  dryRun: boolean;
  who: { name: string; email: string };
  now: () => Date;
}

/** What came of each lesson. `ours` and `theirs` are the texts that contradict each other. */
export interface RebuiltEntry {
  entry: string;
  title: string;
  outcome: ReplayStep['outcome'];
  why?: string;
  ours?: string;
  theirs?: string;
}

/** What `agent review --rebuild --json` prints; `head` is where the branch is then. */
export interface RebuildReport {
  branch: string;
  dream: string;
  /**
   * `rebuilt`: the branch grows from the tip. `current`: it did already. `contradicted`: a person must settle something
   * first. `nothing left`: every lesson is in force or was dropped. In the last three nothing was moved.
   */
  status: 'rebuilt' | 'current' | 'contradicted' | 'nothing left';
  base: string;
  head: string;
  /** The ref that keeps the old tip; null where nothing was moved. */
  old: string | null;
  entries: RebuiltEntry[];
  /** Changes on the branch that are no lesson, verdict or report, and so would be lost: they stand against a rebuild. */
  by_hand: string[];
}

/** Rebuilds, or says why not. Throws UserError where the branch is no local one, is checked out, or moved meanwhile. */
export async function rebuild(request: RebuildRequest): Promise<RebuildReport> {
  const { repo, state, prefix, memoryCommit } = request;
  if ((await resolveCommit(repo, `refs/heads/${state.branch}`)) !== state.head) {
    throw new UserError({
      what: `${state.branch} is no branch of this repository, so it cannot be rebuilt`,
      hint: `make one of it: git branch <name> ${state.branch}`,
    });
  }
  if (state.behind === 0) return reportOf(request, [], { status: 'current' });
  if (!request.dryRun) await assertMovable(repo, state.branch);
  const tip = await memoryAt(repo, memoryCommit, prefix);
  const byHand = await changesByHand(request);
  const steps = replay({
    // What came with plain git stands against a rebuild as a change by hand, below.
    entries: state.entries.filter((e) => e.byHand !== true),
    base: state.atBase,
    branch: state.at,
    tip,
    maxRuleWords: request.maxRuleWords,
    keep: request.keep.map((id) => entryNamed(state, id).entry),
    drop: request.drop.map((id) => entryNamed(state, id).entry),
  });
  if (byHand.length > 0 || steps.some((s) => s.outcome === 'contradiction'))
    return reportOf(request, steps, { status: 'contradicted', byHand });
  if (steps.every((s) => s.outcome === 'dropped')) return reportOf(request, steps, { status: 'nothing left' });
  if (request.dryRun) return reportOf(request, steps, { status: 'rebuilt' });
  const commits = await newCommits(request, steps, tip.files);
  const old = await keepTip(repo, state.branch, state.head);
  const { head } = await buildCommits(repo, { branch: state.branch, from: state.head, parent: memoryCommit, commits });
  return reportOf(request, steps, { status: 'rebuilt', head, old });
}

async function changesByHand({ repo, prefix, state }: RebuildRequest): Promise<string[]> {
  const paths = await changedPaths(repo, state.base, state.head);
  const below = paths.filter((p) => p.startsWith(`${prefix}/`)).map((p) => p.slice(prefix.length + 1));
  const entries = state.entries.filter((e) => e.byHand !== true).flatMap((e) => [e.entry, ...e.replaces]);
  const notes = state.entries.flatMap((e) => e.note?.path ?? []);
  const found = handMade(below, state.atBase.files, state.at.files, { entries, notes, dream: state.dream });
  return [...paths.filter((p) => !p.startsWith(`${prefix}/`)), ...found.map((p) => `${prefix}/${p}`)];
}

async function newCommits(
  { repo, prefix, state, who, now }: RebuildRequest,
  steps: readonly ReplayStep[],
  tipFiles: ReadonlyMap<string, string>,
): Promise<NewCommit[]> {
  const commits = await commitsBetween(repo, state.base, state.head);
  const proposed = new Map<string, string | undefined>();
  for (const { entry } of steps) proposed.set(entry.entry, await sectionAt(repo, prefix, entry.commit, entry.entry));
  const edits = new Map<string, CommitInfo>();
  // An edit with plain git names no lesson; whoever committed by hand last is the likeliest author.
  const byHand = commits.findLast((c) => c.trailers['Agentmem-Dream'] === undefined);
  if (byHand !== undefined) for (const { entry } of steps) edits.set(entry.entry, byHand);
  for (const commit of commits) {
    const edited = commit.trailers['Agentmem-Edited'];
    if (edited !== undefined) edits.set(edited, commit);
  }
  const lessons = new Map(commits.map((c) => [c.commit, c]));
  return replayCommits({ prefix, state, steps, tipFiles, lessons, proposed, edits, who, atMs: now().getTime() });
}

// As the dream put it, before anybody edited it.
async function sectionAt(repo: Repository, prefix: string, commit: string, id: string): Promise<string | undefined> {
  const { playbooks } = await memoryAt(repo, commit, prefix);
  return playbooks.flatMap((p) => p.sections).find((s) => s.mark?.id === id)?.raw;
}

function reportOf(
  { state, memoryCommit }: RebuildRequest,
  steps: readonly ReplayStep[],
  end: { status: RebuildReport['status']; head?: string; old?: string; byHand?: string[] },
): RebuildReport {
  return {
    branch: state.branch,
    dream: state.dream,
    status: end.status,
    base: end.status === 'rebuilt' ? memoryCommit : state.base,
    head: end.head ?? state.head,
    old: end.old ?? null,
    entries: steps.map((step) => ({
      entry: step.entry.entry,
      title: step.entry.title,
      outcome: step.outcome,
      ...('why' in step && { why: step.why }),
      ...('ours' in step && { ours: step.ours }),
      ...('theirs' in step && { theirs: step.theirs }),
    })),
    by_hand: end.byHand ?? [],
  };
}
