// Told sessions with grades between their steps; grades nothing itself.
import type { SessionEvent } from '../../../src/domain/events.ts';
import { extractSession } from '../../../src/mining/extract.ts';
import type { Extract } from '../../../src/mining/extract-types.ts';
import { eventsOf, type Step, stored, type Told } from '../tell.ts';

/** A grade: criterion → met. */
export interface Grade {
  grade: Record<string, boolean>;
}

/** The extract of a session whose steps and grades follow each other as told. */
export function gradedSession(told: Omit<Told, 'steps'> & { steps: (Step | Grade)[] }): Extract {
  const events: SessionEvent[] = [];
  let steps: Step[] = [];
  let iteration = 0;
  // Events of the whole told so far are made anew each time, so that their ids stay those of one session.
  for (const part of told.steps) {
    if (!('grade' in part)) {
      steps = [...steps, part];
      continue;
    }
    events.push(
      ...eventsOf({ ...told, steps }).slice(events.filter((e) => e.type !== 'span.outcome_evaluation_end').length),
    );
    const criteria = Object.entries(part.grade).map(([id, met]) => ({
      id,
      verdict: met ? ('met' as const) : ('not_met' as const),
      by: 'check' as const,
      reason: 'as told',
    }));
    events.push({
      id: `evt_${told.id}-grade-${iteration}`,
      type: 'span.outcome_evaluation_end',
      rubric: { name: 'landing' },
      iteration: iteration++,
      result: criteria.every((c) => c.verdict === 'met') ? 'satisfied' : 'needs_revision',
      criteria,
    });
  }
  events.push(
    ...eventsOf({ ...told, steps }).slice(events.filter((e) => e.type !== 'span.outcome_evaluation_end').length),
  );
  return extractSession(stored(events));
}
