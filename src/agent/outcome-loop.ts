// Work → grade → revise: the loop goes on until the grade is good, or no better, or enough; grades nothing itself.
import type { EventDraft, StopReason } from '../domain/events.ts';
import { type LoopEnd, type LoopRequest, runLoop } from './loop.ts';
import { textBlocks } from './session.ts';

/** What a grade asks for next. */
export type AfterGrade =
  | { kind: 'revise'; message: string }
  /** `message` is the last word to the agent, which answers it and changes nothing any more. */
  | { kind: 'stop'; stop: Extract<StopReason, 'end_turn' | 'max_iterations_reached'>; message: string; why?: string };

/** The outcome that a session works for. The grader is handed in, so that the loop knows none. */
export interface Outcome {
  /** What `user.define_outcome` says of the rubric: never its checks. */
  definition: EventDraft & { type: 'user.define_outcome' };
  /** Grades the work as it stands: the event that begins it, and the grading itself. Never throws but for bugs. */
  evaluate(iteration: number): { start: EventDraft; grade: () => Promise<{ end: EventDraft; next: AfterGrade }> };
  /** Iterations that were graded before this stretch, where the session is resumed. */
  graded: number;
}

const GRADED: Awaited<ReturnType<LoopRequest['rule']>> = {
  allowed: false,
  by: 'rule',
  decision: { verdict: 'deny', reason: 'The work has been graded; nothing may change any more. Sum up in words.' },
};

/** Works, is graded and revises. What ends otherwise than by saying that it is done (blocked, refused, interrupted, out of budget) is not graded. */
export async function workForOutcome(request: LoopRequest, outcome: Outcome): Promise<LoopEnd> {
  const { journal, conversation, signal } = request;
  for (let iteration = outcome.graded; ; iteration++) {
    // A session that was resumed between its last word and its grade has no work to do before it.
    const end = conversation.answered() ? undefined : await runLoop(request);
    if (end !== undefined && end.stop !== 'end_turn') return end;
    const { start, grade } = outcome.evaluate(iteration);
    journal.append(start);
    const { end: graded, next } = await grade();
    journal.append(graded);
    journal.sync();
    if (signal.aborted) return { text: end?.text ?? '', waiting: [], stop: 'interrupted' };
    journal.append({ type: 'user.message', content: textBlocks(next.message, 'grader') });
    if (next.kind === 'revise') continue;
    const last = await runLoop({ ...request, rule: async () => GRADED });
    const why = next.why ?? last.why;
    // The grade stands, whatever becomes of the last word.
    return { ...last, text: last.text || (end?.text ?? ''), stop: next.stop, ...(why !== undefined && { why }) };
  }
}
