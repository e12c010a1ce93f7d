// Grade: stored sessions are judged by a rubric, and each grade is appended to its session; runs no agent and rewrites nothing.
import { join } from 'node:path';
import { openJournal } from '../agent/journal.ts';
import { throwIfInterrupted, UserError } from '../base/errors.ts';
import type { Emit } from '../domain/emit.ts';
import type { Evaluation, SessionEvent } from '../domain/events.ts';
import { artefactsOf } from '../grading/artefacts.ts';
import { type EvaluationDraft, evaluationStart, type GradeDeps, gradeWork } from '../grading/grade.ts';
import { workOf } from '../grading/work.ts';
import type { Layout } from '../store/layout.ts';
import type { Redact } from '../store/redaction.ts';
import type { FoundRubric } from '../store/rubrics.ts';
import type { IndexEntry } from '../store/session-index.ts';
import { openTranscript } from '../store/transcript.ts';
import { readTranscript } from '../store/transcript-read.ts';

export interface GradeRequest {
  layout: Layout;
  redact: Redact;
  /** What to grade, in order, and by which rubric. */
  sessions: { entry: IndexEntry; rubric: FoundRubric }[];
  /** Grade also what this very rubric has graded already. */
  again: boolean;
  /** Sessions graded side by side. */
  jobs: number;
  depsFor: (rubric: FoundRubric, session: string, worker: string | undefined) => GradeDeps;
  now: () => Date;
  random: () => string;
  emit: Emit;
  signal: AbortSignal;
}

/** One session's grade, or why it has none. */
export type GradedSession = { session: string; rubric: string } & (
  | { evaluation: EvaluationDraft; fresh: boolean }
  | { skipped: string }
);

/**
 * Grades, several at once; each grade is on disk before the next begins in its place, so what was stopped goes on where it was.
 * In the order of the request. Throws Interrupted once the signal has fired; grades that were given until then stay.
 */
export async function gradeSessions(request: GradeRequest): Promise<GradedSession[]> {
  const { sessions, jobs, emit, signal } = request;
  const graded: GradedSession[] = [];
  let next = 0;
  let done = 0;
  const lane = async () => {
    for (let at = next++; at < sessions.length && !signal.aborted; at = next++) {
      const one = sessions[at];
      if (one === undefined) continue;
      graded[at] = await gradeOne(request, one.entry, one.rubric);
      emit({ type: 'progress', stage: 'grade', done: ++done, total: sessions.length, unit: 'session' });
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, sessions.length) }, lane));
  throwIfInterrupted(signal);
  return graded;
}

/** The evaluation that counts of a session by this very rubric, where there is one. */
export function gradedBy(
  events: readonly SessionEvent[],
  rubric: Pick<FoundRubric, 'rubric' | 'sha256'>,
): Evaluation | undefined {
  return events.findLast(
    (event): event is Evaluation =>
      event.type === 'span.outcome_evaluation_end' &&
      'criteria' in event &&
      (event as Evaluation).rubric.name === rubric.rubric && // the reader has checked that there is one
      (event as Evaluation).rubric.sha256 === rubric.sha256,
  );
}

async function gradeOne(request: GradeRequest, entry: IndexEntry, rubric: FoundRubric): Promise<GradedSession> {
  const { layout, again, depsFor, signal } = request;
  const named = { session: entry.id, rubric: rubric.rubric };
  const sessionFile = join(layout.sessions, entry.path);
  const events: SessionEvent[] = [];
  for (const line of readTranscript(sessionFile)) if (line.kind === 'event') events.push(line.event);
  const before = gradedBy(events, rubric);
  if (before !== undefined && !again) return { ...named, evaluation: before, fresh: false };
  const artefacts = await artefactsOf(events, { sessionFile, root: layout.root });
  try {
    const { folder } = artefacts;
    const work = workOf(events, { sessionFile, ...(folder !== undefined && { artefacts: folder }) });
    const evaluation = await gradeWork(rubric, work, depsFor(rubric, entry.id, entry.model));
    // What was broken off is no grade: the next try grades the session anew.
    if (signal.aborted) return { ...named, skipped: 'interrupted' };
    return store(request, sessionFile, rubric, { ...named, evaluation, fresh: true });
  } finally {
    artefacts.close();
  }
}

function store(
  { redact, now, random }: GradeRequest,
  path: string,
  rubric: FoundRubric,
  graded: GradedSession & { evaluation: EvaluationDraft },
): GradedSession {
  try {
    const writer = openTranscript(path, { redact, since: now().toISOString(), waitMs: 2_000 });
    try {
      const journal = openJournal({ session: graded.session, writer, redact, now, random, onEvent: () => {} });
      journal.append(evaluationStart(rubric), graded.evaluation);
    } finally {
      writer.close();
    }
    return graded;
  } catch (error) {
    // A session that is being written is graded when it has ended.
    if (!(error instanceof UserError)) throw error;
    return { session: graded.session, rubric: graded.rubric, skipped: error.problem.what };
  }
}
