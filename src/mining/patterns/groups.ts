// Criteria that the same sessions were judged by, so that their outcomes can be dealt out together; judges nothing.
import { type Criterion, UNKNOWN } from '../outcomes.ts';

export interface Group {
  criteria: Criterion[];
  /** Places of the sessions in which all of them could be told, ascending. */
  members: number[];
}

const SAME = 0.9;

/** Widest first; a criterion joins a group where at least nine tenths of the sessions are common to both. */
export function groupsOf(criteria: readonly Criterion[]): Group[] {
  const told = criteria.map((criterion) => ({
    criterion,
    members: [...criterion.values.keys()].filter((place) => criterion.values[place] !== UNKNOWN),
  }));
  const groups: Group[] = [];
  // The sort is stable: of equally wide ones the more telling comes first.
  for (const { criterion, members } of told.sort((a, b) => b.members.length - a.members.length)) {
    const group = groups.find((g) => common(g.members, criterion).length >= SAME * g.members.length);
    if (group === undefined) groups.push({ criteria: [criterion], members });
    else {
      group.members = common(group.members, criterion);
      group.criteria.push(criterion);
    }
  }
  return groups;
}

function common(members: readonly number[], { values }: Criterion): number[] {
  return members.filter((place) => values[place] !== UNKNOWN);
}
