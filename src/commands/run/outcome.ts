// The outcome that a run works for: its rubric as the agent is told of it, and the grading of each round; runs no agent.
import type { Outcome } from '../../agent/outcome-loop.ts';
import { oneLine } from '../../base/text.ts';
import type { Evaluation, SessionEvent } from '../../domain/events.ts';
import { definedRubric } from '../../domain/outcome.ts';
import { type EvaluationDraft, evaluationStart, gradeWork } from '../../grading/grade.ts';
import { nextMove } from '../../grading/revise.ts';
import { readWork } from '../../grading/work.ts';
import type { FoundRubric } from '../../store/rubrics.ts';
import type { Graders } from '../graders.ts';

export interface OutcomeRequest {
  rubric: FoundRubric;
  graders: Graders;
  /** Where the agent works: what it made is graded where it lies. */
  folder: string;
  /** The model that works, so that a judge of its own work can be pointed out. */
  worker: string;
}

/** What `RunRequest.outcome` is: called once a stretch of work, with the session's transcript and what is stored in it. */
export function outcomeFor({
  rubric,
  graders,
  folder,
  worker,
}: OutcomeRequest): (path: string, past: readonly SessionEvent[]) => Outcome {
  return (path, past) => {
    const evaluations: EvaluationDraft[] = past.filter((event): event is Evaluation => isOf(event, rubric.rubric));
    return {
      definition: definedRubric(past) === rubric.rubric ? undefined : definitionOf(rubric),
      graded: evaluations.length,
      evaluate: (iteration) => ({
        start: evaluationStart(rubric, iteration),
        grade: async () => {
          const work = readWork(path, folder);
          const last = iteration + 1 >= rubric.max_iterations;
          const deps = graders.depsFor(rubric, work.session, worker);
          const end = await gradeWork(rubric, work, { ...deps, iteration, last });
          evaluations.push(end);
          return { end, next: nextMove({ rubric, evaluations }) };
        },
      }),
    };
  };
}

function isOf(event: SessionEvent, rubric: string): boolean {
  return (
    event.type === 'span.outcome_evaluation_end' && 'criteria' in event && (event as Evaluation).rubric.name === rubric
  );
}

// Statements only: what a check runs or expects would be an answer to work towards instead of the task.
function definitionOf(rubric: FoundRubric): NonNullable<Outcome['definition']> {
  const points = rubric.criteria.map(
    ({ id, statement, required }) =>
      `- ${id}${required ? '' : ' (counts, but is not required)'}: ${oneLine(statement)}`,
  );
  const about = rubric.description === '' ? '' : ` ${oneLine(rubric.description)}`;
  return {
    event: { type: 'user.define_outcome', rubric: { name: rubric.rubric, sha256: rubric.sha256 } },
    message: `When you say that you are done, your work is graded.${about} It has to meet:\n${points.join('\n')}`,
  };
}
