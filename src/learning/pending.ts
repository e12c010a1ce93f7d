// What waits on review branches that are not in force yet: it counts as in force for proposing; reads git, changes nothing.
import type { Card } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { Repository } from '../git/repository.ts';
import { memoryAt } from './memory-at.ts';
import { waitingBranches } from './review-branch.ts';

/** One waiting branch: the entries that it holds, the cards behind them, and what was decided on it. */
export interface Pending {
  branch: string;
  entries: string[];
  cards: Map<string, Card>;
  decisions: Decision[];
}

/** Every branch of a dream that is not part of `base`, oldest first. */
export async function pendingEntries(repo: Repository, prefix: string, base: string): Promise<Pending[]> {
  const pending: Pending[] = [];
  for (const { name, commit } of await waitingBranches(repo, base)) {
    const at = await memoryAt(repo, commit, prefix);
    const entries = at.playbooks.flatMap((p) => p.sections.flatMap((s) => s.mark?.id ?? []));
    pending.push({ branch: name, entries, cards: at.cards, decisions: at.decisions });
  }
  return pending;
}
