// What all parts say about each error, put together; counts no session anew, and finds no remedy.
import { inGroup } from '../../base/collections.ts';
import type { KeptValue } from '../../store/kept.ts';
import type { AgainFact } from '../fact-types.ts';
import { keptIn, type Parts } from '../folds/part.ts';
import { columnOf } from '../folds/table.ts';
import type { Template } from '../templates.ts';
import { type ChangeInPart, changeTally } from './change-tally.ts';
import { addSums, newSums, type VoteTally } from './tally.ts';
import type { KeptGroup, KeptVotes } from './votes.ts';

/** What a part counted of a template. */
export interface VotesInPart {
  kept: Pick<KeptValue, 'columns'>;
  helpers: KeptVotes['helpers'];
  group: KeptGroup;
}

/** What each of the parts counted of each template. @param fold whose they are */
export function votesIn({ all }: Parts, fold: string): Map<Template, VotesInPart[]> {
  const votes = new Map<Template, VotesInPart[]>();
  for (const part of all) {
    const kept = keptIn(part, fold);
    const { groups, helpers } = votesKept(kept.value);
    for (const group of groups) {
      const template = part.templates[group.group];
      if (template !== undefined) inGroup(votes, template, () => []).push({ kept, helpers, group });
    }
  }
  return votes;
}

// Of our own making: see chunk-value.ts for what is not.
export function votesKept(value: unknown): KeptVotes {
  return value as KeptVotes;
}

/** What they come to. */
export function tallyOf(parts: readonly VotesInPart[]): VoteTally {
  const sums = newSums();
  const changes = new Map<string, ChangeInPart[]>();
  const again: AgainFact[] = [];
  for (const { kept, helpers, group } of parts) {
    addSums(sums, group.sums);
    for (const [pointer, change] of group.changes) inGroup(changes, pointer, () => []).push({ change, kept });
    for (const fact of againIn(kept, helpers, group.again)) again.push(fact);
  }
  return {
    ...sums,
    changes: new Map([...changes].map(([pointer, found]) => [pointer, changeTally(found)])),
    again,
  };
}

function againIn(
  kept: Pick<KeptValue, 'columns'>,
  helpers: readonly string[][],
  [from, to]: KeptGroup['again'],
): AgainFact[] {
  const [worked, steps] = [columnOf(kept, 'againWorked'), columnOf(kept, 'againSteps')];
  const [seconds, lists] = [columnOf(kept, 'againSeconds'), columnOf(kept, 'againHelpers')];
  const facts: AgainFact[] = [];
  for (let row = from; row < to; row++) {
    const fact: AgainFact = { steps: steps[row] ?? 0, helpers: helpers[lists[row] ?? -1] ?? [] };
    const after = seconds[row] ?? Number.NaN;
    if (worked[row] === 1) fact.worked = true;
    if (!Number.isNaN(after)) fact.seconds = after;
    facts.push(fact);
  }
  return facts;
}
