// Grades one session by a rubric: checks first, then the judge, then the pass worked out in code; no model ever says who passed.
import type { Evaluation, EventDraft } from '../domain/events.ts';
import { type Check, type Criterion, type CriterionVerdict, passes, type Rubric, scoreOf } from '../domain/rubric.ts';
import { added, type Spent } from '../model/forced-call.ts';
import { noUsage } from '../model/usage.ts';
import { artefactHash } from './artefact-list.ts';
import { contradictionIn } from './contradiction.ts';
import type { CheckResult, CriterionGrade, Work } from './graded.ts';
import { type Judge, judgeCriteria, unjudged } from './judge.ts';

/** An evaluation before it is stamped with its id and time. */
export type EvaluationDraft = Omit<Evaluation, 'id' | 'at'>;

export interface GradeDeps {
  /** Decides a check: `runCheck` with what it needs beside the work. */
  check: (check: Check, work: Work) => Promise<CheckResult>;
  /** Who judges, or why there is nobody. */
  judge: Judge | { why: string };
  /** The round of grade → revise, from 0; 0 for a session that is graded later. */
  iteration?: number;
  /** True in the last round: work that does not pass then has used up its rounds. */
  last?: boolean;
  /** Why judge verdicts of a criterion carry little weight (`weakOf` of store/calibration.ts). */
  weak?: ReadonlyMap<string, string>;
  signal: AbortSignal;
}

/** The event that says that grading has begun. */
export function evaluationStart(rubric: Pick<Rubric, 'rubric' | 'sha256' | 'criteria'>, iteration = 0): EventDraft {
  return {
    type: 'span.outcome_evaluation_start',
    rubric: { name: rubric.rubric, sha256: rubric.sha256 },
    iteration,
    criteria: rubric.criteria.length,
  };
}

/**
 * Grades, and gives every criterion a verdict. Results: `satisfied` · `needs_revision`, or `max_iterations_reached` in the last
 * round, where the work would not pass however the open criteria came out · `ungraded` where they decide it · `failed` where
 * the rubric contradicts itself · `interrupted` once the signal has fired.
 */
export async function gradeWork(rubric: Rubric, work: Work, deps: GradeDeps): Promise<EvaluationDraft> {
  const { judge, signal } = deps;
  const contradiction = contradictionIn(rubric);
  if (contradiction !== undefined) return contradictory(rubric, deps, contradiction);
  const grades = new Map<string, CriterionGrade>();
  for (const { id, check } of rubric.criteria) {
    if (check === undefined || signal.aborted) continue;
    grades.set(id, { id, by: 'check', ...(await deps.check(check, work)) });
  }
  const judged = rubric.criteria.filter((c) => c.judge !== undefined);
  if ('why' in judge) for (const c of judged) grades.set(c.id, unjudged(c, judge.why));
  else if (judged.length > 0)
    for (const grade of await judgeCriteria(judged, work, judge, signal)) grades.set(grade.id, grade);
  const criteria = rubric.criteria.map((c) => settled(c, grades.get(c.id), work, deps));
  return draft(rubric, criteria, { ...deps, artefacts: artefactHash(work) });
}

// Whatever a grader answered: a quote has to occur in the event that it cites, and silence is no verdict.
function settled(criterion: Criterion, grade: CriterionGrade | undefined, work: Work, deps: GradeDeps): CriterionGrade {
  const { id, judge } = criterion;
  const by = judge === undefined ? 'check' : 'judge';
  if (grade === undefined) {
    const reason = deps.signal.aborted ? 'interrupted before it was decided' : 'no verdict was given';
    return { id, verdict: 'cannot_tell', by, reason };
  }
  const { evidence, ...rest } = grade;
  const foreign = evidence?.find(({ event, quote }) => !work.quoteOccurs(event, quote));
  if (foreign !== undefined)
    return { ...rest, verdict: 'cannot_tell', reason: `a quote does not occur in ${foreign.event}: ${grade.reason}` };
  const weak = by === 'judge' ? deps.weak?.get(id) : undefined;
  return weak === undefined ? grade : { ...grade, notes: [...(grade.notes ?? []), weak] };
}

function draft(
  rubric: Rubric,
  criteria: readonly CriterionGrade[],
  { judge, iteration = 0, last, signal, artefacts }: GradeDeps & { artefacts: string },
): EvaluationDraft {
  const verdicts = new Map(criteria.map(({ id, verdict }) => [id, verdict]));
  const result = signal.aborted ? 'interrupted' : resultOf(rubric, verdicts, last === true);
  const spent = criteria.reduce<Spent>(
    (sum, { usage, usd }) => (usage === undefined ? sum : added(sum, { usage, usd })),
    { usage: noUsage(), usd: 0, requests: 0 },
  );
  return {
    type: 'span.outcome_evaluation_end',
    rubric: { name: rubric.rubric, sha256: rubric.sha256 },
    iteration,
    result,
    score: scoreOf(rubric, verdicts),
    criteria: criteria.map(({ usage: _, usd: __, ...verdict }) => verdict),
    ...(result === 'ungraded' && { reason: openReason(criteria) }),
    artefacts,
    ...(spent.requests > 0 && !('why' in judge) && { grader: { model: gradersOf(rubric, judge) } }),
    ...(spent.requests > 0 && { usage: { ...spent.usage, ...(spent.usd !== undefined && { cost_usd: spent.usd }) } }),
  };
}

function gradersOf({ criteria }: Rubric, { grader }: Judge): string {
  const names = criteria.flatMap(({ judge }) => (judge === undefined ? [] : (judge.models ?? [grader])));
  return [...new Set(names)].join(', ');
}

function resultOf(
  rubric: Rubric,
  verdicts: ReadonlyMap<string, CriterionVerdict>,
  last: boolean,
): Evaluation['result'] {
  if (passes(rubric, verdicts)) return 'satisfied';
  const best = new Map(
    [...verdicts].map(([id, v]): [string, CriterionVerdict] => [id, v === 'cannot_tell' ? 'met' : v]),
  );
  if (passes(rubric, best)) return 'ungraded';
  return last ? 'max_iterations_reached' : 'needs_revision';
}

function openReason(criteria: readonly CriterionGrade[]): string {
  const open = criteria.filter(({ verdict }) => verdict === 'cannot_tell');
  return open
    .map(({ id, reason }) => `${id}: ${reason}`)
    .join('; ')
    .slice(0, 2_000);
}

function contradictory(rubric: Rubric, { iteration = 0 }: GradeDeps, reason: string): EvaluationDraft {
  return {
    type: 'span.outcome_evaluation_end',
    rubric: { name: rubric.rubric, sha256: rubric.sha256 },
    iteration,
    result: 'failed',
    criteria: [],
    reason: `the rubric contradicts itself: ${reason}`,
  };
}
