// Whether a session passed, failed or was never judged; counts nothing that no grader or label said.
import type { Evaluation, Header, SessionEvent } from './events.ts';

/**
 * `pass` if the last evaluation by the session's rubric is satisfied, `fail` if it needs revision or ran out of iterations, null for any
 * other result; the imported label where there is no evaluation. The session's rubric is the one of its last `user.define_outcome`;
 * where none was defined, the rubric of the last evaluation.
 * @param events in canonical order
 */
export function outcomeOf(header: Header, events: readonly SessionEvent[]): 'pass' | 'fail' | null {
  const evaluations = events.filter((e): e is Evaluation => e.type === 'span.outcome_evaluation_end');
  const rubric = definedRubric(events);
  const own = evaluations.filter((e) => rubric === undefined || e.rubric.name === rubric);
  const last = own.at(-1) ?? evaluations.at(-1);
  if (last === undefined) return header.label?.outcome ?? null;
  if (last.result === 'satisfied') return 'pass';
  return last.result === 'needs_revision' || last.result === 'max_iterations_reached' ? 'fail' : null;
}

/** The rubric that a session was told to work for, by its last `user.define_outcome`. */
export function definedRubric(events: readonly SessionEvent[]): string | undefined {
  let name: string | undefined;
  for (const event of events) {
    if (event.type !== 'user.define_outcome' || !('rubric' in event)) continue;
    const { rubric } = event;
    if (typeof rubric === 'string') name = rubric;
    else if (rubric !== null && typeof rubric === 'object' && 'name' in rubric && typeof rubric.name === 'string')
      name = rubric.name;
  }
  return name;
}
