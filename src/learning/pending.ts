// What waits on review branches, or is in force on a server but not here: it counts as in force for proposing; reads git, changes nothing.
import type { Card } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import { isAncestor, mergeBase } from '../git/history.ts';
import { remoteTracking } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { memoryReader, type ReadMemory } from './fate.ts';
import type { MemoryAt } from './memory-at.ts';
import { notesIn } from './note-edits.ts';
import { waitingBranches } from './review-branch.ts';

/** What one branch adds to the memory that it grew from: entries, the cards behind them, and what was decided on it. */
export interface Pending {
  branch: string;
  entries: string[];
  cards: Map<string, Card>;
  decisions: Decision[];
  /** Notes that it changes, by path below `.agentmem`. */
  notes: Map<string, string>;
  /** True for the memory branch of a server: nothing there waits, it is only not here yet. */
  inForceThere?: boolean;
}

/** Every branch of a dream that waits, oldest first, and then what servers have in force that `base` does not hold. */
export async function pendingEntries(
  repo: Repository,
  prefix: string,
  base: string,
  memoryBranch: string,
): Promise<Pending[]> {
  const read = memoryReader(repo, prefix);
  const pending: Pending[] = [];
  for (const { name, commit } of await waitingBranches(repo, prefix, base))
    pending.push({ branch: name, ...(await additions(repo, read, base, commit)) });
  for (const { remote, branch, commit } of await remoteTracking(repo, memoryBranch)) {
    if (branch !== memoryBranch || (await isAncestor(repo, commit, base))) continue;
    const added = await additions(repo, read, base, commit);
    pending.push({ branch: `${remote}/${branch}`, ...added, inForceThere: true });
  }
  return pending;
}

// Only what the branch itself brings: what it inherited may have been changed or retired in the memory since.
async function additions(
  repo: Repository,
  read: ReadMemory,
  base: string,
  commit: string,
): Promise<Omit<Pending, 'branch' | 'inForceThere'>> {
  const from = await mergeBase(repo, base, commit);
  const before = from === null ? undefined : await read(from);
  const at = await read(commit);
  const known = sectionsOf(before);
  const decided = new Set(before?.decisions.map((d) => JSON.stringify(d)));
  return {
    entries: [...sectionsOf(at)].filter(([id, raw]) => known.get(id) !== raw).map(([id]) => id),
    cards: new Map([...at.cards].filter(([name, card]) => !isSame(before?.cards.get(name), card))),
    decisions: at.decisions.filter((d) => !decided.has(JSON.stringify(d))),
    notes: new Map([...notesIn(at.files)].filter(([path, text]) => before?.files.get(path) !== text)),
  };
}

function sectionsOf(at: MemoryAt | undefined): Map<string, string> {
  const sections = at?.playbooks.flatMap((p) => p.sections) ?? [];
  return new Map(sections.flatMap(({ mark, raw }): [string, string][] => (mark ? [[mark.id, raw.trimEnd()]] : [])));
}

function isSame(a: Card | undefined, b: Card): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
