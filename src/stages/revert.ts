// Revert: a lesson or a whole dream is taken out of force in one commit on the memory branch; in the checkout only where that branch is checked out and clean.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Decision } from '../domain/decision.ts';
import { commitInCheckout, refuseHalfDone } from '../git/commit.ts';
import { buildCommits } from '../git/fast-import.ts';
import { commitsBetween } from '../git/history.ts';
import { refuseChanges } from '../git/read.ts';
import { currentBranch, resolveCommit } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { revertMessage } from '../learning/commit-message.ts';
import { isNameOf } from '../learning/entry-id.ts';
import { cardOfEntry, type MemoryAt, memoryAt } from '../learning/memory-at.ts';
import { noteFingerprint, notesIn } from '../learning/note-edits.ts';
import { type Learned, namedChanges, type Undone, undoChange } from '../learning/undo.ts';
import { writeAtomic } from '../store/atomic.ts';
import { printDecision } from '../store/decisions.ts';
import { readPlaybooks } from '../store/playbooks.ts';

export interface RevertRequest {
  repo: Repository;
  prefix: string;
  memoryBranch: string;
  memoryCommit: string;
  /** A lesson or a dream. */
  ref: string;
  because?: string;
  dryRun: boolean;
  who: { name: string; email: string; by: string };
  now: () => Date;
}

/** What `agent revert --json` prints. */
export interface RevertReport {
  what: 'entry' | 'dream';
  id: string;
  undone: Undone[];
  /** Lessons of the dream that were left as they are, and why. */
  left: { entry: string; why: string }[];
  /** Null after a dry run, or where nothing was undone. */
  commit: string | null;
  way: 'checkout' | 'beside' | null;
}

type Files = Map<string, string>;

/** Takes back what `ref` names. Throws UserError, with nothing changed, where `.agentmem` is dirty or the branch cannot be moved. */
export async function revert(request: RevertRequest): Promise<RevertReport> {
  const { repo, prefix, memoryCommit, ref } = request;
  const at = await memoryAt(repo, memoryCommit, prefix);
  const history = await commitsBetween(repo, null, memoryCommit, [`${prefix}/playbooks`, `${prefix}/notes`]);
  const { what, id, changes, later } = namedChanges(ref, history, at);
  const files: Files = new Map(at.files);
  const undone: Undone[] = [];
  const left: RevertReport['left'] = [];
  for (const change of changes) {
    const base = await filesBefore(request, change);
    const barred = whyLeft(change, base, later);
    const done = barred === undefined ? undoChange(files, base, change, playbooksIn) : undefined;
    if (done === undefined) {
      left.push({ entry: change.entry, why: barred ?? 'nothing of it is in force' });
      continue;
    }
    for (const [path, text] of done.touched) text === null ? files.delete(path) : files.set(path, text);
    undone.push(done.undone);
  }
  const report = { what, id, undone, left, commit: null, way: null };
  if (undone.length === 0 || request.dryRun) return report;
  addDecisions(request, at, files, undone);
  return { ...report, ...(await write(request, at, files, report)) };
}

// A note is free text: whatever was written into it since would go with a restored version of the whole.
function whyLeft({ entry, commit }: Learned, base: Files, later: ReadonlyMap<string, string>): string | undefined {
  const newer = later.get(entry);
  if (newer !== undefined) return `dream ${newer} changed it again; revert that first`;
  const note = [...notesIn(base).keys()].find((path) => isNameOf(entry, noteFingerprint(path)));
  return note === undefined ? undefined : `it changed ${note}; take that back with git revert ${commit ?? ''}`;
}

// After a squash a dream has one commit, the one that brought its report: what came before that was before the dream.
async function filesBefore({ repo, prefix, memoryCommit }: RevertRequest, change: Learned): Promise<Files> {
  let commit = change.commit;
  if (commit === null && change.dream !== '') {
    const brought = await commitsBetween(repo, null, memoryCommit, [`${prefix}/dreams/${change.dream}.md`]);
    commit = brought[0]?.commit ?? null;
  }
  const before = commit === null ? null : await resolveCommit(repo, `${commit}^`);
  return before === null ? new Map() : (await memoryAt(repo, before, prefix)).files;
}

function playbooksIn(files: ReadonlyMap<string, string>): MemoryAt['playbooks'] {
  const below = [...files].filter(([path]) => path.startsWith('playbooks/'));
  const { playbooks, broken } = readPlaybooks(
    new Map(below.map(([path, text]) => [path.slice('playbooks/'.length), text])),
  );
  return [...playbooks, ...broken.map((b) => b.playbook)];
}

// `retired` keeps a lesson that is gone from being learned again; `rejected` keeps the same change from being proposed again.
function addDecisions(
  { who, now, because }: RevertRequest,
  at: MemoryAt,
  files: Files,
  undone: readonly Undone[],
): void {
  const lines = undone.map(({ entry, title, playbook, dream, how }) => {
    const card = cardOfEntry(at, entry);
    const decision: Decision = {
      entry,
      fingerprint: card?.fingerprint ?? '',
      verdict: how === 'removed' ? 'retired' : 'rejected',
      by: who.by,
      at: now().toISOString(),
      ...(because !== undefined && { because }),
      ...(dream !== undefined && { dream }),
      playbook,
      title,
      ...(card !== undefined && { sessions: card.counts.sessions }),
    };
    return `${printDecision(decision)}\n`;
  });
  const before = files.get('decisions.jsonl') ?? '';
  files.set('decisions.jsonl', before + (before === '' || before.endsWith('\n') ? '' : '\n') + lines.join(''));
}

async function write(
  request: RevertRequest,
  at: MemoryAt,
  files: Files,
  { id, undone }: Pick<RevertReport, 'id' | 'undone'>,
): Promise<{ commit: string; way: 'checkout' | 'beside' }> {
  const { repo, prefix, memoryBranch, memoryCommit, who } = request;
  const paths = [...new Set([...at.files.keys(), ...files.keys()])]
    .filter((p) => at.files.get(p) !== files.get(p))
    .sort();
  const touched = new Map(paths.map((path) => [`${prefix}/${path}`, files.get(path) ?? null]));
  const message = revertMessage(id, undone, request.because ?? 'Taken out of force.');
  if ((await currentBranch(repo)) === memoryBranch) {
    refuseHalfDone(repo);
    await refuseChanges(repo, prefix);
    return { commit: await commitFiles(repo, touched, message), way: 'checkout' };
  }
  const { head } = await buildCommits(repo, {
    branch: memoryBranch,
    from: memoryCommit,
    parent: memoryCommit,
    commits: [{ message, author: who, atMs: request.now().getTime(), files: touched }],
  });
  return { commit: head, way: 'beside' };
}

// A hook that refuses the commit leaves the work tree as it was.
async function commitFiles(
  repo: Repository,
  touched: ReadonlyMap<string, string | null>,
  message: string,
): Promise<string> {
  const was = new Map([...touched.keys()].map((path) => [path, bytesAt(join(repo.root, path))]));
  try {
    placeFiles(repo, touched);
    return await commitInCheckout(repo, [...touched.keys()], message);
  } catch (error) {
    placeFiles(repo, was);
    throw error;
  }
}

function bytesAt(path: string): Buffer | null {
  return existsSync(path) ? readFileSync(path) : null;
}

function placeFiles(repo: Repository, files: ReadonlyMap<string, string | Buffer | null>): void {
  for (const [path, text] of files) {
    if (text === null) rmSync(join(repo.root, path), { force: true });
    else writeAtomic(join(repo.root, path), text);
  }
}
