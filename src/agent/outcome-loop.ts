// Work → grade → revise: the loop goes on until the grade is good, or no better, or enough; grades nothing itself.
import type { Evaluation, EventDraft, StopReason } from '../domain/events.ts';
import { type LoopEnd, type LoopRequest, runLoop } from './loop.ts';
import { textBlocks } from './session.ts';

/** A grade before it is stamped. */
type EvaluationDraft = Omit<Evaluation, 'id' | 'at'>;

/** How the work ended, and what it was graded; no grade where it was not graded. */
export interface OutcomeEnd extends LoopEnd {
  graded?: Evaluation['result'];
}

/** What a grade asks for next. */
export type AfterGrade =
  | { kind: 'revise'; message: string }
  /** `message` is the last word to the agent, which answers it and changes nothing any more; absent where it has nothing to hear. */
  | {
      kind: 'stop';
      stop: Extract<StopReason, 'end_turn' | 'max_iterations_reached' | 'interrupted'>;
      message?: string | undefined;
      why: string;
    };

/** The outcome that a session works for. The grader is handed in, so that the loop knows none. */
export interface Outcome {
  /** What the agent and the transcript are told of the rubric: never its checks. Undefined where the session knows it already. */
  definition: { event: EventDraft; message: string } | undefined;
  /** Grades the work as it stands: the event that begins it, and the grading itself. Never throws but for bugs. */
  evaluate(iteration: number): { start: EventDraft; grade: () => Promise<{ end: EvaluationDraft; next: AfterGrade }> };
  /** Iterations that were graded before this stretch, where the session is resumed. */
  graded: number;
}

const GRADED: Awaited<ReturnType<LoopRequest['rule']>> = {
  allowed: false,
  by: 'rule',
  decision: { verdict: 'deny', reason: 'The work has been graded; nothing may change any more. Sum up in words.' },
};

/** Works, is graded and revises. What ends otherwise than by saying that it is done (blocked, refused, interrupted, out of budget) is not graded. */
export async function workForOutcome(request: LoopRequest, outcome: Outcome): Promise<OutcomeEnd> {
  const { journal, conversation, signal } = request;
  if (outcome.definition !== undefined) {
    const { event, message } = outcome.definition;
    journal.append(event, { type: 'user.message', content: textBlocks(message, 'rubric') });
  }
  for (let iteration = outcome.graded; ; iteration++) {
    // A session that was resumed between its last word and its grade has no work to do before it.
    const end = conversation.answered() ? undefined : await runLoop(request);
    if (end !== undefined && end.stop !== 'end_turn') return end;
    const { start, grade } = outcome.evaluate(iteration);
    journal.append(start);
    const { end: graded, next } = await grade();
    journal.append(graded);
    journal.sync();
    if (signal.aborted) return { text: end?.text ?? '', waiting: [], stop: 'interrupted', graded: graded.result };
    if (next.kind === 'stop' && next.message === undefined)
      return { text: end?.text ?? '', waiting: [], stop: next.stop, why: next.why, graded: graded.result };
    journal.append({ type: 'user.message', content: textBlocks(next.message ?? '', 'grader') });
    if (next.kind === 'revise') continue;
    const last = await runLoop({ ...request, rule: async () => GRADED });
    // The grade stands, whatever becomes of the last word.
    return { ...last, text: last.text || (end?.text ?? ''), stop: next.stop, why: next.why, graded: graded.result };
  }
}
