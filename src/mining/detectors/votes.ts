// What each session says about the errors in it, counted part by part as plain values; finds no remedy.
import { inGroup } from '../../base/collections.ts';
import type { KeptValue } from '../../store/kept.ts';
import type { AgainFact, Doings, ErrorFact, RepairFact } from '../fact-types.ts';
import { type Counting, NO_GROUP, type Passing } from '../folds/part.ts';
import { Table } from '../folds/table.ts';
import { ChangeCounts, ChangeRows, type KeptChange } from './change-tally.ts';
import { HabitRows } from './habits.ts';
import { newPresence } from './presence.ts';
import { SeenRows } from './seen-rows.ts';
import { countVote, newSums, type PlainSums, plainSums, type Vote, type VoteSums, wastedBy } from './tally.ts';

/** What is kept of a part beside its rows. */
export interface KeptVotes {
  groups: KeptGroup[];
  /** The repairs of rows, by what they changed and what ran before. */
  repairs: RepairKind[];
  /** Lists of tools whose calls may be what helped. */
  helpers: string[][];
  /** Calls that worked, by tool. */
  worked: [tool: string, calls: number][];
  /** Those with ordinary neighbours. */
  habits: string[];
}

/** What the votes on one template come to. */
export interface KeptGroup {
  group: number;
  sums: PlainSums;
  /** By pointer. */
  changes: [pointer: string, KeptChange][];
  /** Its rows of calls that were made again, up to before the second. */
  again: [from: number, to: number];
}

/** Arguments that were changed, and tools that ran before. */
export type RepairKind = [changed: string[], tools: string[]];

interface Group {
  sums: VoteSums;
  changes: ChangeCounts;
  again: AgainFact[];
}

/** One row a vote: a session has one on each template. `inVain` is 1 where the same call was made again in vain, `repair` is 0, or one more than the kind of repair, and `fix` the place of the call that worked. */
export class VoteCounting implements Counting {
  readonly #rows = new SeenRows('inVain', 'repair', 'fix');
  readonly #groups = new Map<number, Group>();
  readonly #repairs = new Map<string, { number: number; kind: RepairKind }>();
  readonly #habits = new HabitRows();
  readonly #presence = newPresence();

  see(passing: Passing): void {
    const { number, doings, groups } = passing;
    this.#habits.see(number, doings);
    this.#presence.see(doings);
    for (const [group, vote] of votesOf(doings, groups)) this.#note(passing, group, vote);
  }

  #note(passing: Passing, group: number, vote: Vote): void {
    const { error, events, again } = vote;
    const counted = inGroup(this.#groups, group, () => ({ sums: newSums(), changes: new ChangeCounts(), again: [] }));
    countVote(counted.sums, vote);
    if (again !== undefined) counted.again.push(again);
    for (const change of error.repair?.changed ?? []) counted.changes.count(change);
    const tally = { events, wasted: wastedBy(vote), words: error.words };
    const isInVain = again !== undefined && !again.worked;
    const kind = error.repair === undefined ? 0 : this.#kindOf(error.repair) + 1;
    this.#rows.add(passing, group, error, tally, isInVain ? 1 : 0, kind, error.repair?.place ?? 0);
  }

  #kindOf(repair: RepairFact): number {
    return inGroup(this.#repairs, nameOf(repair), () => {
      return { number: this.#repairs.size, kind: [repair.changed.map(({ pointer }) => pointer), repair.tools] };
    }).number;
  }

  kept(): KeptValue {
    const [changes, again] = [new ChangeRows(), new AgainRows()];
    const groups = [...this.#groups].map(([group, counted]): KeptGroup => {
      return {
        ...{ group, sums: plainSums(counted.sums) },
        ...{ changes: counted.changes.kept(changes), again: again.add(counted.again) },
      };
    });
    const habits = this.#habits.kept();
    const repairs = [...this.#repairs.values()].map(({ kind }) => kind);
    const worked = this.#presence.kept();
    const value: KeptVotes = { groups, repairs, helpers: again.helpers(), worked, habits: habits.tools };
    return this.#rows.kept(value, { ...changes.columns(), ...again.columns(), ...habits.columns });
  }
}

function votesOf({ errors, repeats }: Doings, groups: readonly number[]): Map<number, Vote> {
  const votes = new Map<number, Vote>();
  for (const [i, error] of errors.entries()) {
    const group = groups[i] ?? NO_GROUP;
    if (group === NO_GROUP) continue;
    const vote = inGroup(votes, group, (): Vote => ({ error, events: 0 }));
    vote.events++;
    // The occurrence that was got past speaks for the session; the ones before it only say that it took a while.
    if (vote.error.repair === undefined && error.repair !== undefined) vote.error = error;
    noteAgain(vote, error.again);
  }
  for (const { error, worked } of repeats) {
    const vote = votes.get(groups[error] ?? NO_GROUP);
    if (vote !== undefined) vote.repeated = vote.repeated === true || worked;
  }
  return votes;
}

// As with repairs: the occurrence whose call worked later speaks for the session.
function noteAgain(vote: Vote, again: ErrorFact['again']): void {
  if (again === undefined) return;
  if (vote.again === undefined || (!vote.again.worked && again.worked)) vote.again = again;
}

// Nearly always one argument was changed, or nothing; a JSON pointer is never a list in JSON.
function nameOf({ changed, tools }: RepairFact): string {
  const [first, ...others] = changed;
  if (first !== undefined && others.length === 0 && tools.length === 0 && !first.pointer.startsWith('['))
    return first.pointer;
  return JSON.stringify([changed.map((change) => change.pointer), tools]);
}

// `againSeconds` is not a number where they are not known.
class AgainRows {
  readonly #table = new Table('againWorked', 'againSteps', 'againSeconds', 'againHelpers');
  readonly #helpers = new Map<string, { number: number; tools: string[] }>();

  add(facts: readonly AgainFact[]): [from: number, to: number] {
    const from = this.#table.length;
    for (const { worked, steps, seconds, helpers } of facts) {
      const { number } = inGroup(this.#helpers, JSON.stringify(helpers), () => {
        return { number: this.#helpers.size, tools: helpers };
      });
      this.#table.add(worked ? 1 : 0, steps, seconds ?? Number.NaN, number);
    }
    return [from, this.#table.length];
  }

  helpers(): string[][] {
    return [...this.#helpers.values()].map(({ tools }) => tools);
  }

  columns(): KeptValue['columns'] {
    return this.#table.columns();
  }
}
