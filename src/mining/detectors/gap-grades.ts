// Criteria that a session did not meet at first and met later, with the work between the two grades; never compares outcomes of sessions.
import { groupBy, inGroup } from '../../base/collections.ts';
import type { WorkFact } from '../asked-types.ts';
import type { Cite, Evaluated, Extract } from '../extract-types.ts';
import { askedOf } from '../stored-extract.ts';
import type { Revision } from './gap-control.ts';

/** What graded sessions say about one criterion. */
export interface CriterionGap {
  /** `<rubric>/<criterion>`. */
  name: string;
  /** Sessions in which it was told at first. */
  told: number;
  /** Sessions that did not meet it at first: where the verdict stands, and how many revisions it took; absent if it never was met. */
  unmet: Map<Extract, { cite: Cite; at?: string; revisions?: number }>;
  /** The revision after which a session that did not meet it at first met it; at most one a session. */
  helped: Revision[];
  /** Revisions after which it was no better: not met still, or met already. */
  others: Revision[];
}

/** By name of the criterion, those that nobody missed at first left out. */
export function criterionGaps(sessions: readonly Extract[]): CriterionGap[] {
  const gaps = new Map<string, CriterionGap>();
  for (const session of sessions) {
    const { evaluations } = session;
    if (evaluations === undefined) continue;
    const rounds = groupBy(roundsOf(session, evaluations), ({ grade }) => grade.rubric);
    for (const [rubric, grades] of groupBy(evaluations, (e) => e.rubric)) {
      for (const id of new Set(grades.flatMap((g) => Object.keys(g.criteria)))) {
        const name = `${rubric}/${id}`;
        const gap = inGroup(gaps, name, () => ({ name, told: 0, unmet: new Map(), helped: [], others: [] }));
        follow(gap, session, id, rounds.get(rubric) ?? []);
      }
    }
  }
  return [...gaps.values()].filter((g) => g.unmet.size > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Round {
  grade: Evaluated;
  /** Absent for the first. */
  work?: WorkFact;
}

function roundsOf(session: Extract, evaluations: readonly Evaluated[]): Round[] {
  return askedOf(session).graded.flatMap(({ grade: place, work }) => {
    const grade = evaluations[place];
    return grade === undefined ? [] : [{ grade, ...(work && { work }) }];
  });
}

function follow(gap: CriterionGap, session: Extract, id: string, rounds: readonly Round[]): void {
  const [first] = rounds;
  const atFirst = first?.grade.criteria[id];
  if (first === undefined || atFirst === undefined) return;
  gap.told++;
  const { cite, at } = first.grade;
  const found = { cite, ...(at !== undefined && { at }) };
  if (!atFirst) gap.unmet.set(session, found);
  let met = atFirst;
  for (const [i, { grade, work }] of rounds.entries()) {
    if (work === undefined) continue;
    const now = grade.criteria[id] ?? met;
    const revision = { session, ...work };
    if (!met && now && gap.unmet.get(session)?.revisions === undefined) {
      gap.helped.push(revision);
      gap.unmet.set(session, { ...found, revisions: i });
    } else if (met || !now) gap.others.push(revision);
    met = now;
  }
}
