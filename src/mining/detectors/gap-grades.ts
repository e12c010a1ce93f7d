// Criteria that a session did not meet at first and met later, with the work between the two grades; never compares outcomes of sessions.
import { groupBy, inGroup } from '../../base/collections.ts';
import type { Action, Cite, Evaluated, Extract } from '../extract-types.ts';
import type { Revision } from './gap-choice.ts';

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
    for (const [rubric, grades] of groupBy(session.evaluations ?? [], (e) => e.rubric)) {
      const rounds = roundsOf(session, grades);
      for (const id of new Set(grades.flatMap((g) => Object.keys(g.criteria)))) {
        const name = `${rubric}/${id}`;
        const gap = inGroup(gaps, name, () => ({ name, told: 0, unmet: new Map(), helped: [], others: [] }));
        follow(gap, session, id, rounds);
      }
    }
  }
  return [...gaps.values()].filter((g) => g.unmet.size > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Round {
  grade: Evaluated;
  work: Action[];
}

// Grading again without any work in between is no revision: the later verdict takes the place of the earlier one.
function roundsOf(session: Extract, grades: readonly Evaluated[]): Round[] {
  const rounds: Round[] = [];
  for (const grade of [...grades].sort((a, b) => a.step - b.step)) {
    const last = rounds.at(-1);
    const from = last?.grade.step ?? -1;
    const work = session.actions.filter((a) => a.step > from && a.step < grade.step);
    if (last !== undefined && work.length === 0) last.grade = grade;
    else rounds.push({ grade, work });
  }
  return rounds;
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
    if (i === 0) continue;
    const now = grade.criteria[id] ?? met;
    const revision = { session, before: rounds.slice(0, i).flatMap((r) => r.work), between: work };
    if (!met && now && !gap.helped.some((r) => r.session === session)) {
      gap.helped.push(revision);
      gap.unmet.set(session, { ...found, revisions: i });
    } else if (met || !now) gap.others.push(revision);
    met = now;
  }
}
